// SPDX-License-Identifier: MIT
import { DataType, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValueInfo } from './types.js';

/** What {@link node} takes as an attribute: whole numbers become ints, others floats; wrap with {@link floatAttribute} to be sure. */
export type AttributeValue = number | string | readonly number[] | OnnxTensor | OnnxGraph | OnnxAttribute;

/** `AttributeProto.AttributeType`. */
export const AttributeType = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

const encoder = new TextEncoder();

/**
 * A node of the standard domain, unless `options.domain` says otherwise.
 *
 * @param inputs - tensor names; '' for an optional input that is left out
 * @example
 * node('Concat', ['past', 'new'], ['all'], { axis: -2 })
 * node('LeakyRelu', ['x'], ['y'], { alpha: floatAttribute('alpha', 1) })
 */
export function node(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  options: { name?: string; domain?: string } = {},
): OnnxNode {
  const made = Object.entries(attributes).map(([name, value]): [string, OnnxAttribute] => [name, attribute(name, value)]);
  return { name: options.name ?? '', opType, domain: options.domain ?? '', inputs, outputs, attributes: new Map(made), unknown: [] };
}

/** An attribute whose type follows from the value: int for whole numbers (a list: ints), float otherwise. */
export function attribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return Number.isInteger(value) ? intAttribute(name, value) : floatAttribute(name, value);
  if (typeof value === 'string') return { name, type: AttributeType.string, string: encoder.encode(value), unknown: [] };
  if (Array.isArray(value)) {
    const values: number[] = [...value];
    if (values.every(Number.isInteger)) return { name, type: AttributeType.ints, ints: values, unknown: [] };
    return { name, type: AttributeType.floats, floats: values, unknown: [] };
  }
  if ('nodes' in value) return { name, type: AttributeType.graph, graph: value, unknown: [] };
  if ('dataType' in value) return { name, type: AttributeType.tensor, tensor: value, unknown: [] };
  return value as OnnxAttribute;
}

export function intAttribute(name: string, value: number): OnnxAttribute {
  return { name, type: AttributeType.int, int: value, unknown: [] };
}

export function floatAttribute(name: string, value: number): OnnxAttribute {
  return { name, type: AttributeType.float, float: value, unknown: [] };
}

/**
 * The declaration of a graph input or output.
 *
 * @param elementType - `DataType`; ONNX Runtime needs it for inputs and for outputs of a branch of `If`, and infers it for other outputs (0)
 * @param dims - numbers, symbols, or null; without: any shape
 */
export function valueInfo(name: string, elementType: number, dims?: (number | string | null)[]): OnnxValueInfo {
  return dims === undefined ? { name, elementType } : { name, elementType, dims };
}

/** An int64 tensor, such as a shape or axes. @param dims - `[values.length]` unless given; `[]` makes a scalar of the one value */
export function tensorInt64(name: string, values: readonly number[], dims: number[] = [values.length]): OnnxTensor {
  return rawTensor(name, DataType.int64, BigInt64Array.from(values, BigInt), dims);
}

/** A float32 tensor. A Float32Array is used as it is, without a copy. */
export function tensorFloat32(name: string, values: readonly number[] | Float32Array, dims: number[] = [values.length]): OnnxTensor {
  return rawTensor(name, DataType.float32, values instanceof Float32Array ? values : Float32Array.from(values), dims);
}

/** A bool tensor. */
export function tensorBool(name: string, values: readonly boolean[], dims: number[] = [values.length]): OnnxTensor {
  return rawTensor(name, DataType.bool, Uint8Array.from(values, Number), dims);
}

/** A tensor over the bytes of a typed array, without a copy. */
export function rawTensor(name: string, dataType: number, values: ArrayBufferView, dims: number[]): OnnxTensor {
  return { name, dims, dataType, raw: new Uint8Array(values.buffer, values.byteOffset, values.byteLength), unknown: [] };
}
