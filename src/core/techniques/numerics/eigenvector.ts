// SPDX-License-Identifier: MIT

/**
 * The largest eigenvalue of a symmetric matrix and its vector: Lanczos iteration with every new vector made orthogonal to all before it,
 * and Jacobi rotations for the small tridiagonal matrix that it leaves (Golub and Van Loan, "Matrix Computations", 4th ed., 10.1 and 8.5).
 *
 * It is here, and no library, because this is all of linear algebra's decompositions that steering needs: ml-matrix, the well-kept one,
 * adds 17.7 KB (gzip) for it, this file half a KB.
 */
import { addTo, dot, multiply, norm, type Row } from './linear-algebra.js';

/**
 * @param matrix - [size, size], symmetric, row-major
 * @returns `vector` at length 1; its sign is arbitrary
 */
export function largestEigenvector(matrix: Float64Array, size: number): { value: number; vector: Row } {
  const basis: Row[] = [startVector(size)];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  for (;;) {
    const current = basis.at(-1)!;
    const next = multiply(matrix, current);
    diagonal.push(dot(current, next));
    for (let pass = 0; pass < 2; pass++) for (const known of basis) addTo(next, known, -dot(known, next));
    const beta = norm(next);
    const scale = Math.max(...diagonal.map(Math.abs), ...offDiagonal.map(Math.abs), Number.MIN_VALUE);
    const done = beta <= 1e-14 * scale || basis.length === size;
    if (done || basis.length % 8 === 0) {
      const { value, vector } = largestOfTridiagonal(diagonal, offDiagonal);
      if (done || beta * Math.abs(vector.at(-1)!) <= 1e-13 * Math.abs(value)) {
        const result = new Float64Array(size);
        basis.forEach((known, index) => addTo(result, known, vector[index]!));
        const length = norm(result);
        return { value, vector: result.map((entry) => entry / length) };
      }
    }
    offDiagonal.push(beta);
    basis.push(next.map((entry) => entry / beta));
  }
}

/** Any vector that is orthogonal to no eigenvector by symmetry: the same numbers every time (Weyl sequence of the golden ratio). */
function startVector(size: number): Row {
  const vector = Float64Array.from(
    { length: size },
    (_, index) => ((((index + 1) * 0.6180339887498949) % 1) + 0.5) * (index % 3 === 1 ? -1 : 1),
  );
  const length = norm(vector);
  return vector.map((entry) => entry / length);
}

function largestOfTridiagonal(diagonal: readonly number[], offDiagonal: readonly number[]): { value: number; vector: number[] } {
  const size = diagonal.length;
  const matrix = Array.from({ length: size }, (_, row) =>
    Float64Array.from({ length: size }, (_, column) =>
      row === column ? diagonal[row]! : Math.abs(row - column) === 1 ? offDiagonal[Math.min(row, column)]! : 0,
    ),
  );
  const vectors = Array.from({ length: size }, (_, row) => Float64Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)));
  for (let sweep = 0; sweep < 60 && offDiagonalSize(matrix) > 0; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(matrix, vectors, p, q);
  }
  let best = 0;
  for (let index = 1; index < size; index++) if (matrix[index]![index]! > matrix[best]![best]!) best = index;
  return { value: matrix[best]![best]!, vector: vectors.map((row) => row[best]!) };
}

/** Sum of squares off the diagonal; 0 once they are below rounding. */
function offDiagonalSize(matrix: readonly Row[]): number {
  let off = 0;
  let on = 0;
  matrix.forEach((row, index) => row.forEach((value, column) => (index === column ? (on += value * value) : (off += value * value))));
  return off <= 1e-30 * on ? 0 : off;
}

/** One Jacobi rotation, which makes matrix[p][q] zero. */
function rotate(matrix: readonly Row[], vectors: readonly Row[], p: number, q: number): void {
  const off = matrix[p]![q]!;
  if (off === 0) return;
  const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * off);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (row: Row): void => {
    const [atP, atQ] = [row[p]!, row[q]!];
    row[p] = cosine * atP - sine * atQ;
    row[q] = sine * atP + cosine * atQ;
  };
  for (const row of matrix) turn(row);
  const [rowP, rowQ] = [matrix[p]!, matrix[q]!];
  for (let column = 0; column < rowP.length; column++) {
    const [atP, atQ] = [rowP[column]!, rowQ[column]!];
    rowP[column] = cosine * atP - sine * atQ;
    rowQ[column] = sine * atP + cosine * atQ;
  }
  for (const row of vectors) turn(row);
}
