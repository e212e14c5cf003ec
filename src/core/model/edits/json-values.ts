// SPDX-License-Identifier: MIT
import { fromBase64, toBase64 } from '../../base64.js';
import { VitrineError } from '../../errors.js';
import { Tensor } from '../tensor.js';
import { bad, fields, integer, list, text } from './json-checks.js';

/** A tensor inside JSON: base64 of little-endian float32, row-major. */
export interface StoredValues {
  readonly dims: readonly number[];
  readonly axes: readonly string[];
  readonly data: string;
}

/** A tensor as it stands in JSON. @throws VitrineError `invalid-input` for NaN */
export function storeValues(value: Tensor, path: string): StoredValues {
  const { data, dims, axes } = value;
  const nan = data.findIndex(Number.isNaN);
  if (nan >= 0)
    throw new VitrineError(
      'invalid-input',
      `${path} holds NaN, first at index ${nan} of ${data.length}. Whatever it is used in breaks every run.`,
    );
  const bytes = new Uint8Array(data.length * 4);
  const view = new DataView(bytes.buffer);
  data.forEach((number, index) => view.setFloat32(index * 4, number, true));
  return { dims, axes, data: toBase64(bytes) };
}

/** The tensor that {@link storeValues} wrote; every field is checked. @throws VitrineError `invalid-input` */
export function readValues(value: unknown, path: string): Tensor {
  const from = fields(value, path);
  const dims = list(from['dims'], `${path}.dims`, (length, at) => integer(length, at, 0));
  const axes = list(from['axes'], `${path}.axes`, text);
  if (axes.length !== dims.length) throw bad(`${path}.axes`, `one name for each of the ${dims.length} dims`, axes);
  const data = text(from['data'], `${path}.data`);
  const size = dims.reduce((product, length) => product * length, 1);
  const bytes = fromBase64(data, size * 4);
  if (typeof bytes === 'string') {
    throw bad(`${path}.data`, `base64 of ${size * 4} bytes (${size} float32 values for dims [${dims.join(', ')}])`, bytes);
  }
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(size);
  for (let index = 0; index < size; index++) {
    const number = view.getFloat32(index * 4, true);
    if (Number.isNaN(number)) throw bad(`${path}.data`, 'numbers', `NaN at value ${index}`);
    values[index] = number;
  }
  return new Tensor(values, dims, axes);
}
