// SPDX-License-Identifier: MIT

/** A vector in float64; sums over hundreds of activations lose too much in float32. */
export type Row = Float64Array;

/** Sum of products. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** Euclidean length. */
export function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}

/** target += factor * vector */
export function addTo(target: Row, vector: ArrayLike<number>, factor = 1): void {
  for (let index = 0; index < target.length; index++) target[index] = target[index]! + factor * vector[index]!;
}

/** a - b */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): Row {
  return Float64Array.from(a, (value, index) => value - b[index]!);
}

/** Mean of the rows. */
export function meanRow(rows: readonly ArrayLike<number>[]): Row {
  const mean = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) addTo(mean, row, 1 / rows.length);
  return mean;
}

/** The vector at length 1; undefined for zero (or what rounding leaves of it, below `tolerance`). */
export function unit(vector: ArrayLike<number>, tolerance = 0): Row | undefined {
  const length = norm(vector);
  return length > tolerance ? Float64Array.from(vector, (value) => value / length) : undefined;
}

/** Products of all pairs of rows, [row, row] row-major. */
export function gramMatrix(rows: readonly Row[]): Float64Array {
  const size = rows.length;
  const gram = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      const product = dot(rows[a]!, rows[b]!);
      gram[a * size + b] = product;
      gram[b * size + a] = product;
    }
  }
  return gram;
}

/** matrix [size, size] times vector [size]. */
export function multiply(matrix: Float64Array, vector: Row): Row {
  const size = vector.length;
  return Float64Array.from({ length: size }, (_, row) => dot(matrix.subarray(row * size, (row + 1) * size), vector));
}

/** Sum of rows, each times its weight. */
export function combine(rows: readonly Row[], weights: ArrayLike<number>): Row {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  rows.forEach((row, index) => addTo(sum, row, weights[index]!));
  return sum;
}
