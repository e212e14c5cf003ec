// SPDX-License-Identifier: MIT

/**
 * The logit lens (nostalgebraist, "interpreting GPT: the logit lens", 2020): what the model would say if it stopped here.
 *
 * Every block adds to the residual stream, and the final norm and the unembedding read it. Applying these two to the stream of an earlier
 * layer shows the guess that is already there: softmax(W_U LN_f(h_l) + b_U). It is exact at the last layer. Earlier, it assumes that the
 * stream is written in the final layer's own directions, which holds well for GPT-2 and worse for models whose layers rotate it
 * (a tuned lens learns that rotation: Belrose et al. 2023, arXiv:2303.08112).
 *
 * `norm: 'recompute'` normalises each stream by its own scale, as nostalgebraist, nnsight and LogitLensKit do. `norm: 'cached'` uses the scale of
 * the final layer at the same position for all points, as TransformerLens's `apply_ln_to_stack` does: the map from stream to logits is
 * then linear, so that differences between rows are exact contributions.
 */
import { throwIfAborted, VitrineError, type OnProgress } from '../errors.js';
import type { HookedModel, RunOptions } from '../model/hooked-model.js';
import type { ModelInput } from '../model/model-input.js';
import { rowStatistics } from '../model/materialise.js';
import { Tensor } from '../model/tensor.js';
import { logSumExp, topIds } from '../model/top-tokens.js';
import type { Tokens } from '../model/tokens.js';
import { answerId } from './answer.js';
import { TrajectoryBook, type LensPoint, type LensTrajectories } from './lens-trajectories.js';

export interface LogitLensOptions extends RunOptions {
  /** How many tokens to keep per point and position. @defaultValue 5 */
  topK?: number;
  /** Which scale the final norm uses, see the head of this module. @defaultValue 'recompute' */
  norm?: 'recompute' | 'cached';
  /**
   * Points of the stream to read, in the order given. @defaultValue every hook_resid_pre and hook_resid_mid, and the last hook_resid_post
   */
  points?: readonly string[];
  /** A token to follow: its text (must be one token) or id. */
  target?: string | number;
  /**
   * Follow every token that is among the `topK` at any point of its position through all points; a number keeps so many per position,
   * those that came closest to the top. @defaultValue false
   */
  trajectories?: boolean | number;
  onProgress?: OnProgress;
}

/** What {@link logitLens} finds. Axes: point (from the embedding upward), batch, pos, k. */
export interface LogitLensResult {
  tokens: Tokens;
  norm: 'recompute' | 'cached';
  /** Hook name of every point. */
  points: string[];
  /** Short names: "0_pre", "0_mid", ..., "final_post". */
  labels: string[];
  /** Most likely ids, [point, batch, pos, k]. */
  topIds: Tensor<Int32Array>;
  /** Their probabilities, [point, batch, pos, k]. */
  topProbabilities: Tensor;
  /** Entropy of the whole distribution in nats, [point, batch, pos]. */
  entropy: Tensor;
  /** KL(final || point) in nats, [point, batch, pos]; 0 in the last row. */
  klToFinal: Tensor;
  /** The followed token: probability and rank (0 = most likely), both [point, batch, pos]. */
  target?: { id: number; probability: Tensor; rank: Tensor<Int32Array> };
  /** Where `trajectories` was asked for: the likeliest tokens of each position at all its points. */
  trajectories?: LensTrajectories;
  /** Text of a token id. */
  text(id: number): string;
}

/** At most this many logits are held at a time: 64 MiB. */
const CHUNK_LOGITS = 16 * 1024 * 1024;

/**
 * Reads the residual stream at every layer as a distribution over tokens.
 *
 * @throws VitrineError `unsupported-model` for a model without a vocabulary head or without a residual stream that we found
 * @example
 * const lens = await logitLens(model, 'The capital of France is', { topK: 3, target: ' Paris' });
 * lens.target!.probability.select('batch', 0).select('pos', -1).data      // how Paris grows, layer by layer
 */
export async function logitLens(model: HookedModel, input: ModelInput, options: LogitLensOptions = {}): Promise<LogitLensResult> {
  const points = options.points ? [...options.points] : defaultPoints(model);
  const topK = options.topK ?? 5;
  if (!Number.isInteger(topK) || topK < 1) throw new VitrineError('invalid-option', `topK must be a whole number from 1 up; got ${topK}.`);
  const target = options.target === undefined ? undefined : await answerId(model, options.target, 'target');
  const { cache, tokens } = await model.runWithCache(input, {
    ...options,
    names: [...new Set([...points, finalPoint(model)])],
    logits: false,
  });
  if (!tokens) throw new VitrineError('invalid-input', 'The logit lens needs tokens: give text, token ids or a Tokens batch.');

  const final = finalPoint(model);
  const last = cache.get(final);
  const [batch, pos, width] = last.dims as [number, number, number];
  const rows = batch * pos;
  const lens = await lensOf(model, options.norm ?? 'recompute');
  const streams = [...points, final].map((point) => cache.get(point).data);

  const shape = [points.length, batch, pos];
  const axes = ['point', 'batch', 'pos'];
  const ids = new Tensor(new Int32Array(points.length * rows * topK), [...shape, topK], [...axes, 'k']);
  const probabilities = new Tensor(new Float32Array(points.length * rows * topK), [...shape, topK], [...axes, 'k']);
  const floats = (): Tensor => new Tensor(new Float32Array(points.length * rows), shape, axes);
  const entropy = floats();
  const klToFinal = floats();
  const probability = floats();
  const rank = new Tensor(new Int32Array(points.length * rows), shape, axes);
  const book = bookOf(options.trajectories, points.length);

  // Some positions at a time, each with all its points: a trajectory needs them together.
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_LOGITS / (streams.length * (model.hooks.architecture.dVocab ?? 1))));
  for (let first = 0; first < rows; first += rowsAtOnce) {
    throwIfAborted(options.signal);
    const count = Math.min(rowsAtOnce, rows - first);
    const stack = new Float32Array(streams.length * count * width);
    streams.forEach((data, index) => stack.set(data.subarray(first * width, (first + count) * width), index * count * width));
    const logits = await lens(new Tensor(stack, [streams.length, count, width], ['point', 'pos', 'd_model']));
    const vocabulary = logits.dims.at(-1)!;
    for (let row = first; row < first + count; row++) {
      const at = (point: number): Float32Array => rowOf(logits, point * count + row - first, vocabulary);
      const finalRow = at(points.length);
      const finalNorm = logSumExp(finalRow);
      const seen = points.map((_, point): LensPoint => {
        const own = at(point);
        const index = point * rows + row;
        const summary = summarise(own, finalRow, finalNorm, target);
        entropy.data[index] = summary.entropy;
        klToFinal.data[index] = summary.kl;
        if (summary.target) {
          probability.data[index] = summary.target.probability;
          rank.data[index] = summary.target.rank;
        }
        const top = topIds(own, topK);
        top.forEach((id, place) => {
          ids.data[index * topK + place] = id;
          probabilities.data[index * topK + place] = Math.exp(own[id]! - summary.logNorm);
        });
        return { logits: own, logNorm: summary.logNorm, top };
      });
      book?.add(Math.floor(row / pos), row % pos, seen);
    }
    options.onProgress?.({ phase: 'run', loaded: first + count, total: rows });
  }
  return {
    tokens,
    norm: options.norm ?? 'recompute',
    points,
    labels: points.map((point) => labelOf(point, final)),
    topIds: ids,
    topProbabilities: probabilities,
    entropy,
    klToFinal,
    ...(target === undefined ? {} : { target: { id: target, probability, rank } }),
    ...(book && { trajectories: book.result() }),
    text: (id) => model.tokenText(id),
  };
}

/** @throws VitrineError `invalid-option` for a number of tokens that is none */
function bookOf(trajectories: boolean | number = false, points: number): TrajectoryBook | undefined {
  if (typeof trajectories === 'number' && !(Number.isInteger(trajectories) && trajectories >= 0)) {
    throw new VitrineError(
      'invalid-option',
      `trajectories must be true, false or the number of tokens to keep per position; got ${trajectories}.`,
    );
  }
  return trajectories ? new TrajectoryBook(points, trajectories === true ? Infinity : trajectories) : undefined;
}

/** Every reading point of the stream in order: what enters each block, what is between attention and MLP, and what leaves the last. */
function defaultPoints(model: HookedModel): string[] {
  const points = model.hooks.names.filter((name) => /\.hook_resid_(pre|mid)$/.test(name));
  return [...points, finalPoint(model)];
}

function finalPoint(model: HookedModel): string {
  const name = `blocks.${model.hooks.architecture.nLayer - 1}.hook_resid_post`;
  if (model.hooks.sites.has(name)) return name;
  const missing = model.hooks.missing.find((hook) => hook.name === name);
  throw new VitrineError(
    'unsupported-model',
    `The logit lens needs "${name}", which was not found in this model${missing ? `: ${missing.because}` : ''}.`,
  );
}

function labelOf(point: string, final: string): string {
  if (point === final) return 'final_post';
  const [, layer, place] = /^blocks\.(\d+)\.hook_resid_(\w+)$/.exec(point) ?? [];
  return layer === undefined ? point : `${layer}_${place}`;
}

/** The function from streams [point, pos, d_model], the last point being the final one, to logits [point, pos, d_vocab]. */
async function lensOf(model: HookedModel, norm: 'recompute' | 'cached'): Promise<(stack: Tensor) => Promise<Tensor>> {
  const kind = model.finalNormKind;
  if (norm === 'recompute' || !kind) return (stack) => model.unembed(stack);
  const width = model.hooks.architecture.dModel;
  // The norm's output is (x - mean) / scale * weight + bias; a zero stream gives the bias alone.
  const bias = (await model.finalNorm(new Tensor(new Float32Array(width), [1, width], ['pos', 'd_model']))).data;
  return async (stack) => {
    const own = await model.finalNorm(stack);
    const { scale } = rowStatistics(stack.data, width, kind);
    const finalScale = scale.slice(-stack.dims[1]!);
    const data = new Float32Array(own.size);
    for (let row = 0; row < scale.length; row++) {
      const factor = scale[row]! / finalScale[row % finalScale.length]!;
      for (let column = 0; column < width; column++) {
        const at = row * width + column;
        data[at] = (own.data[at]! - bias[column]!) * factor + bias[column]!;
      }
    }
    return model.unembed(new Tensor(data, own.dims, own.axes), { normalized: true });
  };
}

function rowOf(logits: Tensor, row: number, width: number): Float32Array {
  return logits.data.subarray(row * width, (row + 1) * width);
}

interface RowSummary {
  logNorm: number;
  entropy: number;
  kl: number;
  target?: { probability: number; rank: number };
}

/** Entropy, KL(final || this) and the target's place of one row of logits, in one pass each; sums in float64. */
function summarise(row: Float32Array, final: Float32Array, finalNorm: number, target: number | undefined): RowSummary {
  const logNorm = logSumExp(row);
  let entropy = 0;
  let kl = 0;
  for (let id = 0; id < row.length; id++) {
    const logP = row[id]! - logNorm;
    const p = Math.exp(logP);
    if (p > 0) entropy -= p * logP;
    const logQ = final[id]! - finalNorm;
    const q = Math.exp(logQ);
    if (q > 0) kl += q * (logQ - logP);
  }
  const summary: RowSummary = { logNorm, entropy, kl: Math.max(0, kl) };
  if (target !== undefined) {
    const value = row[target]!;
    let rank = 0;
    for (let id = 0; id < row.length; id++) if (row[id]! > value) rank++;
    summary.target = { probability: Math.exp(value - logNorm), rank };
  }
  return summary;
}
