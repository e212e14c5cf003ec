// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import { choice, type CommandSpec, numberOption, type Parsed } from './arguments.js';
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
  const topK = numberOption(parsed, 'top-k', { least: 1 }) ?? 5;
  const trajectories = numberOption(parsed, 'trajectories', { least: 0 }) ?? 40;
  await withModel(parsed, terminal, async (model) => {
    const options = { prompt, topK, norm, trajectories, ...(target !== undefined && { target }) };
    await writeTrace(parsed, terminal, await recordFigure(model, 'logit-lens', options));
  });
}
