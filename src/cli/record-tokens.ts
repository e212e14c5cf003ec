// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import type { CommandSpec, Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record tokens',
  arguments: ['model', 'prompt'],
  summary: 'Writes values per token for <colored-tokens src>. The figure then shows without a model on the page.',
  options: {
    ...outOption,
    values: {
      value: 'list',
      describe: 'surprise, probability, entropy, rank, a hook (its length), a hook:neuron (surprise)',
    },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const prompt = parsed.positional['prompt']!;
  const values = (parsed.text['values'] ?? 'surprise').split(',').map((value) => value.trim());
  await withModel(parsed, terminal, async (model) => {
    await writeTrace(parsed, terminal, await recordFigure(model, 'tokens', { prompt, values }));
  });
}
