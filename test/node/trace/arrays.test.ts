// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeArray, encodeArray } from '../../../src/core/trace/index.js';

const values = Float32Array.from({ length: 2 * 5 * 5 }, (_, index) => Math.fround(Math.sin(index * 1.7) * 3));

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}

describe('encodeArray and decodeArray', () => {
  it('float32 comes back to the last bit', () => {
    const { data, shape } = decodeArray(JSON.parse(JSON.stringify(encodeArray(values, [2, 5, 5]))));
    assert.deepEqual(shape, [2, 5, 5]);
    assert.equal(largestDifference(data, values), 0);
  });

  it('int32 comes back, negative numbers too', () => {
    assert.deepEqual([...decodeArray(encodeArray([-1, 0, 2147483647], [3], { dtype: 'int32' })).data], [-1, 0, 2147483647]);
  });

  for (const [dtype, codes] of [
    ['uint16', 65535],
    ['uint8', 255],
  ] as const) {
    it(`${dtype} errs by at most half a code`, () => {
      const encoded = encodeArray(values, [50], { dtype });
      const tolerance = (encoded.max! - encoded.min!) / codes / 2 + 1e-6;
      const difference = largestDifference(decodeArray(encoded).data, values);
      console.log(`${dtype}: largest difference ${difference.toExponential(2)}, tolerance ${tolerance.toExponential(2)}`);
      assert.ok(difference <= tolerance);
    });
  }

  it('a constant survives quantisation', () => {
    assert.deepEqual([...decodeArray(encodeArray([0.5, 0.5], [2], { dtype: 'uint8' })).data], [0.5, 0.5]);
  });

  it('causal packing keeps the lower triangle and gives zeros above it', () => {
    const encoded = encodeArray(values, [2, 5, 5], { packing: 'causal' });
    assert.equal(encoded.data.length, Math.ceil((2 * 15 * 4) / 3) * 4);
    const expected = values.map((value, index) => (index % 5 > Math.floor(index / 5) % 5 ? 0 : value));
    assert.equal(largestDifference(decodeArray(encoded).data, expected), 0);
  });

  it('an empty array is an array', () => {
    assert.deepEqual(decodeArray(encodeArray([], [0, 4], { dtype: 'uint8' })).shape, [0, 4]);
  });

  it('refuses to encode what is not finite or does not fit', () => {
    assert.throws(() => encodeArray([1, NaN], [2]), /values\[1\]: expected a finite number, got NaN/);
    assert.throws(() => encodeArray([1, 2], [3]), /expected 3 numbers for shape \[3\], got a list of 2/);
    assert.throws(() => encodeArray(values, [5, 10], { packing: 'causal' }), /two last axes \[query, key\] of equal length/);
  });

  it('trusts no length and no value', () => {
    const good = encodeArray(values, [2, 5, 5], { dtype: 'uint16' });
    const broken: [unknown, RegExp][] = [
      [null, /array: expected an object, got null/],
      [{ ...good, shape: 'x' }, /array\.shape: expected a list, got "x"/],
      [{ ...good, shape: [2, 5, -5] }, /array\.shape\[2\]: expected a whole number from 0 up, got -5/],
      [{ ...good, shape: [1e9, 1e9] }, /array\.shape: expected at most 268435456 values/],
      [
        { ...good, shape: [2, 5, 6] },
        /array\.data: expected base64 of 120 bytes \(60 uint16 values for shape \[2, 5, 6\]\), got "100 bytes"/,
      ],
      [{ ...good, data: '!!!!' }, /text that is not base64/],
      [{ ...good, dtype: 'float16' }, /array\.dtype: expected "float32" or "int32" or "uint16" or "uint8", got "float16"/],
      [{ ...good, max: undefined }, /array\.max: expected a finite number, got nothing/],
      [{ ...good, packing: 'sparse' }, /array\.packing: expected "causal", got "sparse"/],
      [encodeNaN(), /array\.data: expected finite numbers, got "NaN at value 0"/],
    ];
    for (const [array, message] of broken) assert.throws(() => decodeArray(array), { code: 'invalid-trace', message });
  });
});

function encodeNaN() {
  return { shape: [1], dtype: 'float32', data: Buffer.from(new Float32Array([NaN]).buffer).toString('base64') };
}
