// SPDX-License-Identifier: MIT
import { throwIfAborted, VitrineError } from '../../errors.js';
import type { Edit } from '../../model/edits/edit.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import { logSumExp } from '../../model/top-tokens.js';
import type { Tensor } from '../../model/tensor.js';
import type { FewShotPrompt } from './few-shot.js';

/** What the model says at the end of a prompt. */
export interface Said {
  /** Probability of the right answer's first token. */
  probability: number;
  /** Whether no token is more likely. */
  right: boolean;
}

/** How often, and how surely, the right answer came. */
export interface TaskScore {
  /** Share of prompts whose most likely next token begins the right answer. */
  accuracy: number;
  /** Mean probability of that token. */
  probability: number;
}

/** What is said behind every prompt. */
export async function answersTo(
  model: HookedModel,
  prompts: readonly FewShotPrompt[],
  options: { edits?: readonly Edit[]; batchSize: number } & Pick<RunOptions, 'signal' | 'paddingSide'>,
): Promise<Said[]> {
  const { batchSize, ...runOptions } = options;
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new VitrineError('invalid-option', `batchSize must be a whole number from 1 up; got ${batchSize}.`);
  }
  const said: Said[] = [];
  for (let start = 0; start < prompts.length; start += batchSize) {
    throwIfAborted(options.signal);
    const chunk = prompts.slice(start, start + batchSize);
    const ids = chunk.map((prompt) => prompt.ids);
    const { logits } = await model.run(ids, { ...runOptions, logitsAt: 'last' });
    said.push(...readAnswers(logits, chunk));
  }
  return said;
}

/**
 * Reads what every row says.
 *
 * @param logits - [row, 1, d_vocab]; row r answers `prompts[r % prompts.length]`
 */
export function readAnswers(logits: Tensor, prompts: readonly FewShotPrompt[]): Said[] {
  const [rows, , vocabulary] = logits.dims as [number, number, number];
  return Array.from({ length: rows }, (_, row) => {
    const values = logits.data.subarray(row * vocabulary, (row + 1) * vocabulary);
    const own = values[prompts[row % prompts.length]!.answer]!;
    return { probability: Math.exp(own - logSumExp(values)), right: values.every((value) => value <= own) };
  });
}

export function scoreOf(said: readonly Said[]): TaskScore {
  return {
    accuracy: said.filter(({ right }) => right).length / said.length,
    probability: said.reduce((sum, { probability }) => sum + probability, 0) / said.length,
  };
}
