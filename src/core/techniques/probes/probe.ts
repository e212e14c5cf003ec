// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { Tensor } from '../../model/tensor.js';
import { softmax } from './logistic.js';

/** What a probe tells apart. */
export type ProbeLabel = string | number | boolean;

export type ProbeKind = 'logistic' | 'mean-difference' | 'sparse';

/** Shares of examples that a probe gets right. */
export interface ProbeAccuracy {
  train: number;
  /** On examples that took no part in the fit, nor in the choice of neurons. */
  heldOut: number;
  /** Standard error of `heldOut`: sqrt(p (1 - p) / n), 0 where all or none are right. */
  standardError: number;
  /** Wilson's interval of 95 % for `heldOut`, which also tells something where all are right. */
  interval: [low: number, high: number];
  /** Numbers of examples. */
  count: { train: number; heldOut: number };
}

/** What a probe says of one activation. */
export interface ProbePrediction {
  label: ProbeLabel;
  /** Of the label. */
  probability: number;
  /** Of every class, in the order of `classes`. */
  probabilities: Float64Array;
}

/** What {@link Probe} is made of. */
export interface ProbeParts {
  kind: ProbeKind;
  hook: string;
  classes: readonly ProbeLabel[];
  weights: Tensor<Float64Array>;
  bias: Float64Array;
  accuracy: ProbeAccuracy;
  baseline: number;
  neurons?: readonly number[];
  converged: boolean;
}

/** A linear map from one activation to classes, and how well it does: see {@link trainProbe}. */
export class Probe {
  readonly kind: ProbeKind;
  /** Hook that the activations came from; "" for a probe of given arrays. */
  readonly hook: string;
  /** The labels: numbers ascending, false before true, texts in the order in which they first came. */
  readonly classes: readonly ProbeLabel[];
  /** [class, feature], for activations as they are: log-odds are weights x + bias. */
  readonly weights: Tensor<Float64Array>;
  /** [class] */
  readonly bias: Float64Array;
  readonly accuracy: ProbeAccuracy;
  /** Held-out accuracy of always saying the class that is most frequent in training. */
  readonly baseline: number;
  /** The features that a sparse probe reads, the most telling first. */
  readonly neurons: readonly number[] | undefined;
  /** Whether the solver met its convergence test. */
  readonly converged: boolean;

  /** @internal */
  constructor(parts: ProbeParts) {
    this.kind = parts.kind;
    this.hook = parts.hook;
    this.classes = parts.classes;
    this.weights = parts.weights;
    this.bias = parts.bias;
    this.accuracy = parts.accuracy;
    this.baseline = parts.baseline;
    this.neurons = parts.neurons;
    this.converged = parts.converged;
  }

  /**
   * The unit vector from the first class to the second, for `edit.add` and `edit.project`.
   *
   * @throws VitrineError `invalid-option` with more than two classes: see {@link Probe.directionOf}
   */
  get direction(): Float32Array {
    if (this.classes.length === 2) return this.directionOf(this.classes[1]!);
    const all = this.classes.map(String).join(', ');
    throw new VitrineError(
      'invalid-option',
      `This probe has ${this.classes.length} classes (${all}), and so no one direction. Use directionOf(label).`,
    );
  }

  /** The unit vector along which the odds of a class grow against the mean of all classes. */
  directionOf(label: ProbeLabel): Float32Array {
    const row = this.classes.indexOf(label);
    if (row < 0) {
      throw new VitrineError(
        'invalid-option',
        `This probe knows no class ${JSON.stringify(label)}; its classes are ${this.classes.map(String).join(', ')}.`,
      );
    }
    const { data } = this.weights;
    const [classes, width] = this.weights.dims as [number, number];
    const direction = new Float64Array(width);
    for (let column = 0; column < width; column++) {
      let mean = 0;
      for (let other = 0; other < classes; other++) mean += data[other * width + column]! / classes;
      direction[column] = data[row * width + column]! - mean;
    }
    const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    return Float32Array.from(direction, (value) => (norm > 0 ? value / norm : 0));
  }

  /**
   * The class of an activation.
   *
   * @param activation - as many values as the probe has features
   * @throws VitrineError `invalid-input` for another number of values
   */
  predict(activation: ArrayLike<number> | Tensor): ProbePrediction {
    const values = activation instanceof Tensor ? activation.data : activation;
    const [, width] = this.weights.dims as [number, number];
    if (values.length !== width) {
      throw new VitrineError(
        'invalid-input',
        `This probe reads ${width} values${this.hook && ` of ${this.hook}`} at one position; got ${values.length}.`,
      );
    }
    const probabilities = scoresOf(this.weights.data, this.bias, values, 0);
    softmax(probabilities);
    const best = probabilities.indexOf(probabilities.reduce((one, other) => Math.max(one, other)));
    return { label: this.classes[best]!, probability: probabilities[best]!, probabilities };
  }
}

/** weights x + bias for the row of `values` that begins at `from`. */
export function scoresOf(weights: Float64Array, bias: Float64Array, values: ArrayLike<number>, from: number): Float64Array {
  const width = weights.length / bias.length;
  return bias.map((start, label) => {
    let score = start;
    for (let column = 0; column < width; column++) score += weights[label * width + column]! * values[from + column]!;
    return score;
  });
}
