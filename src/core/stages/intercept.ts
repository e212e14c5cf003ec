// SPDX-License-Identifier: MIT
import { node } from '../onnx/build.js';
import { DataType, type OnnxNode } from '../onnx/types.js';

/**
 * What can be done to a tensor inside a graph, with every number of it a graph input, so that other values need no other session.
 *
 * - `where`: mask ? value : x. Masked-out infinities stay as they are, which a multiplication by 0 would turn into NaN.
 * - `add`: x + delta
 * - `scale`: x * factor
 * - `rank-one`: x + gate * (x . read) write, along the last axis: directional ablation and its relatives
 * - `clamp`: x + gate * (clamp(x . read, low, high) - x . read) write, along the last axis
 */
export type InterceptKind = 'where' | 'add' | 'scale' | 'rank-one' | 'clamp';

/** The inputs of each kind, in order. `read` is [d, 1], `write` is [1, d]; `low` and `high` are scalars; the others broadcast to the tensor. */
export const INTERCEPT_INPUTS: Record<InterceptKind, readonly string[]> = {
  where: ['mask', 'value'],
  add: ['delta'],
  scale: ['factor'],
  'rank-one': ['read', 'write', 'gate'],
  clamp: ['read', 'write', 'gate', 'low', 'high'],
};

/** Name of the graph input that carries one number field of the `step`-th interception of a tensor. */
export function interceptInput(tensor: string, step: number, field: string): string {
  return `${tensor}/vitrine_${step}_${field}`;
}

/** Element type of such an input, for a tensor of `elementType`. */
export function interceptInputType(field: string, elementType: number): number {
  return field === 'mask' ? DataType.bool : elementType;
}

/** Dims of such an input, for a tensor of `dims`; open ones stay open. They keep what is known of shapes behind the interception. */
export function interceptInputDims(field: string, dims: readonly (number | string | null)[]): (number | string | null)[] {
  const width = dims.at(-1) ?? null;
  if (field === 'read') return [width, 1];
  if (field === 'write') return [1, width];
  if (field === 'low' || field === 'high') return [];
  return field === 'gate' ? [...dims.slice(0, -1), 1] : [...dims];
}

/** Tensor under which the value before all interceptions is known inside the graph. */
export function originalName(tensor: string): string {
  return `${tensor}/vitrine_original`;
}

/** Nodes that turn the original value of `tensor` into its intercepted one, which keeps the name, so that all readers get it. */
export function interceptNodes(tensor: string, kinds: readonly InterceptKind[]): OnnxNode[] {
  const nodes: OnnxNode[] = [];
  let value = originalName(tensor);
  kinds.forEach((kind, step) => {
    const result = step === kinds.length - 1 ? tensor : `${tensor}/vitrine_${step}`;
    const input = (field: string): string => interceptInput(tensor, step, field);
    const inner = (name: string): string => `${tensor}/vitrine_${step}_${name}_`;
    if (kind === 'where') nodes.push(node('Where', [input('mask'), input('value'), value], [result]));
    else if (kind === 'add') nodes.push(node('Add', [value, input('delta')], [result]));
    else if (kind === 'scale') nodes.push(node('Mul', [value, input('factor')], [result]));
    else {
      nodes.push(node('MatMul', [value, input('read')], [inner('along')]));
      let amount = inner('along');
      if (kind === 'clamp') {
        nodes.push(node('Min', [amount, input('high')], [inner('below')]));
        nodes.push(node('Max', [inner('below'), input('low')], [inner('within')]));
        nodes.push(node('Sub', [inner('within'), amount], [inner('change')]));
        amount = inner('change');
      }
      nodes.push(node('Mul', [amount, input('gate')], [inner('gated')]));
      nodes.push(node('MatMul', [inner('gated'), input('write')], [inner('update')]));
      nodes.push(node('Add', [value, inner('update')], [result]));
    }
    value = result;
  });
  return nodes;
}
