// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { Tensor } from '../../model/tensor.js';
import { fitLogistic, type LinearClassifier, type Matrix } from './logistic.js';
import type { MinimiseOptions } from './minimise.js';
import { Probe, scoresOf, type ProbeAccuracy, type ProbeKind, type ProbeLabel } from './probe.js';
import { stratifiedSplit } from './split.js';
import { classMeans, columnsOf, columnStatistics, rowsOf, standardised, unstandardised } from './statistics.js';

/** Activations that are there already. */
export interface ProbeData {
  /** [example, feature], or one row per example. */
  activations: Tensor | readonly ArrayLike<number>[];
  /** One per example. */
  labels: readonly ProbeLabel[];
}

export interface ProbeOptions extends MinimiseOptions {
  /**
   * `logistic`: logistic regression, the most accurate. `mean-difference`: from one class's mean to the other's (nearest mean with more
   * classes); needs few examples and tends to be the better direction to steer by. `sparse`: logistic regression on k features alone.
   * @defaultValue 'logistic'
   */
  kind?: ProbeKind;
  /** How many features a sparse probe reads. @defaultValue 1 */
  k?: number;
  /** Penalty l2 / 2 |weights|^2 beside the sum of losses over examples, on standardised features: 1 / C of scikit-learn. @defaultValue 1 */
  l2?: number;
  /** Share of examples that is held out, of every class alike. @defaultValue 0.2 */
  heldOut?: number;
  /** Decides which. @defaultValue 0 */
  seed?: number;
}

/**
 * A probe of activations that are there already.
 *
 * @throws VitrineError `invalid-input` for fewer than two classes or two examples of a class, and for rows that are not finite or unequal;
 *   `invalid-option`
 * @example
 * const probe = fitProbe({ activations: [[0, 1], [0, 2], [1, 1], [1, 3]], labels: ['no', 'no', 'yes', 'yes'] }, { heldOut: 0.5 });
 */
export function fitProbe(data: ProbeData, options: ProbeOptions = {}, hook = ''): Probe {
  const { kind = 'logistic', k = 1, l2 = 1, heldOut = 0.2, seed = 0 } = options;
  if (!(heldOut > 0 && heldOut < 1)) throw optionError('heldOut', 'a share above 0 and below 1', heldOut);
  if (!(l2 > 0 && l2 < Infinity)) throw optionError('l2', 'a finite number above 0, without which separable classes have no best fit', l2);
  if (!['logistic', 'mean-difference', 'sparse'].includes(kind)) {
    throw optionError('kind', '"logistic", "mean-difference" or "sparse"', JSON.stringify(kind));
  }
  const x = matrixOf(data.activations, hook);
  const { classes, labels } = classesOf(data.labels, x.count);
  if (kind === 'sparse' && !(Number.isInteger(k) && k >= 1 && k <= x.width)) {
    throw optionError('k', `a whole number from 1 to ${x.width}, the number of features`, k);
  }
  const split = stratifiedSplit(labels, classes.length, heldOut, seed);
  const part = { x: rowsOf(x, split.train), labels: Int32Array.from(split.train, (row) => labels[row]!), classes: classes.length };
  const neurons = kind === 'sparse' ? mostDifferent(part, k) : undefined;
  const { fit, converged } = kind === 'mean-difference' ? nearestMean(part) : logistic(part, neurons, { ...options, l2 });

  const right = (rows: readonly number[]): number =>
    rows.filter((row) => best(scoresOf(fit.weights, fit.bias, x.data, row * x.width)) === labels[row]).length;
  const counts = Array.from(classes.keys(), (label) => part.labels.filter((own) => own === label).length);
  const majority = counts.indexOf(Math.max(...counts));
  return new Probe({
    kind,
    hook,
    classes,
    weights: new Tensor(fit.weights, [classes.length, x.width], ['class', 'feature']),
    bias: fit.bias,
    accuracy: accuracyOf(right(split.train), split.train.length, right(split.heldOut), split.heldOut.length),
    baseline: split.heldOut.filter((row) => labels[row] === majority).length / split.heldOut.length,
    ...(neurons && { neurons }),
    converged,
  });
}

interface Part {
  x: Matrix;
  labels: Int32Array;
  classes: number;
}

function logistic(
  part: Part,
  neurons: readonly number[] | undefined,
  options: ProbeOptions,
): { fit: LinearClassifier; converged: boolean } {
  const x = neurons ? columnsOf(part.x, neurons) : part.x;
  const statistics = columnStatistics(x);
  const solved = fitLogistic(standardised(x, statistics), part.labels, part.classes, options);
  const own = unstandardised(solved, statistics);
  if (!neurons) return { fit: own, converged: solved.minimum.converged };
  const weights = new Float64Array(part.classes * part.x.width);
  own.weights.forEach((weight, at) => {
    weights[Math.floor(at / neurons.length) * part.x.width + neurons[at % neurons.length]!] = weight;
  });
  return { fit: { weights, bias: own.bias }, converged: solved.minimum.converged };
}

/** Scores -|x - mean|^2 / 2 without the part that all classes share; with two classes, x . (mean_1 - mean_0) against its middle. */
function nearestMean({ x, labels, classes }: Part): { fit: LinearClassifier; converged: boolean } {
  const weights = classMeans(x, labels, classes);
  const bias = Float64Array.from({ length: classes }, (_, label) =>
    weights.subarray(label * x.width, (label + 1) * x.width).reduce((sum, value) => sum - (value * value) / 2, 0),
  );
  return { fit: { weights, bias }, converged: true };
}

/** The features whose class means lie farthest apart (Gurnee et al. 2023, "max mean difference"), farthest first. */
function mostDifferent({ x, labels, classes }: Part, k: number): number[] {
  const means = classMeans(x, labels, classes);
  const spread = Float64Array.from({ length: x.width }, (_, column) => {
    const own = Array.from({ length: classes }, (_unused, label) => means[label * x.width + column]!);
    return Math.max(...own) - Math.min(...own);
  });
  return Array.from(spread.keys())
    .sort((one, two) => spread[two]! - spread[one]! || one - two)
    .slice(0, k);
}

function matrixOf(activations: Tensor | readonly ArrayLike<number>[], hook: string): Matrix {
  const of = hook && ` of ${hook}`;
  const rows: readonly ArrayLike<number>[] =
    activations instanceof Tensor
      ? Array.from({ length: activations.dims[0] ?? 0 }, (_, row) => activations.select(activations.axes[0]!, row).data)
      : activations;
  const width = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    if (row.length !== width) {
      throw new VitrineError(
        'invalid-input',
        `All activations${of} must have the same number of values: the first has ${width}, number ${index} has ${row.length}.`,
      );
    }
    data.set(row, index * width);
  });
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return { data, count: rows.length, width };
  throw new VitrineError(
    'invalid-input',
    `Activations${of} must be finite: example ${Math.floor(wrong / width)} has ${data[wrong]} at feature ${wrong % width}.`,
  );
}

/** Labels as numbers from 0. */
function classesOf(labels: readonly ProbeLabel[], count: number): { classes: ProbeLabel[]; labels: Int32Array } {
  if (labels.length !== count) {
    throw new VitrineError(
      'invalid-input',
      `A probe needs one label per activation; got ${count} activations and ${labels.length} labels.`,
    );
  }
  const classes = [...new Set(labels)];
  if (classes.every((label) => typeof label !== 'string')) classes.sort((one, two) => Number(one) - Number(two));
  if (classes.length < 2) {
    throw new VitrineError(
      'invalid-input',
      `A probe needs examples of at least two classes; got ${classes.length === 1 ? `only ${JSON.stringify(classes[0])}` : 'no example'}.`,
    );
  }
  const rare = classes.find((label) => labels.filter((own) => own === label).length < 2);
  if (rare !== undefined) {
    throw new VitrineError(
      'invalid-input',
      `A probe needs two examples of every class or more, one to learn from and one to be tested on; ${JSON.stringify(rare)} has one.`,
    );
  }
  return { classes, labels: Int32Array.from(labels, (label) => classes.indexOf(label)) };
}

function accuracyOf(rightInTrain: number, train: number, rightInHeldOut: number, heldOut: number): ProbeAccuracy {
  const share = rightInHeldOut / heldOut;
  const z = 1.959963984540054;
  const middle = (share + (z * z) / (2 * heldOut)) / (1 + (z * z) / heldOut);
  const half = (z / (1 + (z * z) / heldOut)) * Math.sqrt((share * (1 - share)) / heldOut + (z * z) / (4 * heldOut * heldOut));
  return {
    train: rightInTrain / train,
    heldOut: share,
    standardError: Math.sqrt((share * (1 - share)) / heldOut),
    interval: [Math.max(0, middle - half), Math.min(1, middle + half)],
    count: { train, heldOut },
  };
}

function best(scores: Float64Array): number {
  return scores.indexOf(scores.reduce((one, other) => Math.max(one, other)));
}

function optionError(option: string, expected: string, came: unknown): VitrineError {
  return new VitrineError('invalid-option', `\`${option}\` of a probe must be ${expected}; got ${String(came)}.`);
}
