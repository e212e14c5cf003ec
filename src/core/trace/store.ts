// SPDX-License-Identifier: MIT
import { encodeArray } from './arrays.js';
import type { EncodedArray, RawArray } from './types.js';

/**
 * The same trace ready for `JSON.stringify`: every array in memory is written as an {@link EncodedArray}, at any depth.
 *
 * @throws VitrineError `invalid-trace` for numbers that are not finite
 */
export function storable<T>(trace: T): T {
  return store(trace) as T;
}

function store(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(store);
  if (typeof value !== 'object' || value === null) return value;
  if (isRaw(value)) return encode(value);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, store(field)]));
}

function encode({ values, shape, store: how }: RawArray): EncodedArray {
  return encodeArray(values, shape, how ?? { dtype: values instanceof Int32Array ? 'int32' : 'float32' });
}

function isRaw(value: object): value is RawArray {
  return 'values' in value && 'shape' in value && ArrayBuffer.isView(value.values);
}
