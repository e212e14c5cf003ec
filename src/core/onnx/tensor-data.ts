// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { DataType, type ExternalLocation, type OnnxTensor } from './types.js';

/** Gives the bytes of an external tensor; undefined where the file is not at hand. */
export type ExternalResolver = (location: ExternalLocation) => Uint8Array | undefined;

export type TensorValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Bytes of one element by `DataType`; undefined for strings, sub-byte and unknown types. */
const SIZES: Readonly<Record<number, number>> = {
  [DataType.float32]: 4,
  [DataType.uint8]: 1,
  [DataType.int8]: 1,
  [DataType.uint16]: 2,
  [DataType.int16]: 2,
  [DataType.int32]: 4,
  [DataType.int64]: 8,
  [DataType.bool]: 1,
  [DataType.float16]: 2,
  [DataType.float64]: 8,
  [DataType.uint32]: 4,
  [DataType.uint64]: 8,
  [DataType.complex64]: 8,
  [DataType.complex128]: 16,
  [DataType.bfloat16]: 2,
};

/** Bytes that one element takes. @throws VitrineError `unsupported-model` for strings and types of less than a byte */
export function bytesPerElement(dataType: number): number {
  const size = SIZES[dataType];
  if (size !== undefined) return size;
  throw new VitrineError(
    'unsupported-model',
    `Elements of the ONNX type ${dataType} (${dataTypeName(dataType)}) have no whole number of bytes that can be read here. ` +
      'Use a file of this model with another dtype, such as fp32, fp16 or q8.',
  );
}

/** The name of a `DataType` number: 'float32' for 1. */
export function dataTypeName(dataType: number): string {
  return Object.entries(DataType).find(([, value]) => value === dataType)?.[0] ?? `type ${dataType}`;
}

/** How many values a tensor of these dims has; 1 for a scalar. @throws VitrineError `invalid-onnx` for negative or absurd dims */
export function elementCount(dims: readonly number[]): number {
  const count = dims.reduce((product, length) => product * length, 1);
  if (dims.every((length) => length >= 0) && Number.isSafeInteger(count)) return count;
  throw new VitrineError(
    'invalid-onnx',
    `A tensor needs dims whose product can be counted, got [${dims.join(', ')}]. The file may be damaged.`,
  );
}

/**
 * The values of a tensor, row-major. float16 and bfloat16 come as Float32Array, bool as Uint8Array, int64 as BigInt64Array. A view
 * into the file where its bytes are aligned, so do not write into it.
 *
 * @param tensor - an initializer or the value of a Constant
 * @param external - bytes of tensors that lie in another file
 * @throws VitrineError `invalid-onnx` where bytes and dims do not agree, `file-missing` for an external tensor without bytes
 */
export function tensorValues(tensor: OnnxTensor, external?: ExternalResolver): TensorValues {
  const count = elementCount(tensor.dims);
  const { dataType, typed } = tensor;
  if (typed !== undefined && tensor.raw === undefined && tensor.external === undefined) return typedValues(tensor, typed, count);
  const bytes = tensorBytes(tensor, external);
  switch (dataType) {
    case DataType.float32:
      return aligned(bytes, 4, (buffer, offset) => new Float32Array(buffer, offset, count));
    case DataType.float64:
      return aligned(bytes, 8, (buffer, offset) => new Float64Array(buffer, offset, count));
    case DataType.float16:
      return Float32Array.from(halves(bytes, count), float16ToNumber);
    case DataType.bfloat16:
      return Float32Array.from(halves(bytes, count), bfloat16ToNumber);
    case DataType.int8:
      return new Int8Array(bytes.buffer, bytes.byteOffset, count);
    case DataType.int16:
      return aligned(bytes, 2, (buffer, offset) => new Int16Array(buffer, offset, count));
    case DataType.uint16:
      return halves(bytes, count);
    case DataType.int32:
      return aligned(bytes, 4, (buffer, offset) => new Int32Array(buffer, offset, count));
    case DataType.uint32:
      return aligned(bytes, 4, (buffer, offset) => new Uint32Array(buffer, offset, count));
    case DataType.int64:
      return aligned(bytes, 8, (buffer, offset) => new BigInt64Array(buffer, offset, count));
    case DataType.uint64:
      return aligned(bytes, 8, (buffer, offset) => new BigUint64Array(buffer, offset, count));
    case DataType.uint8:
    case DataType.bool:
      return bytes;
    default:
      throw new VitrineError('unsupported-model', `Values of the type ${dataTypeName(dataType)} cannot be read (tensor "${tensor.name}").`);
  }
}

/** {@link tensorValues} as plain numbers; int64 values outside the safe integers lose their last digits. */
export function tensorNumbers(tensor: OnnxTensor, external?: ExternalResolver): number[] {
  return Array.from(tensorValues(tensor, external) as ArrayLike<number | bigint>, Number);
}

/** {@link tensorValues} as a Float32Array: a view where the tensor is aligned float32, converted otherwise. */
export function tensorFloats(tensor: OnnxTensor, external?: ExternalResolver): Float32Array {
  const values = tensorValues(tensor, external);
  return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number | bigint>, Number);
}

/**
 * The raw little-endian bytes of a tensor that has them, here or in another file, checked against its dims.
 *
 * @throws VitrineError `invalid-onnx`, or `file-missing` for an external tensor that `external` does not give
 */
export function tensorBytes(tensor: OnnxTensor, external?: ExternalResolver): Uint8Array {
  const bytes = tensor.raw ?? (tensor.external && external?.(tensor.external));
  const wanted = elementCount(tensor.dims) * bytesPerElement(tensor.dataType);
  if (bytes === undefined && tensor.external !== undefined) {
    throw new VitrineError(
      'file-missing',
      `The tensor "${tensor.name}" lies in the file "${tensor.external.location}", which was not given. Put that file beside the model.`,
    );
  }
  const found = bytes?.length ?? 0;
  if (found === wanted) return bytes ?? new Uint8Array(0);
  throw new VitrineError(
    'invalid-onnx',
    `The tensor "${tensor.name}" of dims [${tensor.dims.join(', ')}] needs ${wanted} bytes and has ${found}. ` +
      'The file, or the file with its weights, is damaged or cut short: download it again.',
  );
}

/** An IEEE half-precision number from its 16 bits. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A bfloat16 number from its 16 bits: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, (bits << 16) >>> 0);
  return scratch.getFloat32(0);
}

const scratch = new DataView(new ArrayBuffer(4));

function halves(bytes: Uint8Array, count: number): Uint16Array {
  return aligned(bytes, 2, (buffer, offset) => new Uint16Array(buffer, offset, count));
}

/** A view where the bytes allow it, otherwise over a copy. Typed arrays are little-endian on every platform that runs JavaScript today. */
function aligned<T>(bytes: Uint8Array, size: number, make: (buffer: ArrayBufferLike, offset: number) => T): T {
  if (bytes.byteOffset % size === 0) return make(bytes.buffer, bytes.byteOffset);
  return make(new Uint8Array(bytes).buffer, 0);
}

function typedValues(tensor: OnnxTensor, typed: NonNullable<OnnxTensor['typed']>, count: number): TensorValues {
  const { values } = typed;
  if (values.length !== count) {
    throw new VitrineError(
      'invalid-onnx',
      `The tensor "${tensor.name}" of dims [${tensor.dims.join(', ')}] needs ${count} values and has ${values.length}. ` +
        'The file is damaged: download it again.',
    );
  }
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  const integers = values as ArrayLike<number | bigint>;
  switch (tensor.dataType) {
    case DataType.float16:
      return Float32Array.from(integers, (bits) => float16ToNumber(Number(bits)));
    case DataType.bfloat16:
      return Float32Array.from(integers, (bits) => bfloat16ToNumber(Number(bits)));
    case DataType.int8:
      return Int8Array.from(integers, Number);
    case DataType.int16:
      return Int16Array.from(integers, Number);
    case DataType.uint16:
      return Uint16Array.from(integers, Number);
    case DataType.uint8:
    case DataType.bool:
      return Uint8Array.from(integers, Number);
    case DataType.uint32:
      return Uint32Array.from(integers, Number);
    case DataType.int64:
      return BigInt64Array.from(integers, BigInt);
    case DataType.uint64:
      return BigUint64Array.from(integers, BigInt);
    default:
      return Int32Array.from(integers, Number);
  }
}
