// SPDX-License-Identifier: MIT

/**
 * MLPs as key-value memories (Geva et al., "Transformer Feed-Forward Layers Are Key-Value Memories", 2021, arXiv:2012.14913, and "Transformer
 * Feed-Forward Layers Build Predictions by Promoting Concepts in the Vocabulary Space", 2022, arXiv:2203.14680): a neuron's column of W_in is a
 * key that it compares the stream with, its row of W_out a value that it adds as far as the key matches. An MLP's output is a sum of
 * sub-updates, activation times value, each of which promotes some tokens.
 *
 * Pitfalls: a key's tokens are those whose embeddings match it, which says something of early layers only; what a neuron fires on is best seen
 * on texts. Values are read by the final norm and unembedding alone: later layers may read them otherwise. Sub-updates use the scale that
 * the final norm had in the run, so that they add up exactly; another scale would have been had without them.
 */
import { VitrineError } from '../../errors.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import type { Tensor } from '../../model/tensor.js';
import { rowStatistics } from '../../model/materialise.js';
import { topIds } from '../../model/top-tokens.js';
import { answerId, type Answer } from '../answer.js';
import { dot } from '../numerics/linear-algebra.js';
import { beforeNorm, finalNorm, vocabularyProjection, type DirectionToken } from './vocabulary.js';

/** A neuron as a memory. */
export interface NeuronMemory {
  layer: number;
  neuron: number;
  /** Tokens whose embeddings match the key most; `logit` is the product of embedding and key. */
  key: DirectionToken[];
  /** Tokens that the value promotes. */
  value: DirectionToken[];
  /** Tokens that the value holds back. */
  against: DirectionToken[];
}

/**
 * What one neuron looks for and what it promotes, as tokens.
 *
 * @param k - how many tokens of each
 * @throws VitrineError `weight-not-found`, `invalid-option` for a neuron that is not there
 */
export async function neuronMemory(model: HookedModel, layer: number, neuron: number, k = 10): Promise<NeuronMemory> {
  const { weights } = model;
  const out = await weights.get('W_out', layer);
  const count = out.length('d_mlp');
  if (!Number.isInteger(neuron) || neuron < 0 || neuron >= count)
    throw new VitrineError('invalid-option', `neuron must be a whole number from 0 to ${count - 1}; got ${neuron}.`);
  const keys = await weights.get(model.hooks.architecture.gated ? 'W_gate' : 'W_in', layer);
  const key = keyThroughNorm(await normWeight(model, layer), keys.select('d_mlp', neuron).data);
  const embedding = await weights.get('W_E');
  const width = key.length;
  const matches = Float32Array.from({ length: embedding.length('d_vocab') }, (_, id) =>
    dot(key, embedding.data.subarray(id * width, (id + 1) * width)),
  );
  const { top, bottom } = await vocabularyProjection(model, out.select('d_mlp', neuron).data, k);
  const named = topIds(matches, k).map((id) => ({ id, text: model.tokenText(id), logit: matches[id]! }));
  return { layer, neuron, key: named, value: top, against: bottom };
}

async function normWeight(model: HookedModel, layer: number): Promise<Tensor | undefined> {
  const { weights } = model;
  const name = weights.has('ln2.w', layer) ? 'ln2.w' : 'ln1.w';
  return model.hooks.architecture.normPosition === 'pre' && weights.has(name, layer) ? weights.get(name, layer) : undefined;
}

/** The key as the stream meets it: behind the norm's weight. */
const keyThroughNorm = (norm: Tensor | undefined, key: Float32Array): Float64Array =>
  Float64Array.from(key, (value, at) => value * (norm ? norm.data[at]! : 1));

/** What one neuron did for a token in a run. */
export interface SubUpdate {
  layer: number;
  neuron: number;
  /** Activation (hook_post) at the position. */
  activation: number;
  /** What activation times value adds to the token's logit, with the run's own final scale. */
  contribution: number;
}

export interface SubUpdates {
  /** The strongest sub-updates, by size of contribution. */
  updates: SubUpdate[];
  /** All neurons of a layer together, [layer]; the MLP's bias is left out. */
  layers: Float64Array;
  token: number;
}

/**
 * The sub-updates that promote (or hold back) a token at one position of a run: of every neuron of every layer, activation times its value's
 * product with the token's unembedding.
 *
 * @param token - text of one token, or id
 * @param options - `position`: from the end if negative (default -1); `k`: how many to keep (default 20); run options such as edits
 * @throws VitrineError `unsupported-model` without a final stream or a vocabulary head, and all that a run throws
 * @example
 * const { updates } = await subUpdates(model, 'The capital of France is', ' Paris');
 */
export async function subUpdates(
  model: HookedModel,
  input: ModelInput,
  token: Answer,
  options: RunOptions & { position?: number; k?: number } = {},
): Promise<SubUpdates> {
  const { position = -1, k = 20, ...run } = options;
  const id = await answerId(model, token, 'token');
  const { nLayer } = model.hooks.architecture;
  const last = `blocks.${nLayer - 1}.hook_resid_post`;
  const { cache } = await model.runWithCache(input, { ...run, names: ['blocks.*.mlp.hook_post', last], logits: false });
  const final = cache.get(last).select('batch', 0).select('pos', position);
  const kind = model.finalNormKind;
  const scale = kind ? rowStatistics(final.data, final.size, kind).scale[0]! : 1;
  const norm = await finalNorm(model);
  const column = (await model.weights.columns('W_U', [id])).data;
  // value · (norm) · column, with the norm moved to the column's side: it is weighed once, not once per neuron.
  const direction = beforeNorm(norm, column).map((value) => value / scale);
  const layers = new Float64Array(nLayer);
  const updates: SubUpdate[] = [];
  for (let layer = 0; layer < nLayer; layer++) {
    const activations = cache.get('post', layer).select('batch', 0).select('pos', position).data;
    const [along] = await model.weights.times('W_out', [direction], layer);
    for (let neuron = 0; neuron < activations.length; neuron++) {
      const activation = activations[neuron]!;
      if (activation === 0) continue;
      const contribution = activation * along![neuron]!;
      layers[layer]! += contribution;
      updates.push({ layer, neuron, activation, contribution });
    }
  }
  updates.sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution));
  return { updates: updates.slice(0, k), layers, token: id };
}
