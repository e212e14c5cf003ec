// SPDX-License-Identifier: MIT

/** Lengths of axes; NaN for an unknown one, undefined where not even the rank is known. */
export type Dims = number[] | undefined;

/** Numpy broadcasting; a mismatch takes the longer side, and an operand of unknown shape is taken for one that fits the others. */
export function broadcastDims(all: Dims[]): Dims {
  const shapes = all.filter((dims) => dims !== undefined);
  if (shapes.length === 0) return undefined;
  const rank = Math.max(0, ...shapes.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((dims) => dims[dims.length - rank + axis] ?? 1);
    if (lengths.some((length) => Number.isNaN(length))) return lengths.find((length) => length > 1) ?? NaN;
    return lengths.every((length) => length <= 1) ? Math.min(...lengths) : Math.max(...lengths);
  });
}

/** Output dims of a (batched) matrix product. */
export function matmulDims(a: Dims, b: Dims): Dims {
  if (!a || !b || a.length === 0 || b.length === 0) return undefined;
  if (b.length === 1) return a.slice(0, -1);
  const batch = broadcastDims([a.slice(0, -2), b.slice(0, -2)])!;
  return a.length === 1 ? [...batch, b.at(-1)!] : [...batch, a.at(-2)!, b.at(-1)!];
}

/** What a dry run knows of one tensor. */
export interface Fact {
  /** Lengths of the axes; an axis of unknown length is NaN. undefined: nothing is known. */
  dims?: number[];
  /** `DataType`; 0 where unknown. */
  type: number;
  /** The values of a small tensor (shapes, axes, scales); an unknown element is NaN. */
  value?: number[];
}
