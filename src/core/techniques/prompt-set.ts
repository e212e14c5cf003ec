// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { Feeds } from '../model/feeds.js';
import type { ModelInput } from '../model/model-input.js';

/** Prompts that are read one by one: texts, rows of token ids, or values for the graph's inputs by name. */
export type PromptSet = readonly string[] | readonly (readonly number[])[] | readonly Feeds[];

/** How a set of prompts is run. */
export interface PromptSetOptions {
  /** Prompts per run. Longer batches are faster and hold more activations at a time. @defaultValue 16 */
  batchSize?: number;
}

/**
 * A set of prompts as inputs of at most `batchSize` rows.
 *
 * @param what - how errors call the set
 * @throws VitrineError `empty-input` for an empty set, `invalid-option` for a batch size below 1
 */
export function batchesOf(prompts: PromptSet, batchSize = 16, what = 'prompts'): ModelInput[] {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new VitrineError('invalid-option', `batchSize must be a whole number from 1 up; got ${batchSize}.`);
  if (!Array.isArray(prompts) || prompts.length === 0) {
    const came = typeof prompts === 'string' ? 'one text; put it into a list' : 'none';
    throw new VitrineError('empty-input', `\`${what}\` must be a list of at least one prompt; got ${came}.`);
  }
  const first: unknown = prompts[0];
  if (typeof first !== 'string' && !Array.isArray(first)) return [...(prompts as readonly Feeds[])];
  const batches: ModelInput[] = [];
  for (let start = 0; start < prompts.length; start += batchSize)
    batches.push(prompts.slice(start, start + batchSize) as string[] | number[][]);
  return batches;
}
