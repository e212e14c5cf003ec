// SPDX-License-Identifier: MIT
import { largestEigenvector } from './eigenvector.js';
import { combine, difference, dot, gramMatrix, meanRow, unit, type Row } from './linear-algebra.js';

/**
 * The first principal component of rows: the direction along which they vary most, at length 1; its sign is arbitrary. Computed from the
 * smaller of the two products of the rows with themselves, [row, row] or [column, column].
 *
 * @param rows - [row][column]
 * @param options - `centre`: subtract the mean of the rows first, as scikit-learn's PCA does
 * @returns undefined where the rows do not vary (all zero, or all equal and centred)
 */
export function principalComponent(rows: readonly Row[], options: { centre: boolean }): Row | undefined {
  const mean = meanRow(rows);
  const used = options.centre ? rows.map((row) => difference(row, mean)) : [...rows];
  const size = (list: readonly Row[]): number => list.reduce((sum, row) => sum + dot(row, row), 0);
  // What is left of equal rows after centring is rounding.
  if (!(size(used) > 1e-24 * size(rows))) return undefined;
  const width = mean.length;
  if (used.length <= width) {
    const { vector } = largestEigenvector(gramMatrix(used), used.length);
    return unit(combine(used, vector));
  }
  const columns = Array.from({ length: width }, (_, column) => Float64Array.from(used, (row) => row[column]!));
  return largestEigenvector(gramMatrix(columns), width).vector;
}
