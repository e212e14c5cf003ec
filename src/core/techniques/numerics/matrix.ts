// SPDX-License-Identifier: MIT
/** Dense matrices in float64, row-major. Loops are ordered so that the innermost runs along rows of both operands. */

/** A matrix: element (row, column) is `data[row * columns + column]`. */
export interface Matrix {
  rows: number;
  columns: number;
  data: Float64Array;
}

/** A matrix of zeros. */
export const zeros = (rows: number, columns: number): Matrix => ({ rows, columns, data: new Float64Array(rows * columns) });

/** A copy of numbers as a matrix. */
export const matrixOf = (data: ArrayLike<number>, rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: Float64Array.from(data),
});

/** a b */
export function product(a: Matrix, b: Matrix): Matrix {
  const result = zeros(a.rows, b.columns);
  const width = b.columns;
  for (let row = 0; row < a.rows; row++) {
    const out = result.data.subarray(row * width, (row + 1) * width);
    for (let inner = 0; inner < a.columns; inner++) {
      const factor = a.data[row * a.columns + inner]!;
      if (factor === 0) continue;
      const from = inner * width;
      for (let column = 0; column < width; column++) out[column] = out[column]! + factor * b.data[from + column]!;
    }
  }
  return result;
}

/** a bᵀ */
export function productWithTransposed(a: Matrix, b: Matrix): Matrix {
  const result = zeros(a.rows, b.rows);
  const width = a.columns;
  for (let row = 0; row < a.rows; row++) {
    for (let other = 0; other < b.rows; other++) {
      let sum = 0;
      for (let inner = 0; inner < width; inner++) sum += a.data[row * width + inner]! * b.data[other * width + inner]!;
      result.data[row * b.rows + other] = sum;
    }
  }
  return result;
}

/** The transposed matrix. */
export function transposed(a: Matrix): Matrix {
  const result = zeros(a.columns, a.rows);
  for (let row = 0; row < a.rows; row++)
    for (let column = 0; column < a.columns; column++) result.data[column * a.rows + row] = a.data[row * a.columns + column]!;
  return result;
}

/**
 * A lower triangular L with L Lᵀ = `gram`, for a symmetric matrix without negative eigenvalues (Cholesky); directions that rounding has left
 * nothing of become zero columns.
 */
export function triangularRoot(gram: Matrix): Matrix {
  const size = gram.rows;
  const root = zeros(size, size);
  const { data } = root;
  let largest = 0;
  for (let at = 0; at < size; at++) largest = Math.max(largest, gram.data[at * size + at]!);
  for (let column = 0; column < size; column++) {
    let pivot = gram.data[column * size + column]!;
    for (let inner = 0; inner < column; inner++) pivot -= data[column * size + inner]! ** 2;
    if (pivot <= 1e-15 * largest) continue;
    const diagonal = Math.sqrt(pivot);
    data[column * size + column] = diagonal;
    for (let row = column + 1; row < size; row++) {
      let sum = gram.data[row * size + column]!;
      for (let inner = 0; inner < column; inner++) sum -= data[row * size + inner]! * data[column * size + inner]!;
      data[row * size + column] = sum / diagonal;
    }
  }
  return root;
}
