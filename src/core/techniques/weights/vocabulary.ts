// SPDX-License-Identifier: MIT

/**
 * Any direction of the residual stream as tokens: the logits that W_U gives it (nostalgebraist 2020; Dar et al., "Analyzing Transformers in
 * Embedding Space", 2022, arXiv:2209.02535). For value vectors of neurons, singular vectors, steering vectors, probes.
 *
 * Without a norm, for a direction has no scale of its own: only the order of tokens and the ratios of logits mean something. `norm: 'weight'`
 * multiplies by the final norm's weight (and takes off the mean for layer norms), which is what a small step along the direction does to
 * the logits. Pitfalls: a direction that early layers use may mean nothing to the unembedding. Its opposite end is worth a look.
 */
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import { topIds } from '../../model/top-tokens.js';

/** A token and what a direction gives it. */
export interface DirectionToken {
  id: number;
  text: string;
  /** Logit without the unembedding's bias. */
  logit: number;
}

/** Both ends of a direction. */
export interface VocabularyProjection {
  /** Largest logits first. */
  top: DirectionToken[];
  /** Smallest logits first: what the opposite direction stands for. */
  bottom: DirectionToken[];
}

export interface VocabularyProjectionOptions {
  /** `weight`: as the final norm weighs the stream. @defaultValue 'weight' */
  norm?: 'weight' | 'none';
}

/**
 * The tokens that a direction stands for.
 *
 * @param direction - [d_model]
 * @param k - how many tokens at either end
 * @throws VitrineError `invalid-input` for another length or numbers that are not finite, `unsupported-model` without a vocabulary head
 * @example
 * const out = await model.weights.get('W_out', 8);
 * (await vocabularyProjection(model, out.select('d_mlp', 1204).data, 5)).top.map(({ text }) => text);
 */
export async function vocabularyProjection(
  model: HookedModel,
  direction: ArrayLike<number>,
  k = 10,
  options: VocabularyProjectionOptions = {},
): Promise<VocabularyProjection> {
  return (await vocabularyProjections(model, [direction], k, options))[0]!;
}

/** As {@link vocabularyProjection}, for many directions in one run of the unembedding. */
export async function vocabularyProjections(
  model: HookedModel,
  directions: readonly ArrayLike<number>[],
  k = 10,
  options: VocabularyProjectionOptions = {},
): Promise<VocabularyProjection[]> {
  const { dModel } = model.hooks.architecture;
  if (!Number.isInteger(k) || k < 1) throw new VitrineError('invalid-option', `k must be a whole number from 1 up; got ${k}.`);
  for (const direction of directions) {
    if (direction.length !== dModel || !Array.from(direction).every(Number.isFinite)) {
      throw new VitrineError('invalid-input', `A direction needs ${dModel} finite numbers (d_model); got ${direction.length} numbers.`);
    }
  }
  const norm: LinearNorm = options.norm === 'none' ? { centred: false, weight: undefined } : await finalNorm(model);
  const results: VocabularyProjection[] = [];
  for (let start = 0; start < directions.length; start += 32) {
    // The last row is zero: what it gives is the bias.
    const some = directions.slice(start, start + 32);
    const data = new Float32Array((some.length + 1) * dModel);
    some.forEach((direction, row) => data.set(throughNorm(norm, direction), row * dModel));
    const logits = await model.unembed(new Tensor(data, [some.length + 1, dModel], ['direction', 'd_model']), { normalized: true });
    const bias = logits.select('direction', some.length).data;
    some.forEach((_, row) => {
      const values = logits.select('direction', row).data.map((value, id) => value - bias[id]!);
      const name = (id: number): DirectionToken => ({ id, text: model.tokenText(id), logit: values[id]! });
      const negated = values.map((value) => -value);
      results.push({ top: topIds(values, k).map(name), bottom: topIds(negated, k).map(name) });
    });
  }
  return results;
}

/** What the final norm does to a direction, but for its scale: less its mean (layer norm), times its weight. */
export interface LinearNorm {
  centred: boolean;
  weight: Float32Array | undefined;
}

/** The final norm of a model as a linear map. */
export async function finalNorm(model: HookedModel): Promise<LinearNorm> {
  const kind = model.finalNormKind;
  const weight = kind && model.weights.has('ln_final.w') ? (await model.weights.get('ln_final.w')).data : undefined;
  return { centred: kind?.centred ?? false, weight };
}

/** A direction as it comes out of the norm. */
export const throughNorm = ({ centred, weight }: LinearNorm, direction: ArrayLike<number>): Float64Array =>
  scaled(centred ? withoutMean(direction) : direction, weight);

/** The vector whose product with x is that of `column` with what the norm makes of x. */
export function beforeNorm({ centred, weight }: LinearNorm, column: ArrayLike<number>): Float64Array {
  const weighed = scaled(column, weight);
  return centred ? withoutMean(weighed) : weighed;
}

const scaled = (values: ArrayLike<number>, weight: Float32Array | undefined): Float64Array =>
  Float64Array.from(values, (value, at) => value * (weight ? weight[at]! : 1));

function withoutMean(values: ArrayLike<number>): Float64Array {
  const list = Float64Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return list.map((value) => value - mean);
}
