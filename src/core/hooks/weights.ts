// SPDX-License-Identifier: MIT

/**
 * Finds where the weights of a graph lie, starting from the hooks: W_Q is the matrix of the last product before hook_q, and which of its
 * columns belong to which head follows from the nodes between the two. Names of initializers are not looked at.
 */
import { GraphIndex } from '../onnx/graph.js';
import type { OnnxGraph } from '../onnx/types.js';
import { DryRun } from './dry-run.js';
import { Flow } from './flow.js';
import type { HookTable } from './types.js';
import { addAttentionWeights } from './weights-attention.js';
import { addEmbeddingWeights, addHeadWeights } from './weights-embedding.js';
import { addMlpWeights } from './weights-mlp.js';
import { addNormWeights } from './weights-norm.js';
import { WeightBook } from './weight-book.js';
import type { WeightTable } from './weight-sites.js';

/**
 * The weights of a graph under their TransformerLens names, as places; nothing is read.
 *
 * @param graph - the graph that `table` was found in
 */
export function findWeights(graph: OnnxGraph, table: HookTable, config: Record<string, unknown> = {}): WeightTable {
  const index = new GraphIndex(graph);
  // One row of one position: the shapes of single vectors are all that is asked.
  const dry = new DryRun(index, config, undefined, { batch: 1, position: 1, past: 0, encoder: 1 });
  const flow = new Flow(graph, index, dry);
  const book = new WeightBook(flow, table);
  addEmbeddingWeights(book);
  for (let layer = 0; layer < table.architecture.nLayer; layer++) {
    addNormWeights(book, `blocks.${layer}.ln1`);
    addAttentionWeights(book, layer);
    addNormWeights(book, `blocks.${layer}.ln1_post`);
    addNormWeights(book, `blocks.${layer}.ln2`);
    addMlpWeights(book, layer);
    addNormWeights(book, `blocks.${layer}.ln2_post`);
  }
  addNormWeights(book, 'ln_final');
  addHeadWeights(book);
  return { sites: book.sites, missing: book.missing };
}
