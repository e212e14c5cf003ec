// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import { choice, UsageError, type CommandSpec, type Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record lens',
  arguments: ['model', 'prompt'],
  summary: 'Writes a logit lens for <logit-lens src>. The figure then shows without a model on the page.',
  options: {
    ...outOption,
    'top-k': { value: 'number', describe: 'tokens kept per layer and position (5)' },
    norm: { value: 'name', describe: 'recompute (each layer by its own scale) or cached (all by the last one)' },
    target: { value: 'token', describe: 'a token to follow through the layers, such as " Paris"' },
    trajectories: { value: 'number', describe: 'tokens followed through all layers, per position (40; 0 for none)' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const prompt = parsed.positional['prompt']!;
  const norm = choice('norm', parsed.text['norm'], ['recompute', 'cached']) ?? 'recompute';
  const target = parsed.text['target'];
  const topK = Number(parsed.text['top-k'] ?? 5);
  if (!Number.isInteger(topK) || topK < 1) throw new UsageError(`--top-k takes a whole number from 1 up; got "${parsed.text['top-k']}".`);
  const trajectories = Number(parsed.text['trajectories'] ?? 40);
  if (!Number.isInteger(trajectories) || trajectories < 0) {
    throw new UsageError(`--trajectories takes a whole number from 0 up; got "${parsed.text['trajectories']}".`);
  }
  await withModel(parsed, terminal, async (model) => {
    const options = { prompt, topK, norm, trajectories, ...(target !== undefined && { target }) };
    await writeTrace(parsed, terminal, await recordFigure(model, 'logit-lens', options));
  });
}
