// SPDX-License-Identifier: MIT
import type { LinearClassifier, Matrix } from './logistic.js';

/** The chosen rows of a matrix. */
export function rowsOf(x: Matrix, rows: readonly number[]): Matrix {
  const data = new Float64Array(rows.length * x.width);
  rows.forEach((row, index) => data.set(x.data.subarray(row * x.width, (row + 1) * x.width), index * x.width));
  return { data, count: rows.length, width: x.width };
}

/** The chosen columns of a matrix. */
export function columnsOf(x: Matrix, columns: readonly number[]): Matrix {
  const data = new Float64Array(x.count * columns.length);
  for (let row = 0; row < x.count; row++) {
    for (const [index, column] of columns.entries()) data[row * columns.length + index] = x.data[row * x.width + column]!;
  }
  return { data, count: x.count, width: columns.length };
}

/** Mean and standard deviation of every column. */
export function columnStatistics(x: Matrix): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(x.width);
  const deviation = new Float64Array(x.width);
  // Against the first row, so that a column of one value has exactly that mean, and deviation 0.
  for (let at = 0; at < x.data.length; at++) mean[at % x.width] = mean[at % x.width]! + (x.data[at]! - x.data[at % x.width]!) / x.count;
  for (let column = 0; column < x.width; column++) mean[column] = mean[column]! + x.data[column]!;
  for (let at = 0; at < x.data.length; at++) {
    const column = at % x.width;
    deviation[column] = deviation[column]! + (x.data[at]! - mean[column]!) ** 2 / x.count;
  }
  return { mean, deviation: deviation.map(Math.sqrt) };
}

/** Every column shifted to mean 0 and scaled to deviation 1; one that does not vary becomes 0. */
export function standardised(x: Matrix, { mean, deviation }: ReturnType<typeof columnStatistics>): Matrix {
  const data = x.data.map((value, at) => {
    const spread = deviation[at % x.width]!;
    return spread > 0 ? (value - mean[at % x.width]!) / spread : 0;
  });
  return { ...x, data };
}

/** The classifier of unscaled rows that says what `fit` says of standardised ones. */
export function unstandardised(fit: LinearClassifier, { mean, deviation }: ReturnType<typeof columnStatistics>): LinearClassifier {
  const width = mean.length;
  const bias = fit.bias.slice();
  const weights = fit.weights.map((weight, at) => {
    const column = at % width;
    const scaled = deviation[column]! > 0 ? weight / deviation[column]! : 0;
    const label = Math.floor(at / width);
    bias[label] = bias[label]! - scaled * mean[column]!;
    return scaled;
  });
  return { weights, bias };
}

/** Mean row of every class, [classes, width]. */
export function classMeans(x: Matrix, labels: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes * x.width);
  const counts = new Float64Array(classes);
  for (let row = 0; row < x.count; row++) {
    const label = labels[row]!;
    counts[label] = counts[label]! + 1;
    for (let column = 0; column < x.width; column++) {
      const at = label * x.width + column;
      sums[at] = sums[at]! + x.data[row * x.width + column]!;
    }
  }
  return sums.map((sum, at) => sum / counts[Math.floor(at / x.width)]!);
}
