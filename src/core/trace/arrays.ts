// SPDX-License-Identifier: MIT
import { fromBase64, toBase64 } from '../base64.js';
import { checkFinite, checkInteger, checkList, checkObject, checkOneOf, checkString, invalidField, type Fields } from './check.js';
import type { EncodedArray, EncodeOptions, RawArray } from './types.js';

/** The numbers of an {@link EncodedArray}, row-major. */
export interface DecodedArray {
  data: Float32Array | Int32Array;
  shape: number[];
}

const bytesOf = { float32: 4, int32: 4, uint16: 2, uint8: 1 } as const;
const largestCode = { uint16: 65535, uint8: 255 } as const;
/** More values than any figure draws; a larger product of a shape is a mistake or an attack. */
const mostValues = 2 ** 28;

/**
 * Numbers as JSON: little-endian bytes in base64, exact or quantised over their own range.
 *
 * @param values - row-major, as many as `shape` multiplies to, all finite
 * @throws VitrineError `invalid-trace` for values that are not finite or do not fit the shape
 * @example
 * encodeArray(pattern.data, pattern.dims, { dtype: 'uint16', packing: 'causal' })
 */
export function encodeArray(values: ArrayLike<number>, shape: readonly number[], options: EncodeOptions = {}): EncodedArray {
  const { dtype = 'float32', packing } = options;
  const size = shape.reduce((product, length) => product * length, 1);
  if (values.length !== size) throw invalidField('values', `${size} numbers for shape [${shape.join(', ')}]`, [...Array(values.length)]);
  const kept = packing ? pack(values, causalSize(shape, 'shape')) : values;
  let [min, max] = [Infinity, -Infinity];
  for (let index = 0; index < kept.length; index++) {
    const value = checkFinite(kept[index], `values[${index}]`);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const bytes = new Uint8Array(kept.length * bytesOf[dtype]);
  const view = new DataView(bytes.buffer);
  const common = { shape: [...shape], dtype, data: '', ...(packing && { packing }) };
  if (dtype === 'float32' || dtype === 'int32') {
    for (let index = 0; index < kept.length; index++) {
      if (dtype === 'float32') view.setFloat32(index * 4, kept[index]!, true);
      else view.setInt32(index * 4, kept[index]!, true);
    }
    return { ...common, data: toBase64(bytes) };
  }
  if (kept.length === 0) [min, max] = [0, 0];
  const scale = max > min ? largestCode[dtype] / (max - min) : 0;
  for (let index = 0; index < kept.length; index++) {
    const code = Math.round((kept[index]! - min) * scale);
    if (dtype === 'uint16') view.setUint16(index * 2, code, true);
    else view.setUint8(index, code);
  }
  return { ...common, data: toBase64(bytes), min, max };
}

/**
 * Numbers as they are, to be part of a trace without being encoded.
 *
 * @param shape - must multiply to the number of values
 * @param store - how they are written when the trace becomes JSON
 */
export function rawArray(values: Float32Array | Int32Array, shape: readonly number[], store?: EncodeOptions): RawArray {
  return { shape: [...shape], values, ...(store && { store }) };
}

/**
 * The numbers of an encoded array, or of one in memory, which are not copied. Nothing is trusted: fields, lengths and values are checked before memory is taken.
 * Cells that `causal` packing left out are 0.
 *
 * @param encoded - an {@link EncodedArray}, as it came from JSON, or a {@link RawArray}
 * @param path - how errors name it
 * @throws VitrineError `invalid-trace`
 */
export function decodeArray(encoded: unknown, path = 'array'): DecodedArray {
  const fields = checkObject(encoded, path);
  const shape = checkList(fields['shape'], `${path}.shape`, (value, at) => checkInteger(value, at));
  if (ArrayBuffer.isView(fields['values'])) return { data: checkRaw(fields['values'], shape, path), shape };
  const dtype = checkOneOf(fields['dtype'], `${path}.dtype`, ['float32', 'int32', 'uint16', 'uint8'] as const);
  const packing = fields['packing'] === undefined ? undefined : checkOneOf(fields['packing'], `${path}.packing`, ['causal'] as const);
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > mostValues) throw invalidField(`${path}.shape`, `at most ${mostValues} values`, `[${shape.join(', ')}]`);
  const packed = packing ? causalSize(shape, `${path}.shape`) : undefined;
  const stored = packed ? packed.matrices * ((packed.length * (packed.length + 1)) / 2) : size;
  const text = checkString(fields['data'], `${path}.data`);
  const expectedBytes = stored * bytesOf[dtype];
  const bytes = fromBase64(text, expectedBytes);
  if (typeof bytes === 'string') {
    const what = `base64 of ${expectedBytes} bytes (${stored} ${dtype} values for shape [${shape.join(', ')}]${packing ? ', causal' : ''})`;
    throw invalidField(`${path}.data`, what, bytes);
  }
  return { data: readValues(bytes, dtype, fields, path, size, packed), shape };
}

function checkRaw(values: unknown, shape: readonly number[], path: string): Float32Array | Int32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!(values instanceof Float32Array || values instanceof Int32Array) || values.length !== size) {
    throw invalidField(`${path}.values`, `a Float32Array or Int32Array of ${size} numbers for shape [${shape.join(', ')}]`, values);
  }
  return values instanceof Float32Array ? checkValues(values, `${path}.values`) : values;
}

/** Bytes are little-endian, as the machines are that browsers and Node run on: they are looked at, not copied. */
function readValues(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: EncodedArray['dtype'],
  fields: Fields,
  path: string,
  size: number,
  packed: CausalSize | undefined,
): Float32Array | Int32Array {
  const { buffer } = bytes;
  if (dtype === 'int32') return unpack(new Int32Array(buffer), packed);
  if (dtype === 'float32') return unpack(checkValues(new Float32Array(buffer), `${path}.data`), packed);
  const codes = dtype === 'uint16' ? new Uint16Array(buffer) : bytes;
  const min = checkFinite(fields['min'], `${path}.min`);
  const max = checkFinite(fields['max'], `${path}.max`);
  const step = (max - min) / largestCode[dtype];
  const values = new Float32Array(size);
  // Without packing, all of it is one row.
  const length = packed?.length ?? size;
  for (let row = 0, at = 0; at < codes.length; row++) {
    const start = row * length;
    const seen = packed ? (row % length) + 1 : length;
    for (let to = start; to < start + seen; to++) values[to] = min + step * codes[at++]!;
  }
  return values;
}

function checkValues(values: Float32Array, path: string): Float32Array {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) throw invalidField(path, 'finite numbers', `${values[index]} at value ${index}`);
  }
  return values;
}

interface CausalSize {
  matrices: number;
  length: number;
}

function causalSize(shape: readonly number[], path: string): CausalSize {
  const [query, key] = shape.slice(-2);
  if (query === undefined || key === undefined || query !== key) {
    throw invalidField(path, 'two last axes [query, key] of equal length, as causal packing asks', `[${shape.join(', ')}]`);
  }
  return { matrices: shape.slice(0, -2).reduce((product, n) => product * n, 1), length: query };
}

function pack(values: ArrayLike<number>, { matrices, length }: CausalSize): Float64Array {
  const packed = new Float64Array(matrices * ((length * (length + 1)) / 2));
  let at = 0;
  for (let row = 0; row < matrices * length; row++) {
    for (let key = 0; key <= row % length; key++) packed[at++] = values[row * length + key]!;
  }
  return packed;
}

function unpack<T extends Float32Array | Int32Array>(packed: T, from: CausalSize | undefined): T {
  if (!from) return packed;
  const { matrices, length } = from;
  const values = new (packed.constructor as new (size: number) => T)(matrices * length * length);
  let at = 0;
  for (let row = 0; row < matrices * length; row++) {
    const seen = (row % length) + 1;
    for (let key = 0; key < seen; key++) values[row * length + key] = packed[at++]!;
  }
  return values;
}
