// SPDX-License-Identifier: MIT
import type { RunnerTensor } from '../../transformers/session.js';
import type { Pass } from '../edits/selection.js';
import type { BatchShape } from '../materialise.js';

/**
 * Follows generations pass by pass from what transformers.js feeds: which positions a pass computes, which step it is, and the ids so far.
 * One tracker belongs to one model of the library, which a pipeline asks again and again: a pass that does not go on with what it knows
 * begins a new text.
 */
export class PassTracker {
  readonly #text: ((id: number) => string) | undefined;
  #ids: number[][] = [];
  #prompt: { start: number; end: number }[] = [];
  #step = -1;

  constructor(text?: (id: number) => string) {
    this.#text = text;
  }

  /** The pass that these feeds, `input_ids` among them, are for. */
  next(feeds: Readonly<Record<string, RunnerTensor>>): Pass {
    const ids = rowsOf(feeds['input_ids'])!;
    const mask = rowsOf(feeds['attention_mask']);
    const count = ids[0]!.length;
    const past = mask ? mask[0]!.length - count : pastLength(feeds);
    const known = this.#ids[0]?.length ?? 0;
    // Without a cache, a generation shows by the sequence so far and one token more; with one, its passes read the cache.
    const follows = (row: readonly number[]): boolean => this.#ids.some((before) => before.every((id, at) => id === row[at]));
    const repeats = !hasCache(feeds) && count === known + 1 && ids.every(follows);
    const goesOn = this.#step >= 0 && (past > 0 ? past + count > known : repeats);
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

/** The one pass of an input that is not tokens, such as an image. */
export function passWithoutTokens({ batch, pos }: BatchShape): Pass {
  const rows = Array.from({ length: batch }, (_, row) => row);
  return {
    step: 0,
    batch,
    count: pos,
    past: 0,
    ids: rows.map(() => new Array<number>(pos).fill(-1)),
    prompt: rows.map(() => ({ start: 0, end: pos })),
  };
}

function rowsOf(tensor: RunnerTensor | undefined): number[][] | undefined {
  if (!tensor) return undefined;
  const [batch = 1, length = 1] = tensor.dims;
  const values = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  return Array.from({ length: batch }, (_, row) => values.slice(row * length, (row + 1) * length));
}

function hasCache(feeds: Readonly<Record<string, RunnerTensor>>): boolean {
  return Object.keys(feeds).some((name) => name.startsWith('past'));
}

function pastLength(feeds: Readonly<Record<string, RunnerTensor>>): number {
  const key = Object.keys(feeds).find((name) => /^past.*\.key$/.test(name));
  return key === undefined ? 0 : (feeds[key]!.dims[2] ?? 0);
}
