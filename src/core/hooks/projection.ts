// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import { readInt } from './attributes.js';
import type { Flow } from './flow.js';

/** A matrix product of an activation with a weight. */
export interface Projection {
  /** The product, before a bias that is added by a node of its own. */
  output: string;
  /** The activation that is multiplied. */
  input: string;
  /** The initializer that holds the weight, where it is a plain float tensor. */
  weight?: string;
  /** The weight is [out, in]. */
  transposed: boolean;
  /** What the weight is, where it is not a plain float tensor: "MatMulNBits" and the like. */
  packed?: string;
  node: OnnxNode;
}

/** Operators that pass values on unchanged, but for rounding, in another type or shape. */
const passing = new Set('Cast Identity Dropout Reshape Flatten Squeeze Unsqueeze QuantizeLinear DequantizeLinear'.split(' '));

/** Whether a node only passes its first input on, in another type or shape. */
export const isPassing = (node: OnnxNode | undefined): boolean => node !== undefined && passing.has(node.opType);

/** The tensor that `tensor` repeats, back through Casts, Identities and Reshapes. */
export function strip(flow: Flow, tensor: string): string {
  for (let at = tensor; ;) {
    const node = flow.node(at);
    const from = isPassing(node) ? node?.inputs[0] : undefined;
    if (!from || !flow.isContent(from)) return at;
    at = from;
  }
}

/** As {@link strip}, back through Transposes too: the same numbers in whatever order. */
export function source(flow: Flow, tensor: string): string {
  for (let at = tensor; ;) {
    const bare = strip(flow, at);
    const node = flow.node(bare);
    const from = node?.opType === 'Transpose' ? node.inputs[0] : undefined;
    if (!from || !flow.isContent(from)) return bare;
    at = from;
  }
}

/** The projection whose product `tensor` is, or undefined. Bias, reshapes and casts around it are not looked through. */
export function projectionOf(flow: Flow, tensor: string): Projection | undefined {
  const node = flow.node(tensor);
  if (!node) return undefined;
  const [a = '', b = ''] = node.inputs;
  const weighs = (weight: string): boolean => weight !== '' && !flow.isVarying(weight) && (flow.dry.fact(weight).dims?.length ?? 2) >= 2;
  switch (node.opType) {
    case 'MatMul':
    case 'FusedMatMul':
    case 'Gemm':
    case 'FusedGemm':
      if (!flow.isContent(a) || !weighs(b)) return undefined;
      return { ...weightOf(flow, b, readInt(node, 'transB', 0) === 1), output: tensor, input: a, node };
    case 'MatMulNBits':
    case 'MatMulBnb4':
    case 'DynamicQuantizeMatMul':
      return flow.isContent(a) ? { output: tensor, input: a, transposed: true, packed: node.opType, node } : undefined;
    case 'MatMulIntegerToFloat':
    case 'QLinearMatMul': {
      const quantised = flow.node(a);
      if (flow.isVarying(b) || !flow.isContent(a)) return undefined;
      return { output: tensor, input: quantised?.inputs[0] ?? a, transposed: false, packed: node.opType, node };
    }
    case 'Mul':
      return integerProjection(flow, tensor, node);
    case 'Conv':
      // A convolution over one position at a time is a projection of [batch, channel, pos].
      return undefined;
    default:
      return undefined;
  }
}

/** DynamicQuantizeLinear, MatMulInteger, Cast, Mul by the scales. */
function integerProjection(flow: Flow, tensor: string, node: OnnxNode): Projection | undefined {
  for (const operand of node.inputs) {
    const cast = flow.node(operand);
    const product = cast?.opType === 'Cast' ? flow.node(cast.inputs[0] ?? '') : cast;
    if (product?.opType !== 'MatMulInteger' || flow.isVarying(product.inputs[1] ?? '')) continue;
    const quantise = flow.node(product.inputs[0] ?? '');
    const input = quantise?.opType === 'DynamicQuantizeLinear' ? quantise.inputs[0] : product.inputs[0];
    if (input) return { output: tensor, input, transposed: false, packed: 'MatMulInteger', node: product };
  }
  return undefined;
}

/** The initializer behind a weight operand: through Transpose, Identity and Cast of constants. */
function weightOf(flow: Flow, operand: string, transB: boolean): Pick<Projection, 'weight' | 'transposed' | 'packed'> {
  let transposed = transB;
  for (let at = operand; ;) {
    if (flow.index.initializer(at)) return { weight: at, transposed };
    const node = flow.node(at);
    if (node?.opType === 'Transpose') transposed = !transposed;
    else if (node?.opType === 'Constant') return { weight: at, transposed };
    else if (node?.opType !== 'Identity' && node?.opType !== 'Cast') return { transposed, packed: node?.opType ?? 'an unknown weight' };
    at = node.inputs[0] ?? '';
  }
}

/**
 * The sum of a content tensor and a constant vector: `Add(x, bias)` in either order. Gives the content operand.
 */
export function biased(flow: Flow, tensor: string): string | undefined {
  const node = flow.node(tensor);
  if (node?.opType !== 'Add' || node.inputs.length !== 2) return undefined;
  return constantOperand(flow, node)?.content;
}

/** For a node of a content operand and a constant one that is a vector along the last axis (or one number): both names. */
export function constantOperand(flow: Flow, node: OnnxNode): { content: string; constant: string } | undefined {
  const [a = '', b = ''] = node.inputs;
  const pair = flow.isContent(a) ? { content: a, constant: b } : { content: b, constant: a };
  if (!flow.isContent(pair.content) || flow.isVarying(pair.constant) || flow.isContent(pair.constant)) return undefined;
  const dims = flow.dry.fact(pair.constant).dims;
  // A vector has one axis longer than one, the last; a table of positions has two.
  return dims && dims.slice(0, -1).some((length) => length !== 1) ? undefined : pair;
}

/** The first projection met on the way from a tensor back along its dominators, and the biased product if a bias follows. */
export function projectionBehind(flow: Flow, tensor: string, stop?: string): Projection | undefined {
  for (const at of flow.chain(tensor, stop)) {
    const projection = projectionOf(flow, at);
    if (projection) return projection;
  }
  return undefined;
}
