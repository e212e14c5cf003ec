// SPDX-License-Identifier: MIT

/**
 * Copying scores (Elhage et al. 2021): whether a head's full OV circuit W_E W_V W_O W_U raises the logit of the token that it attends to. Its
 * eigenvalues λ say so for all tokens at once: positive ones are directions of tokens that raise themselves. Σλ / Σ|λ| is 1 for a head
 * that only copies, -1 for one that only suppresses, about 0 for any other.
 *
 * The circuit is d_vocab by d_vocab, its eigenvalues other than zero are those of W_O W_U W_E W_V, which is d_head by d_head. W_U W_E is
 * made once, on the model's runtime.
 *
 * Pitfalls: eigenvectors are not orthogonal, so a high score is no proof of copying for every token. In GPT-2, the first MLP changes what an
 * embedding means; give another `embedding` then.
 */
import { throwIfAborted, VitrineError, type OnProgress } from '../../errors.js';
import type { WeightAccess } from '../../model/model-weights.js';
import { Tensor } from '../../model/tensor.js';
import { eigenvalues } from '../numerics/eigenvalues.js';
import { matrixOf, product } from '../numerics/matrix.js';
import { headOf } from './circuits.js';
import { turned } from './factored-matrix.js';

/**
 * Copying scores of all heads.
 *
 * @param options - `embedding`: rows [d_vocab, d_model] to use instead of W_E; `tokens`: ids, where not all of the vocabulary is asked about
 * @returns [layer, head], from -1 to 1
 * @throws VitrineError `weight-not-found`, `aborted`
 */
export async function copyingScores(
  weights: WeightAccess,
  options: { embedding?: Tensor; tokens?: readonly number[]; signal?: AbortSignal; onProgress?: OnProgress } = {},
): Promise<Tensor> {
  const { nLayer, nHead } = weights.architecture;
  let embedding = options.embedding ?? (await weights.get('W_E'));
  let unembedding = await weights.get('W_U');
  if (options.tokens) {
    embedding = chosen(embedding, options.tokens);
    unembedding = turned(chosen(turned(unembedding), options.tokens));
  }
  const [count, width] = embedding.dims as [number, number];
  if (unembedding.dims[1] !== count || unembedding.dims[0] !== width) {
    throw new VitrineError(
      'invalid-input',
      `Copying needs as many embeddings as logits, [${unembedding.dims.join(', ')}]; got [${embedding.dims.join(', ')}].`,
    );
  }
  const tokens = await weights.multiply(unembedding, embedding);
  const scores = new Tensor(new Float32Array(nLayer * nHead), [nLayer, nHead], ['layer', 'head']);
  for (let layer = 0; layer < nLayer; layer++) {
    throwIfAborted(options.signal);
    const [values, out] = [await weights.get('W_V', layer), await weights.get('W_O', layer)];
    const flat = new Tensor(out.data, [out.size / width, width], ['inner', 'd_model']);
    const written = await weights.multiply(flat, tokens);
    const inner = out.dims[1]!;
    for (let head = 0; head < nHead; head++) {
      const left = matrixOf(written.data.subarray(head * inner * width, (head + 1) * inner * width), inner, width);
      const found = eigenvalues(product(left, headOf(values, nHead, head)));
      const sum = found.reduce((total, { re }) => total + re, 0);
      const size = found.reduce((total, { re, im }) => total + Math.hypot(re, im), 0);
      scores.data[layer * nHead + head] = size === 0 ? 0 : sum / size;
    }
    options.onProgress?.({ phase: 'run', loaded: layer + 1, total: nLayer, item: `blocks.${layer}` });
  }
  return scores;
}

function chosen(rows: Tensor, ids: readonly number[]): Tensor {
  const [count, width] = rows.dims as [number, number];
  const data = new Float32Array(ids.length * width);
  ids.forEach((id, at) => {
    if (!Number.isInteger(id) || id < 0 || id >= count)
      throw new VitrineError('invalid-input', `A token id must be a whole number from 0 to ${count - 1}; got ${id}.`);
    data.set(rows.data.subarray(id * width, (id + 1) * width), at * width);
  });
  return new Tensor(data, [ids.length, width], rows.axes);
}
