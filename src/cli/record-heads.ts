// SPDX-License-Identifier: MIT
import { recordFigure, type ScoreConvention } from '../core/index.js';
import { type CommandSpec, defined, numberOption, type Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record heads',
  arguments: ['model'],
  summary: 'Writes the scores of every head for <head-finder src>. The patterns of the best of each kind lie beside them.',
  options: {
    ...outOption,
    prompt: { value: 'prompt', describe: 'a text to score the heads on (random tokens, repeated)' },
    convention: { value: 'name', describe: 'shown first: diagonal, rows, mask or mask-abs (rows on a text, else diagonal)' },
    length: { value: 'number', describe: 'random tokens before they are repeated (24)' },
    rows: { value: 'number', describe: 'rows of random tokens (4)' },
    seed: { value: 'number', describe: 'of the random tokens (0)' },
    top: { value: 'number', describe: 'heads of each kind kept with their pattern (8)' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const { prompt, convention } = parsed.text;
  const options = defined({
    prompt,
    convention: convention as ScoreConvention | undefined, // names are checked where they mean something
    length: numberOption(parsed, 'length', { least: 1 }),
    rows: numberOption(parsed, 'rows', { least: 1 }),
    seed: numberOption(parsed, 'seed', { least: 0 }),
    top: numberOption(parsed, 'top', { least: 1 }),
  });
  await withModel(parsed, terminal, async (model) => {
    await writeTrace(parsed, terminal, await recordFigure(model, 'heads', options));
  });
}
