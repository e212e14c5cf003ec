// SPDX-License-Identifier: MIT

/** Which points of the stream are rows. */
export interface RowChoice {
  /** All points, or those before each block alone; by default all, where they are at most 14. */
  points: 'all' | 'layers' | undefined;
  /** One row in so many, counted from the output; by default as many as stay within `most`. */
  stride: number | undefined;
  /** Most rows. */
  most: number;
  /** A point that is a row in any case. */
  keep: number | undefined;
}

/** More rows than these are drawn without the states inside a block. */
const mostWithMid = 14;

/** The rows that are drawn, from the output down, and how many points there are to a row. */
export function shownPoints(labels: readonly string[], { points, stride, most, keep }: RowChoice): { rows: number[]; stride: number } {
  const all = labels.map((_, point) => point).reverse();
  const few = points === 'all' || (points === undefined && all.length <= mostWithMid);
  const chosen = few ? all : all.filter((point) => !labels[point]!.endsWith('_mid'));
  const step = stride && stride > 0 ? Math.ceil(stride) : Math.max(1, Math.ceil(chosen.length / Math.max(1, most)));
  return { rows: chosen.filter((point, index) => index % step === 0 || point === keep), stride: step };
}
