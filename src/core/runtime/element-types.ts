// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { halfToFloat } from './float16.js';

/** ONNX Runtime's names of the element types by ONNX `DataType` number. */
const NAMES: Record<number, string> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
};

export type NumericArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const ARRAYS: Record<string, new (size: number) => NumericArray> = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  float16: Uint16Array,
};

/** The ONNX Runtime name of an ONNX `DataType`, such as 'float32' for 1. @throws VitrineError `unsupported-model` */
export function typeName(dataType: number): string {
  const name = NAMES[dataType];
  if (!name) throw new VitrineError('unsupported-model', `ONNX element type ${dataType} cannot be passed to ONNX Runtime from JavaScript.`);
  return name;
}

/** Zeros of an ONNX Runtime element type. */
export function zeros(type: string, size: number): NumericArray {
  const Constructor = ARRAYS[type];
  if (!Constructor) throw new VitrineError('unsupported-model', `Element type "${type}" has no typed array in JavaScript.`);
  return new Constructor(size);
}

/** Values of any floating type as float32; float32 is passed through without a copy. */
export function toFloat32(type: string, data: NumericArray): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16') return halfToFloat(data as Uint16Array);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}
