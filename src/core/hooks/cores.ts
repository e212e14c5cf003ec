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
  /** Equal forms of the pattern, the last one being what multiplies the values. */
  patterns?: string[];
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
  return { q, k, v: mix.values, scores, patterns: mix.patterns, z: mix.output, cross: !flow.isContent(k) };
}

/** Operands of the product of queries and keys that the scores come from. */
function queryKeyProduct(flow: Flow, scores: string): [string, string] | undefined {
  // Scale, mask, softcap and reshapes lie between: each is a dominator of the scores.
  for (const tensor of flow.chain(scores).slice(0, 24)) {
    const node = flow.node(tensor);
    if (!node) continue;
    if (isProduct(node)) {
      const [a = '', b = ''] = node.inputs;
      if (!flow.isVarying(a) || !flow.isVarying(b)) return undefined;
      return flow.isContent(a) || flow.isContent(b) ? [a, b] : undefined;
    }
    const from = flow.dominator(tensor);
    if (from !== undefined && flow.parents(tensor).length > 1 && !flow.parents(tensor).includes(from))
      return productWithin(flow, from, tensor, scores);
  }
  return undefined;
}

/** Scores that are a sum of products (disentangled attention): the product of two activations that has as many numbers as the scores. */
function productWithin(flow: Flow, from: string, to: string, scores: string): [string, string] | undefined {
  const size = flow.dry.size(scores);
  for (const tensor of flow.between(from, to)) {
    const node = flow.node(tensor);
    if (!node || !isProduct(node) || flow.dry.size(tensor) !== size) continue;
    const [a = '', b = ''] = node.inputs;
    if (flow.isContent(a) && flow.isContent(b)) return [a, b];
  }
  return undefined;
}

const isProduct = (node: OnnxNode): boolean => node.opType === 'MatMul' || node.opType === 'FusedMatMul' || node.opType === 'Einsum';

interface Mix {
  /** Forms of the pattern after the last change of its values, the last one being what the product reads. */
  patterns: string[];
  values: string;
  output: string;
}

/** From the Softmax on: through Casts, Dropout and guards against NaN to the product with the values. */
function valueProduct(flow: Flow, softmax: string, pattern = softmax, patterns = [softmax], steps = 0): Mix | undefined {
  if (steps > 10) return undefined;
  const readers = flow.index.consumers(pattern).map(({ node }) => node);
  for (const node of readers) {
    if (!isProduct(node)) continue;
    const values = node.inputs.find((operand) => operand !== pattern) ?? '';
    if (flow.isVarying(values)) return { patterns, values, output: node.outputs[0] ?? '' };
  }
  for (const node of readers) {
    const next = node.outputs[0] ?? '';
    if (!flow.isContent(next)) continue;
    const same = (isPassing(node) && node.opType !== 'Cast') || node.opType === 'Transpose';
    if (!same && node.opType !== 'Cast' && node.opType !== 'Slice' && !isGuard(flow, node, softmax)) continue;
    const mix = valueProduct(flow, softmax, next, same ? [...patterns, next] : [next], steps + 1);
    if (mix) return mix;
  }
  return undefined;
}

/** A node that replaces some entries of the pattern (NaN, masked ones) and passes the others: Where, or Mul with a mask or dropout. */
function isGuard(flow: Flow, node: OnnxNode, softmax: string): boolean {
  const output = node.outputs[0] ?? '';
  if (node.opType === 'Where') return flow.chain(output, softmax).at(-1) === softmax;
  return node.opType === 'Mul' && node.inputs.some((operand) => !flow.isContent(operand));
}
