// SPDX-License-Identifier: MIT
// The tokens of a logit lens through all its layers: what a token that is among the likeliest somewhere does everywhere else.
import { Tensor } from '../model/tensor.js';

/** Tokens followed through every point of the lens. One row for each prompt, position and token that was among the likeliest there at any point. */
export interface LensTrajectories {
  /** Index of the prompt of each row. */
  batch: Int32Array;
  /** Position of each row; rows of a position stand together. */
  pos: Int32Array;
  /** Token id of each row. */
  ids: Int32Array;
  /** [row, point] */
  probability: Tensor;
  /** [row, point]; 0 is the likeliest */
  rank: Tensor<Int32Array>;
  /** How many such tokens were left out, since their position had more than it may keep. */
  omitted: number;
}

/** One point of one position: its logits, the log of their sum, and its likeliest ids. */
export interface LensPoint {
  logits: Float32Array;
  logNorm: number;
  top: readonly number[];
}

/** Collects {@link LensTrajectories}, position by position. */
export class TrajectoryBook {
  readonly #most: number;
  readonly #points: number;
  readonly #rows: { batch: number; pos: number; id: number; probability: Float64Array; rank: Int32Array }[] = [];
  #omitted = 0;

  /**
   * @param points - how many points every position has
   * @param most - how many tokens a position keeps: those that came closest to the top, the likelier first among equals
   */
  constructor(points: number, most: number) {
    this.#points = points;
    this.#most = most;
  }

  /** Adds a position, of which all points are known. */
  add(batch: number, pos: number, points: readonly LensPoint[]): void {
    const seen = closest(points);
    const kept = seen.slice(0, this.#most);
    this.#omitted += seen.length - kept.length;
    const rows = kept.map((id) => ({ batch, pos, id, probability: new Float64Array(this.#points), rank: new Int32Array(this.#points) }));
    points.forEach(({ logits, logNorm }, point) => {
      const ranks = ranksOf(logits, kept);
      rows.forEach((row, index) => {
        row.probability[point] = Math.exp(logits[row.id]! - logNorm);
        row.rank[point] = ranks[index]!;
      });
    });
    this.#rows.push(...rows);
  }

  result(): LensTrajectories {
    const rows = this.#rows;
    const shape = [rows.length, this.#points];
    const probability = new Tensor(new Float32Array(rows.length * this.#points), shape, ['row', 'point']);
    const rank = new Tensor(new Int32Array(rows.length * this.#points), shape, ['row', 'point']);
    rows.forEach((row, index) => {
      probability.data.set(row.probability, index * this.#points);
      rank.data.set(row.rank, index * this.#points);
    });
    return {
      batch: Int32Array.from(rows, ({ batch }) => batch),
      pos: Int32Array.from(rows, ({ pos }) => pos),
      ids: Int32Array.from(rows, ({ id }) => id),
      probability,
      rank,
      omitted: this.#omitted,
    };
  }
}

/** All ids that are among the likeliest at any point: the one that came closest to the top first, the likelier of two that came as close. */
function closest(points: readonly LensPoint[]): number[] {
  const best = new Map<number, { place: number; logProbability: number }>();
  for (const { logits, logNorm, top } of points) {
    top.forEach((id, place) => {
      const known = best.get(id);
      const logProbability = Math.max(known?.logProbability ?? -Infinity, logits[id]! - logNorm);
      best.set(id, { place: Math.min(known?.place ?? Infinity, place), logProbability });
    });
  }
  const order = [...best].sort(([, a], [, b]) => a.place - b.place || b.logProbability - a.logProbability);
  return order.map(([id]) => id);
}

/** How many logits are larger than that of each id: all in one pass over the vocabulary, by where a logit falls among those of the ids. */
function ranksOf(logits: Float32Array, ids: readonly number[]): Int32Array {
  const order = ids.map((_, index) => index).sort((a, b) => logits[ids[b]!]! - logits[ids[a]!]!);
  const values = Float32Array.from(order, (index) => logits[ids[index]!]!);
  const larger = new Int32Array(ids.length + 1);
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle]! < logit) high = middle;
      else low = middle + 1;
    }
    larger[low]!++;
  }
  const ranks = new Int32Array(ids.length);
  let count = 0;
  order.forEach((index, place) => {
    count += larger[place]!;
    ranks[index] = count;
  });
  return ranks;
}
