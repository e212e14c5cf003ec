// SPDX-License-Identifier: MIT
import { seededRandom, shuffled } from '../random.js';

/** Row numbers of the two parts, in ascending order. */
export interface Split {
  train: number[];
  heldOut: number[];
}

/**
 * Splits rows at random so that every class has the same share in both parts, and at least one row in each.
 *
 * @param labels - class of every row, from 0; every class at least twice
 * @param share - part that is held out, between 0 and 1
 */
export function stratifiedSplit(labels: Int32Array, classes: number, share: number, seed: number): Split {
  const random = seededRandom(seed);
  const split: Split = { train: [], heldOut: [] };
  for (let label = 0; label < classes; label++) {
    const rows = shuffled(
      Array.from(labels.keys()).filter((row) => labels[row] === label),
      random,
    );
    const held = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * share)));
    split.heldOut.push(...rows.slice(0, held));
    split.train.push(...rows.slice(held));
  }
  split.train.sort((one, two) => one - two);
  split.heldOut.sort((one, two) => one - two);
  return split;
}
