// SPDX-License-Identifier: MIT

/**
 * The bigram table of a model: W_E W_U, what its embedding and unembedding alone say comes next, with every block left out (Elhage et al. 2021,
 * zero-layer transformers). The table has d_vocab² entries; it is made for the tokens asked about and reduced to the best ones at once.
 *
 * Pitfalls: the final norm is left out unless the weights are processed, and so are position embeddings and what MLPs do to embeddings.
 */
import type { WeightAccess } from '../../model/model-weights.js';
import { Tensor } from '../../model/tensor.js';
import { topIds } from '../../model/top-tokens.js';
import { takeRows } from './factored-matrix.js';

/** The tokens that follow one token, by the direct path. */
export interface Bigram {
  token: number;
  /** The k tokens of the largest logits, largest first. */
  next: { id: number; logit: number }[];
}

/**
 * @param tokens - ids of first tokens
 * @param k - how many continuations of each
 * @throws VitrineError `weight-not-found`, `invalid-input` for an id outside the vocabulary
 * @example
 * await bigramTable(processWeights(model.weights), [464], 5);
 */
export async function bigramTable(weights: WeightAccess, tokens: readonly number[], k = 10): Promise<Bigram[]> {
  const embedding = await weights.get('W_E');
  const unembedding = await weights.get('W_U');
  const table: Bigram[] = [];
  // At most 64 rows of logits at a time: 13 MB for a vocabulary of 50,000.
  for (let start = 0; start < tokens.length; start += 64) {
    const some = tokens.slice(start, start + 64);
    const rows = takeRows(embedding, some);
    const logits = await weights.multiply(
      new Tensor(Float32Array.from(rows.data), [rows.rows, rows.columns], ['token', 'd_model']),
      unembedding,
    );
    some.forEach((token, row) => {
      const values = logits.select('token', row).data;
      table.push({ token, next: topIds(values, k).map((id) => ({ id, logit: values[id]! })) });
    });
  }
  return table;
}
