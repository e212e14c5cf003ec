// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import { choice, type CommandSpec, numberOption, type Parsed, UsageError } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record attribution',
  arguments: ['model', 'prompt'],
  summary: 'Writes what every part adds to a logit for <logit-attribution src>. The figure then shows without a model on the page.',
  options: {
    ...outOption,
    answer: { value: 'token', describe: 'the token that is explained, such as " Mary"' },
    wrong: { value: 'token', describe: 'the token that it is compared with' },
    position: { value: 'number', describe: 'position that is explained; negative numbers count from the end (-1)' },
    norm: { value: 'name', describe: 'cached, or recompute: also the stream at every layer by its own scale' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const prompt = parsed.positional['prompt']!;
  const { answer, wrong } = parsed.text;
  if (answer === undefined) throw new UsageError('Say which token is explained, with its leading space: --answer " Mary".');
  const norm = choice('norm', parsed.text['norm'], ['cached', 'recompute']) ?? 'cached';
  const position = numberOption(parsed, 'position') ?? -1;
  await withModel(parsed, terminal, async (model) => {
    const options = { prompt, answer, position, norm, ...(wrong !== undefined && { wrong }) };
    await writeTrace(parsed, terminal, await recordFigure(model, 'attribution', options));
  });
}
