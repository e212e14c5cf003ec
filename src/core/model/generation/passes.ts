// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { RunnerTensor } from '../../transformers/session.js';
import type { Pass } from '../edits/selection.js';

/**
 * Follows a generation pass by pass from what transformers.js feeds: which positions a pass computes, which step it is, and the ids so far.
 * One tracker belongs to one generation.
 */
export class PassTracker {
  readonly #text: ((id: number) => string) | undefined;
  #ids: number[][] = [];
  #prompt: { start: number; end: number }[] = [];
  #step = -1;

  constructor(text?: (id: number) => string) {
    this.#text = text;
  }

  /** The pass that these feeds are for. */
  next(feeds: Readonly<Record<string, RunnerTensor>>): Pass {
    const ids = rowsOf(feeds['input_ids']);
    if (!ids)
      throw new VitrineError('unsupported-model', 'Generation under edits needs the input "input_ids"; this model takes something else.');
    const mask = rowsOf(feeds['attention_mask']);
    const count = ids[0]!.length;
    const past = mask ? mask[0]!.length - count : pastLength(feeds);
    const known = this.#ids[0]?.length ?? 0;
    const goesOn = this.#step >= 0 && past + count > known;
    if (goesOn) {
      this.#step++;
      this.#ids = ids.map((row, index) => [...(past > 0 ? (this.#ids[index] ?? this.#ids[0]!).slice(0, past) : []), ...row]);
    } else {
      this.#step = 0;
      this.#ids = ids;
      this.#prompt = (mask ?? ids.map((row) => row.map(() => 1))).map((row) => ({ start: row.indexOf(1), end: row.lastIndexOf(1) + 1 }));
    }
    // Beams make rows of one prompt.
    const prompt = ids.map((_, row) => this.#prompt[row] ?? this.#prompt[0]!);
    return { step: this.#step, batch: ids.length, count, past, ids: this.#ids, prompt, ...(this.#text ? { text: this.#text } : {}) };
  }
}

function rowsOf(tensor: RunnerTensor | undefined): number[][] | undefined {
  if (!tensor) return undefined;
  const [batch = 1, length = 1] = tensor.dims;
  const values = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  return Array.from({ length: batch }, (_, row) => values.slice(row * length, (row + 1) * length));
}

function pastLength(feeds: Readonly<Record<string, RunnerTensor>>): number {
  const key = Object.keys(feeds).find((name) => /^past.*\.key$/.test(name));
  return key === undefined ? 0 : (feeds[key]!.dims[2] ?? 0);
}
