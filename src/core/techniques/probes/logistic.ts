// SPDX-License-Identifier: MIT
import { minimise, type Minimum, type MinimiseOptions, type Objective } from './minimise.js';

/** Rows of numbers, one after the other: [count, width], float64. */
export interface Matrix {
  data: Float64Array;
  count: number;
  width: number;
}

export interface LogisticOptions extends MinimiseOptions {
  /** Strength of the L2 penalty, see {@link fitLogistic}; above 0. @defaultValue 1 */
  l2?: number;
  /** Whether there is a bias, which no penalty holds. @defaultValue true */
  intercept?: boolean;
}

/** A linear map to the log-odds of classes. */
export interface LinearClassifier {
  /** [classes, width] */
  weights: Float64Array;
  /** [classes] */
  bias: Float64Array;
}

export interface LogisticFit extends LinearClassifier {
  /** How the solver ended. */
  minimum: Omit<Minimum, 'x'>;
}

/**
 * Logistic regression: minimises sum of -log p(class | x) + l2 / 2 |weights|^2, divided by the number of rows. With two classes, class 0 has
 * weights and bias 0 and one vector tells the odds of class 1, as is usual; with more, softmax over one vector per class. The penalty makes
 * the function strictly convex in the weights, so that there is one minimum, also for classes that a plane separates. `l2` is scikit-learn's
 * 1 / C.
 *
 * Done when no component of the gradient of the mean exceeds `tolerance` (1e-8).
 *
 * @param labels - class of every row, from 0
 */
export function fitLogistic(x: Matrix, labels: Int32Array, classes: number, options: LogisticOptions = {}): LogisticFit {
  const { l2 = 1, intercept = true } = options;
  const free = classes === 2 ? 1 : classes;
  const objective = logisticObjective(x, labels, classes, l2, intercept);
  const { x: solution, ...minimum } = minimise(objective, new Float64Array(free * (x.width + 1)), options);
  const weights = new Float64Array(classes * x.width);
  const bias = new Float64Array(classes);
  for (let row = 0; row < free; row++) {
    const target = row + classes - free;
    const from = row * (x.width + 1);
    weights.set(solution.subarray(from, from + x.width), target * x.width);
    bias[target] = solution[from + x.width]!;
  }
  return { weights, bias, minimum };
}

/** Parameters: for every free class its weights, then its bias. */
export function logisticObjective(x: Matrix, labels: Int32Array, classes: number, l2: number, intercept = true): Objective {
  const { data, count, width } = x;
  const free = classes === 2 ? 1 : classes;
  const fixed = classes - free;
  const scores = new Float64Array(classes);
  return (parameters, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < count; row++) {
      const at = row * width;
      scores[0] = 0;
      for (let index = 0; index < free; index++) {
        const from = index * (width + 1);
        let score = intercept ? parameters[from + width]! : 0;
        for (let column = 0; column < width; column++) score += parameters[from + column]! * data[at + column]!;
        scores[index + fixed] = score;
      }
      const own = scores[labels[row]!]!;
      loss += softmax(scores) - own;
      for (let index = 0; index < free; index++) {
        const from = index * (width + 1);
        const error = (scores[index + fixed]! - (labels[row] === index + fixed ? 1 : 0)) / count;
        for (let column = 0; column < width; column++) gradient[from + column] = gradient[from + column]! + error * data[at + column]!;
        if (intercept) gradient[from + width] = gradient[from + width]! + error;
      }
    }
    let squares = 0;
    for (let index = 0; index < free * (width + 1); index++) {
      if (index % (width + 1) === width) continue;
      squares += parameters[index]! ** 2;
      gradient[index] = gradient[index]! + (l2 / count) * parameters[index]!;
    }
    return loss / count + (l2 / 2 / count) * squares;
  };
}

/** Turns scores into probabilities, in place; returns the log of the sum of their exponentials. */
export function softmax(scores: Float64Array): number {
  const most = scores.reduce((one, other) => Math.max(one, other), -Infinity);
  let sum = 0;
  for (let index = 0; index < scores.length; index++) sum += scores[index] = Math.exp(scores[index]! - most);
  for (let index = 0; index < scores.length; index++) scores[index] = scores[index]! / sum;
  return most + Math.log(sum);
}
