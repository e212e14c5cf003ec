// SPDX-License-Identifier: MIT

/**
 * Finds where the weights of a graph lie, starting from the hooks: W_Q is the matrix of the last product before hook_q, and which of its
 * columns belong to which head follows from the nodes between the two. Names of initializers are not looked at.
 */
import type { GraphIndex } from '../onnx/graph.js';
import { DryRun } from './dry-run.js';
import { flowOf } from './find.js';
import { Flow } from './flow.js';
import type { HookTable } from './types.js';
import { addAttentionInputs, addAttentionOutput } from './weights-attention.js';
import { addEmbeddingWeights, addHeadWeights } from './weights-embedding.js';
import { addMlpWeights } from './weights-mlp.js';
import { addNormWeights } from './weights-norm.js';
import { WeightBook } from './weight-book.js';
import { WeightTable, type WeightSection } from './weight-table.js';

/**
 * The weights of a graph under their TransformerLens names, as places; nothing is read, and each is looked for when it is asked for.
 *
 * @param index - of the graph that `table` was found in
 */
export function findWeights(index: GraphIndex, table: HookTable, config: Record<string, unknown> = {}): WeightTable {
  let flow = flowOf(table);
  const open = (): WeightBook => {
    flow ??= new Flow(index.graph, index, new DryRun(index, config));
    return new WeightBook(flow, table);
  };
  const layers = Array.from({ length: table.architecture.nLayer }, (_, layer) => sectionsOfBlock(layer));
  return new WeightTable(
    [
      { owns: /^(embed|pos_embed|token_type_embed)\./, find: addEmbeddingWeights },
      ...layers.flat(),
      norm('ln_final'),
      { owns: /^unembed\./, find: addHeadWeights },
    ],
    open,
  );
}

function sectionsOfBlock(layer: number): WeightSection[] {
  const block = `blocks.${layer}`;
  return [
    norm(`${block}.ln1`),
    { owns: starting(`${block}.attn.(?![Wb]_O$)`), find: (book) => addAttentionInputs(book, layer) },
    { owns: starting(`${block}.attn.[Wb]_O$`), find: (book) => addAttentionOutput(book, layer) },
    norm(`${block}.ln1_post`),
    norm(`${block}.ln2`),
    { owns: starting(`${block}.mlp.`), find: (book) => addMlpWeights(book, layer) },
    norm(`${block}.ln2_post`),
  ];
}

const norm = (prefix: string): WeightSection => ({ owns: starting(`${prefix}.`), find: (book) => addNormWeights(book, prefix) });

/** @param pattern - a regular expression but for its dots, which are dots */
const starting = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('.', '\\.')}`);
