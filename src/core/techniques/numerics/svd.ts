// SPDX-License-Identifier: MIT
import { dot, norm, type Row } from './linear-algebra.js';
import { product, zeros, type Matrix } from './matrix.js';

/** u diag(values) vᵀ: columns of u and v are orthonormal, values fall. */
export interface SingularValues {
  /** [rows, count] */
  u: Matrix;
  values: Float64Array;
  /** [columns, count] */
  v: Matrix;
}

/**
 * Singular value decomposition, count = min(rows, columns): QR by Gram-Schmidt, done twice, then one-sided Jacobi rotations of the triangular
 * factor, which find small singular values to full relative accuracy (Demmel and Veselic 1992). Where values are zero, columns of u are
 * zero too.
 */
export function singularValues(matrix: Matrix): SingularValues {
  const wide = matrix.columns > matrix.rows;
  const columns = columnsOf(matrix, wide);
  const { q, r } = orthonormal(columns);
  // r's rows are what Jacobi rotates: r = (left) diag (right)ᵀ.
  const rotated = r.map((row) => row.slice());
  const turns = columns.map((_, at) => Float64Array.from({ length: columns.length }, (__, other) => (other === at ? 1 : 0)));
  orthogonalise(rotated, turns);
  const order = rotated.map((row, at) => ({ at, value: norm(row) })).sort((one, other) => other.value - one.value);
  const count = columns.length;
  const values = Float64Array.from(order, ({ value }) => value);
  const long = zeros(columns[0]?.length ?? 0, count);
  const short = zeros(count, count);
  order.forEach(({ at, value }, place) => {
    const left = turns[at]!;
    for (let inner = 0; inner < count; inner++) {
      const factor = left[inner]!;
      if (factor === 0) continue;
      const column = q[inner]!;
      for (let row = 0; row < column.length; row++) long.data[row * count + place]! += factor * column[row]!;
    }
    for (let column = 0; column < count; column++) short.data[column * count + place] = value === 0 ? 0 : rotated[at]![column]! / value;
  });
  return wide ? { u: short, values, v: long } : { u: long, values, v: short };
}

/** u diag(values) vᵀ of the first `rank` terms. */
export function recompose({ u, values, v }: SingularValues, rank = values.length): Matrix {
  const scaled = zeros(u.rows, rank);
  const right = zeros(rank, v.rows);
  for (let place = 0; place < rank; place++) {
    for (let row = 0; row < u.rows; row++) scaled.data[row * rank + place] = u.data[row * u.columns + place]! * values[place]!;
    for (let row = 0; row < v.rows; row++) right.data[place * v.rows + row] = v.data[row * v.columns + place]!;
  }
  return product(scaled, right);
}

function columnsOf({ rows, columns, data }: Matrix, wide: boolean): Row[] {
  if (wide) return Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
  return Array.from({ length: columns }, (_, column) => Float64Array.from({ length: rows }, (__, row) => data[row * columns + column]!));
}

/** Columns as q r: q orthonormal columns (zero where a column depends on those before), r by rows, upper triangular. */
function orthonormal(columns: readonly Row[]): { q: Row[]; r: Row[] } {
  const count = columns.length;
  const q: Row[] = [];
  const r = columns.map(() => new Float64Array(count));
  columns.forEach((column, at) => {
    const rest = column.slice();
    for (let pass = 0; pass < 2; pass++) {
      q.forEach((known, place) => {
        const part = dot(known, rest);
        r[place]![at]! += part;
        for (let row = 0; row < rest.length; row++) rest[row]! -= part * known[row]!;
      });
    }
    const length = norm(rest);
    const kept = length > 1e-15 * norm(column) ? length : 0;
    r[at]![at] = kept;
    q.push(kept === 0 ? new Float64Array(rest.length) : rest.map((value) => value / kept));
  });
  return { q, r };
}

/** Turns pairs of rows until all are orthogonal, and `turns` with them. */
function orthogonalise(rows: Row[], turns: Row[]): void {
  const width = rows.length;
  for (let sweep = 0; sweep < 40; sweep++) {
    let largest = 0;
    for (let p = 0; p < width; p++) {
      for (let q = p + 1; q < width; q++) {
        const [one, other] = [rows[p]!, rows[q]!];
        let alpha = 0;
        let beta = 0;
        let gamma = 0;
        for (let at = 0; at < width; at++) {
          alpha += one[at]! * one[at]!;
          beta += other[at]! * other[at]!;
          gamma += one[at]! * other[at]!;
        }
        const size = Math.sqrt(alpha * beta);
        if (size === 0 || Math.abs(gamma) <= 1e-15 * size) continue;
        largest = Math.max(largest, Math.abs(gamma) / size);
        const zeta = (beta - alpha) / (2 * gamma);
        const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        turn(one, other, cosine, cosine * tangent);
        turn(turns[p]!, turns[q]!, cosine, cosine * tangent);
      }
    }
    if (largest <= 1e-14) return;
  }
}

function turn(one: Row, other: Row, cosine: number, sine: number): void {
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at]!, other[at]!];
    one[at] = cosine * a - sine * b;
    other[at] = sine * a + cosine * b;
  }
}
