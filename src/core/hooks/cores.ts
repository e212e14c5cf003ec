// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import type { Flow } from './flow.js';
import { isPassing } from './projection.js';

/** One attention: where probabilities meet values. */
export interface AttentionCore {
  /** What the product of queries and keys, or the fused node, reads. k and v are absent where they lie packed in q. */
  q: string;
  k?: string;
  v?: string;
  /** What Softmax reads. */
  scores?: string;
  /** What multiplies the values. */
  pattern?: string;
  /** The mix of values: output of the product or of the fused node. */
  z: string;
  /** Keys come from another sequence, such as an encoder's. */
  cross: boolean;
  /** The fused operator, where there is one. */
  fused?: OnnxNode;
}

const fusedOperators = new Set([
  'Attention',
  'QAttention',
  'MultiHeadAttention',
  'GroupQueryAttention',
  'PackedAttention',
  'PackedMultiHeadAttention',
  'DecoderMaskedMultiHeadAttention',
  'DecoderMaskedSelfAttention',
  'SparseAttention',
  'PagedAttention',
]);

/** All attentions of a graph in topological order. Softmaxes that do not weigh a second activation are none. */
export function findCores(flow: Flow): AttentionCore[] {
  const cores: AttentionCore[] = [];
  for (const node of flow.index.topologicalOrder()) {
    const core = fusedOperators.has(node.opType) ? fusedCore(flow, node) : node.opType === 'Softmax' ? softmaxCore(flow, node) : undefined;
    if (core) cores.push(core);
  }
  return cores;
}

function fusedCore(flow: Flow, node: OnnxNode): AttentionCore | undefined {
  const [q = '', k = '', v = ''] = node.inputs;
  const z = node.outputs[0] ?? '';
  if (!flow.isContent(q) || !flow.isContent(z)) return undefined;
  const packed = node.domain !== '' && (node.opType === 'Attention' || node.opType === 'QAttention');
  if (packed) return { q, z, cross: false, fused: node };
  const separate = k !== '' && v !== '';
  return { q, ...(separate ? { k, v } : {}), z, cross: separate && !flow.isContent(k), fused: node };
}

function softmaxCore(flow: Flow, softmax: OnnxNode): AttentionCore | undefined {
  const scores = softmax.inputs[0] ?? '';
  if (!flow.isContent(scores)) return undefined;
  const product = queryKeyProduct(flow, scores);
  if (!product) return undefined;
  const mix = valueProduct(flow, softmax.outputs[0] ?? '');
  if (!mix) return undefined;
  const [q, k] = product;
  return { q, k, v: mix.values, scores, pattern: mix.pattern, z: mix.output, cross: !flow.isContent(k) };
}

/** Operands of the product of queries and keys that the scores come from. */
function queryKeyProduct(flow: Flow, scores: string): [string, string] | undefined {
  // Scale, mask, softcap and reshapes lie between: each is a dominator of the scores.
  for (const tensor of flow.chain(scores).slice(0, 24)) {
    const node = flow.node(tensor);
    if (!node || !isProduct(node)) continue;
    const [a = '', b = ''] = node.inputs;
    if (!flow.isVarying(a) || !flow.isVarying(b)) return undefined;
    return flow.isContent(a) || flow.isContent(b) ? [a, b] : undefined;
  }
  return largestProduct(flow, scores);
}

/** Scores that are a sum of products (disentangled attention): the product whose keys are as long as the scores are wide. */
function largestProduct(flow: Flow, scores: string): [string, string] | undefined {
  const from = flow.dominator(scores);
  const shape = flow.dry.dims(scores);
  if (from === undefined || !shape) return undefined;
  const size = flow.dry.size(scores);
  for (const tensor of flow.between(from, scores).slice(0, 200)) {
    const node = flow.node(tensor);
    if (!node || !isProduct(node) || flow.dry.size(tensor) !== size || flow.dry.dims(tensor)?.at(-1) !== shape.at(-1)) continue;
    const [a = '', b = ''] = node.inputs;
    if (flow.isContent(a) && flow.isContent(b)) return [a, b];
  }
  return undefined;
}

const isProduct = (node: OnnxNode): boolean => node.opType === 'MatMul' || node.opType === 'FusedMatMul' || node.opType === 'Einsum';

/** From the Softmax on: through Casts, Dropout and guards against NaN to the product with the values. */
function valueProduct(flow: Flow, softmax: string): { pattern: string; values: string; output: string } | undefined {
  let pattern = softmax;
  for (let step = 0; step < 12; step++) {
    const readers = flow.index.consumers(pattern).map(({ node }) => node);
    for (const node of readers) {
      if (!isProduct(node)) continue;
      const values = node.inputs.find((operand) => operand !== pattern) ?? '';
      if (flow.isVarying(values)) return { pattern, values, output: node.outputs[0] ?? '' };
    }
    const next = readers.find(
      (node) => isPassing(node) || isGuard(flow, node, softmax) || node.opType === 'Transpose' || node.opType === 'Slice',
    );
    if (!next?.outputs[0] || !flow.isContent(next.outputs[0])) return undefined;
    pattern = next.outputs[0];
  }
  return undefined;
}

/** A node that replaces some entries of the pattern (NaN, masked ones) and passes the others: Where, or Mul with a mask or dropout. */
function isGuard(flow: Flow, node: OnnxNode, softmax: string): boolean {
  const output = node.outputs[0] ?? '';
  if (node.opType === 'Where') return flow.chain(output, softmax).at(-1) === softmax;
  return node.opType === 'Mul' && node.inputs.some((operand) => !flow.isContent(operand));
}
