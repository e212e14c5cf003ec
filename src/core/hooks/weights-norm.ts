// SPDX-License-Identifier: MIT
import type { Flow } from './flow.js';
import { normOf } from './norm.js';
import { constantOperand, source } from './projection.js';
import type { WeightBook } from './weight-book.js';

/** Which inputs of a norm in one node are its weight and bias. */
const parts: Readonly<Record<string, [weight: number, bias: number]>> = {
  LayerNormalization: [1, 2],
  SkipLayerNormalization: [2, 3],
  SimplifiedLayerNormalization: [1, NaN],
  SkipSimplifiedLayerNormalization: [2, NaN],
  RMSNormalization: [1, NaN],
  EmbedLayerNormalization: [5, 6],
};

/** Weight and bias of a norm, `<prefix>.w` and `<prefix>.b`, where the hook `<prefix>.out` (or `hook`) is its output. */
export function addNormWeights(book: WeightBook, prefix: string, hook = `${prefix}.out`): void {
  const site = book.hook(hook);
  if (!site) {
    // Norms that most models have not (ln1_post, q_norm) are no loss.
    if (/(ln1|ln2|ln_final)$/.test(prefix)) for (const part of ['w', 'b']) book.lack(`${prefix}.${part}`, book.whyNo(hook));
    return;
  }
  const vectors = normVectors(book.flow, site.tensor);
  if (!vectors) {
    for (const part of ['w', 'b']) book.lack(`${prefix}.${part}`, 'what makes its output is no norm that is known here');
    return;
  }
  const width = site.dims.at(-1) ?? book.width(site.tensor);
  const axis = /attn\.[qk]_norm$/.test(prefix) ? 'd_head' : 'd_model';
  book.add(`${prefix}.w`, [axis], [width], { kind: 'vector', ...(vectors.weight ? { constant: vectors.weight } : {}) });
  if (vectors.centred) {
    const sum = vectors.bias ? [{ constant: vectors.bias, factor: 1 }] : [];
    book.add(`${prefix}.b`, [axis], [width], { kind: 'sum', parts: sum });
  } else book.lack(`${prefix}.b`, 'it is an RMS norm, which has no bias');
}

function normVectors(flow: Flow, tensor: string): { weight?: string; bias?: string; centred: boolean } | undefined {
  const single = flow.node(source(flow, tensor));
  if (single?.opType === 'EmbedLayerNormalization') return { weight: single.inputs[5]!, bias: single.inputs[6]!, centred: true };
  const norm = normOf(flow, tensor);
  if (!norm) return undefined;
  const found: { weight?: string; bias?: string; centred: boolean } = { centred: norm.centred };
  let at = source(flow, tensor);
  for (const [op, key] of [
    ['Add', 'bias'],
    ['Mul', 'weight'],
  ] as const) {
    const node = flow.node(at);
    const pair = node?.opType === op ? constantOperand(flow, node) : undefined;
    if (!pair || flow.dry.size(pair.constant) === 1) continue;
    found[key] = pair.constant;
    at = source(flow, pair.content);
  }
  const node = flow.node(at);
  const places = node && parts[node.opType];
  if (places) {
    const [weight, bias] = places;
    if (node.inputs[weight]) found.weight = node.inputs[weight];
    if (node.inputs[bias]) found.bias = node.inputs[bias];
  }
  return found;
}
