// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { seededRandom, shuffled } from '../random.js';

export interface RepeatedTokensOptions {
  /** Tokens before they are repeated. @defaultValue 50 */
  length?: number;
  /** Rows of tokens. @defaultValue 4 */
  rows?: number;
  /** The same seed gives the same tokens. @defaultValue 0 */
  seed?: number;
  /** A token id to begin every row with, before the random ones. */
  bos?: number;
  /** Ids to draw from, from `first` up to and without `end`. @defaultValue 100 to 20,000, as in TransformerLens, as far as the vocabulary goes */
  ids?: { first: number; end: number };
  /** No token twice within the part that is repeated. @defaultValue false, as in TransformerLens */
  distinct?: boolean;
}

/**
 * Rows of random tokens, each followed by itself: nothing in them can be predicted but by looking back.
 *
 * @throws VitrineError `invalid-option`
 */
export function repeatedTokens(dVocab: number, options: RepeatedTokensOptions = {}): { rows: number[][]; length: number } {
  const { length = 50, rows = 4, seed = 0, bos, distinct = false } = options;
  const { first, end } = options.ids ?? { first: dVocab > 1000 ? 100 : Math.min(1, dVocab - 1), end: Math.min(20000, dVocab) };
  for (const [name, value] of Object.entries({ length, rows })) {
    if (!Number.isInteger(value) || value < 1)
      throw new VitrineError('invalid-option', `random.${name} must be a whole number from 1 up; got ${value}.`);
  }
  if (!(Number.isInteger(first) && Number.isInteger(end) && first >= 0 && end > first && end <= dVocab)) {
    throw new VitrineError(
      'invalid-option',
      `random.ids must lie within the vocabulary of ${dVocab}: first < end; got ${first} and ${end}.`,
    );
  }
  if (distinct && end - first < length) {
    throw new VitrineError(
      'invalid-option',
      `${length} distinct tokens were asked for, from ${end - first} ids. Ask for fewer, or allow repetition.`,
    );
  }
  const random = seededRandom(seed);
  const ids = Array.from({ length: end - first }, (_, index) => first + index);
  const made = Array.from({ length: rows }, () => {
    const part = distinct ? shuffled(ids, random).slice(0, length) : Array.from({ length }, () => ids[Math.floor(random() * ids.length)]!);
    return [...(bos === undefined ? [] : [bos]), ...part, ...part];
  });
  return { rows: made, length };
}
