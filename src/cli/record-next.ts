// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import { type CommandSpec, defined, numberOption, type Parsed, UsageError } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record next',
  arguments: ['model', 'prompt'],
  summary: 'Writes the likeliest next tokens for <next-token src>. Decoding then acts on them without a model on the page.',
  options: {
    ...outOption,
    steps: { value: 'number', describe: 'tokens to go on with (0)' },
    top: { value: 'number', describe: 'tokens kept per step (200)' },
    temperature: { value: 'number', describe: 'how the tokens are drawn; without any of these, the likeliest each time' },
    'top-k': { value: 'number', describe: 'draw from the k likeliest tokens' },
    'top-p': { value: 'number', describe: 'draw from the likeliest tokens that together reach this probability' },
    'min-p': { value: 'number', describe: 'draw from tokens at least this fraction as likely as the likeliest' },
    'repetition-penalty': { value: 'number', describe: 'divides the logits of tokens that occurred (1)' },
    seed: { value: 'number', describe: 'draws the same tokens every time' },
    beams: { value: 'width:depth', describe: 'also the tree of a beam search, such as 3:4' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const fraction = (name: string): number | undefined => numberOption(parsed, name, { least: 0, whole: false });
  const options = {
    prompt: parsed.positional['prompt']!,
    sampling: defined({
      temperature: fraction('temperature'),
      topK: fraction('top-k'),
      topP: fraction('top-p'),
      minP: fraction('min-p'),
      repetitionPenalty: fraction('repetition-penalty'),
      seed: fraction('seed'),
    }),
    ...defined({
      steps: numberOption(parsed, 'steps', { least: 0 }),
      top: numberOption(parsed, 'top', { least: 1 }),
      beams: beamsOf(parsed.text['beams']),
    }),
  };
  await withModel(parsed, terminal, async (model) => {
    await writeTrace(parsed, terminal, await recordFigure(model, 'next-token', options));
  });
}

function beamsOf(text: string | undefined): { width: number; depth: number } | undefined {
  if (text === undefined) return undefined;
  const found = /^([1-9]\d*):([1-9]\d*)$/.exec(text);
  if (!found) throw new UsageError(`--beams takes a width and a depth such as 3:4; got "${text}".`);
  return { width: Number(found[1]), depth: Number(found[2]) };
}
