// SPDX-License-Identifier: MIT

/**
 * QK and OV circuits: what a head looks for and what it does with what it finds, from its weights alone (Elhage et al., "A Mathematical Framework
 * for Transformer Circuits", 2021). W_Q W_Kᵀ gives the score of every pair of residual vectors, W_V W_O what a vector becomes in the
 * stream. With embeddings before and after, both speak of tokens.
 *
 * Pitfalls: norms and biases are left out of these products. Use {@link processWeights} to fold the norms' weights in. Rotary models turn
 * queries and keys by position, so that their QK circuit is that of distance zero. Early MLPs change what an embedding means before
 * later heads read it.
 */
import { VitrineError } from '../../errors.js';
import type { WeightAccess } from '../../model/model-weights.js';
import type { Tensor } from '../../model/tensor.js';
import { matrixOf, product, productWithTransposed, transposed, type Matrix } from '../numerics/matrix.js';
import { FactoredMatrix, takeRows, tensor } from './factored-matrix.js';

/** One head of a weight [head, .., ..] as a matrix; grouped keys and values are shared by several heads. */
export function headOf(weight: Tensor, nHead: number, head: number): Matrix {
  if (!Number.isInteger(head) || head < 0 || head >= nHead) {
    throw new VitrineError(
      'invalid-option',
      `head must be a whole number from 0 to ${nHead - 1}, as this model has ${nHead} heads a layer; got ${head}.`,
    );
  }
  const { data, dims } = weight.select('head', Math.floor(head / (nHead / weight.dims[0]!)));
  return matrixOf(data, dims[0]!, dims[1]!);
}

async function headMatrix(weights: WeightAccess, name: HeadWeight, layer: number, head: number): Promise<Matrix> {
  return headOf(await weights.get(name, layer), weights.architecture.nHead, head);
}

/** Weights that every head has its own part of. */
export type HeadWeight = 'W_Q' | 'W_K' | 'W_V' | 'W_O';

const factored = (a: Matrix, b: Matrix): FactoredMatrix => FactoredMatrix.of(tensor(a, ['row', 'inner']), tensor(b, ['inner', 'column']));

/**
 * W_V W_O of a head, [d_model, d_model] of rank d_head: a residual vector x at a place that is attended to adds x W_V W_O where it is.
 *
 * @throws VitrineError `weight-not-found`, `invalid-option`
 */
export async function ovCircuit(weights: WeightAccess, layer: number, head: number): Promise<FactoredMatrix> {
  return factored(await headMatrix(weights, 'W_V', layer, head), await headMatrix(weights, 'W_O', layer, head));
}

/**
 * W_Q W_Kᵀ of a head, [d_model, d_model] of rank d_head: x W_Q W_Kᵀ y is the score, times the root of d_head, of the query of x for the key of y.
 */
export async function qkCircuit(weights: WeightAccess, layer: number, head: number): Promise<FactoredMatrix> {
  return factored(await headMatrix(weights, 'W_Q', layer, head), transposed(await headMatrix(weights, 'W_K', layer, head)));
}

/** Tokens to look at: ids. */
export interface TokenChoice {
  /** Rows: tokens at the query (QK), or tokens attended to (OV). */
  from: readonly number[];
  /** Columns: tokens at the key (QK), or tokens predicted (OV). */
  to: readonly number[];
}

/**
 * The full OV circuit W_E W_V W_O W_U for chosen tokens: what attending to a token does to the logits of others. A row's own entry being
 * the largest means copying.
 *
 * @returns [from, to], logits before the final norm
 */
export async function fullOvCircuit(
  weights: WeightAccess,
  layer: number,
  head: number,
  { from, to }: TokenChoice,
): Promise<Tensor<Float64Array>> {
  const ov = await ovCircuit(weights, layer, head);
  const left = product(takeRows(await weights.get('W_E'), from), ov.a);
  const right = product(ov.b, takeColumns(await weights.get('W_U'), to));
  return tensor(product(left, right), ['from', 'to']);
}

/**
 * The full QK circuit W_E W_Q W_Kᵀ W_Eᵀ / sqrt(d_head) for chosen tokens: how much a token looks for another, whatever their places.
 *
 * @returns [from, to], with from at the query and to at the key
 */
export async function fullQkCircuit(
  weights: WeightAccess,
  layer: number,
  head: number,
  { from, to }: TokenChoice,
): Promise<Tensor<Float64Array>> {
  const embedding = await weights.get('W_E');
  const queries = product(takeRows(embedding, from), await headMatrix(weights, 'W_Q', layer, head));
  const keys = product(takeRows(embedding, to), await headMatrix(weights, 'W_K', layer, head));
  const scores = productWithTransposed(queries, keys);
  const root = Math.sqrt(queries.columns);
  return tensor({ ...scores, data: scores.data.map((value) => value / root) }, ['from', 'to']);
}

/** A row of a skip-trigram table: "source ... present -> next". */
export interface SkipTrigram {
  /** The token attended to. */
  source: number;
  /** The token at the query. */
  present: number;
  /** The token whose logit rises. */
  next: number;
  /** Score of source for present, [QK]. */
  attention: number;
  /** What attending to source does to the logit of next, [OV]. */
  effect: number;
}

/**
 * The strongest skip-trigrams of a head, "source ... present -> next", among chosen tokens: for each present token the sources that its query
 * prefers, and for each of those the tokens whose logits it raises most. Sorted by attention, then effect.
 *
 * @param options - `sources`, `presents`, `nexts`: ids to look among; `perPresent`, `perSource`: how many of each to keep
 */
export async function skipTrigrams(
  weights: WeightAccess,
  layer: number,
  head: number,
  options: {
    sources: readonly number[];
    presents: readonly number[];
    nexts: readonly number[];
    perPresent?: number;
    perSource?: number;
  },
): Promise<SkipTrigram[]> {
  const { sources, presents, nexts, perPresent = 3, perSource = 3 } = options;
  const scores = await fullQkCircuit(weights, layer, head, { from: presents, to: sources });
  const effects = await fullOvCircuit(weights, layer, head, { from: sources, to: nexts });
  return presents.flatMap((present, row) =>
    largest(scores.data.subarray(row * sources.length, (row + 1) * sources.length), perPresent).flatMap((source) =>
      largest(effects.data.subarray(source * nexts.length, (source + 1) * nexts.length), perSource).map((next) => ({
        source: sources[source]!,
        present,
        next: nexts[next]!,
        attention: scores.at(row, source),
        effect: effects.at(source, next),
      })),
    ),
  );
}

/**
 * Virtual weights: what one part writes, as another reads it, with everything between left out (the direct path).
 *
 * @param writes - [inner, d_model], such as W_O of a head, W_out, or the b of an OV circuit
 * @param reads - [d_model, inner], such as W_Q of a head, W_in, or W_U
 * @example
 * const memory = virtualWeights(await model.weights.get('W_out', 0), await model.weights.get('W_in', 3));   // neuron by neuron
 */
export function virtualWeights(writes: Tensor, reads: Tensor): FactoredMatrix {
  return FactoredMatrix.of(writes, reads);
}

function takeColumns(values: Tensor, indices: readonly number[]): Matrix {
  const [rows, columns] = values.dims as [number, number];
  for (const index of indices) {
    if (!Number.isInteger(index) || index < 0 || index >= columns)
      throw new VitrineError('invalid-input', `A token id must be a whole number from 0 to ${columns - 1}; got ${index}.`);
  }
  const width = indices.length;
  const data = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) indices.forEach((index, at) => (data[row * width + at] = values.data[row * columns + index]!));
  return { rows, columns: width, data };
}

/** Indices of the largest values, largest first. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: values.length }, (_, index) => index)
    .sort((one, other) => values[other]! - values[one]!)
    .slice(0, count);
}
