// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import { rowStatistics } from '../../model/materialise.js';

/**
 * The linear map from a residual vector to a logit, or to a difference of two, with the final norm's scale taken out:
 * logit(x) = (x . direction) / scale(x) + constant.
 *
 * With the final norm LN(x) = (x - mean(x)) / scale * w + b and u = W_U[:, answer] - W_U[:, wrong], the direction is w * u less its mean (which
 * does the centring of x: (x - mean(x)) . g = x . (g - mean(g))), and the constant is b . u + b_U[answer] - b_U[wrong].
 */
export interface AnswerDirection {
  /** [d_model] */
  readonly direction: Float64Array;
  readonly constant: number;
}

/** What is read of a model's head: of the unembedding, the columns of the answers. */
interface HeadParts {
  readonly columns: Map<number, Float64Array>;
  biases: Float32Array | undefined;
  norm: { weight: Float32Array; bias: Float32Array | undefined } | undefined;
  read: boolean;
}

const parts = new WeakMap<HookedModel, HeadParts>();

/**
 * The direction of one answer, or of the difference between two.
 *
 * @throws VitrineError `unsupported-model` for models whose stream is normalised inside its blocks, or without a vocabulary head
 */
export async function answerDirection(model: HookedModel, answer: number, wrong: number | undefined): Promise<AnswerDirection> {
  requireAdditive(model);
  const head = await headParts(model, wrong === undefined ? [answer] : [answer, wrong]);
  const u = Float64Array.from(head.columns.get(answer)!);
  let constant = head.biases?.[answer] ?? 0;
  if (wrong !== undefined) {
    head.columns.get(wrong)!.forEach((value, index) => (u[index] = u[index]! - value));
    constant -= head.biases?.[wrong] ?? 0;
  }
  const direction = u.map((value, index) => value * (head.norm?.weight[index] ?? 1));
  if (head.norm?.bias) u.forEach((value, index) => (constant += value * head.norm!.bias![index]!));
  if (normOf(model)?.centred) {
    const mean = direction.reduce((sum, value) => sum + value, 0) / direction.length;
    direction.forEach((value, index) => (direction[index] = value - mean));
  }
  return { direction, constant };
}

/** @throws VitrineError `unsupported-model` where the last stream is not the sum of what blocks write */
export function requireAdditive(model: HookedModel): void {
  if (model.hooks.architecture.normPosition === 'pre') return;
  throw new VitrineError(
    'unsupported-model',
    'Direct attribution needs a residual stream that blocks only add to; this model normalises the stream inside every block (post-norm), so that ' +
      'contributions do not add up. Measure what components do with ablationSweep() or activationPatching() instead.',
  );
}

/** sqrt(var + epsilon), or sqrt(mean square + epsilon), of each stream [rows, d_model]; ones where the model has no final norm. */
export function finalScales(model: HookedModel, streams: Float32Array): Float64Array {
  const width = model.hooks.architecture.dModel;
  const kind = normOf(model);
  return kind ? rowStatistics(streams, width, kind).scale : new Float64Array(streams.length / width).fill(1);
}

/** The final norm; classifiers have one that their head cannot be run with alone. */
function normOf(model: HookedModel): { centred: boolean; epsilon: number } | undefined {
  const derived = model.hooks.sites.get('ln_final.hook_scale')?.derived;
  return derived?.kind === 'norm-scale' ? derived : model.finalNormKind;
}

async function headParts(model: HookedModel, ids: readonly number[]): Promise<HeadParts> {
  let known = parts.get(model);
  if (!known) parts.set(model, (known = { columns: new Map(), biases: undefined, norm: undefined, read: false }));
  const { weights } = model;
  if (!known.read) {
    known.biases = weights.has('b_U') ? (await weights.get('b_U')).data : undefined;
    if (normOf(model)) {
      const bias = weights.has('ln_final.b') ? (await weights.get('ln_final.b')).data : undefined;
      known.norm = { weight: (await weights.get('ln_final.w')).data, bias };
    }
    known.read = true;
  }
  const missing = [...new Set(ids)].filter((id) => !known.columns.has(id));
  if (missing.length > 0) {
    const columns = await weights.columns('W_U', missing);
    missing.forEach((id, at) => known.columns.set(id, Float64Array.from(columns.select('d_vocab', at).data)));
  }
  return known;
}
