// SPDX-License-Identifier: MIT
import { recordFigure, type ScoreConvention } from '../core/index.js';
import { UsageError, type CommandSpec, type Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

const numbers = { length: 1, rows: 1, seed: 0, top: 1 } as const;

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
  const given = Object.entries(numbers).flatMap(([name, least]) => {
    const text = parsed.text[name];
    if (text === undefined) return [];
    if (!/^\d+$/.test(text) || Number(text) < least)
      throw new UsageError(`--${name} takes a whole number from ${least} up; got "${text}".`);
    return [[name, Number(text)] as const];
  });
  const options = {
    ...(prompt !== undefined && { prompt }),
    ...(convention !== undefined && { convention: convention as ScoreConvention }), // names are checked where they mean something
    ...Object.fromEntries(given),
  };
  await withModel(parsed, terminal, async (model) => {
    await writeTrace(parsed, terminal, await recordFigure(model, 'heads', options));
  });
}
