// SPDX-License-Identifier: MIT
/** Steering vectors written and read again: bit for bit, in the layouts that others read, and wrong files refused. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { SteeringVector, Tensor } from '../../../src/core/index.js';
import { refuses } from './storyteller.js';

const wave = (length: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => Math.sin(index * 1.7 + phase) / 3);
const vector = new SteeringVector({
  place: 'resid_post',
  method: 'pca-center',
  model: 'somebody/a "model"',
  directions: new Map([
    [11, new Tensor(wave(5, 1), [5], ['d_model'])],
    [2, new Tensor(Float32Array.of(-0, 1e-45, 3.4e38, -1.1754944e-38, 0.1), [5], ['d_model'])],
  ]),
});
const aligned = new SteeringVector({
  place: 'resid_pre',
  method: 'actadd',
  directions: new Map([[0, new Tensor(wave(15, 2), [3, 5], ['pos', 'd_model'])]]),
});

function same(one: SteeringVector, other: SteeringVector): void {
  assert.deepEqual([one.place, one.method, one.model, one.layers], [other.place, other.method, other.model, other.layers]);
  for (const layer of one.layers) assert.deepEqual(one.direction(layer), other.direction(layer));
}

test('JSON and safetensors keep every bit', () => {
  for (const given of [vector, aligned]) {
    same(SteeringVector.fromJSON(JSON.parse(JSON.stringify(given))), given);
    same(SteeringVector.fromSafetensors(given.toSafetensors()), given);
    // A file read from disk can lie anywhere in a larger buffer.
    const bytes = given.toSafetensors();
    const inside = new Uint8Array(bytes.length + 7);
    inside.set(bytes, 3);
    same(SteeringVector.fromSafetensors(inside.subarray(3, 3 + bytes.length)), given);
  }
});

test('the safetensors file is what its format says', () => {
  const bytes = vector.toSafetensors();
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal((8 + length) % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  assert.deepEqual(header['direction.2'], { dtype: 'F32', shape: [5], data_offsets: [0, 20] });
  assert.deepEqual(header['direction.11'], { dtype: 'F32', shape: [5], data_offsets: [20, 40] });
  assert.ok(Object.values(header['__metadata__'] as object).every((value) => typeof value === 'string'));
  assert.equal(bytes.length, 8 + length + 40);
});

test('GGUF: layout by its specification, and back', async () => {
  const bytes = vector.toGguf('gpt2');
  const view = new DataView(bytes.buffer);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, 4)), 'GGUF');
  assert.deepEqual([view.getUint32(4, true), view.getBigUint64(8, true), view.getBigUint64(16, true)], [3, 2n, 3n]);
  const text = new TextDecoder('latin1').decode(bytes);
  for (const part of [
    'general.architecture',
    'controlvector',
    'controlvector.model_hint',
    'gpt2',
    'controlvector.layer_count',
    'direction.2',
    'direction.11',
  ])
    assert.ok(text.includes(part));
  assert.equal(bytes.length % 32, 0);
  // The first tensor's values start at the first multiple of 32 behind the header.
  const header = text.lastIndexOf('direction.11') + 'direction.11'.length + 4 + 8 + 4 + 8;
  assert.equal(view.getFloat32(Math.ceil(header / 32) * 32 + 16, true), Math.fround(0.1));
  const back = SteeringVector.fromGguf(bytes);
  assert.deepEqual(back.layers, [2, 11]);
  for (const layer of back.layers) assert.deepEqual(back.direction(layer), vector.direction(layer));
  await refuses(() => aligned.toGguf('gpt2'), 'invalid-option', /resid_post.*safetensors or JSON/);
});

test('GGUF as other writers lay it out: more keys, lists, another alignment', () => {
  const parts: number[] = [];
  const put = (value: number, size: number): void => {
    for (let byte = 0; byte < size; byte++) parts.push(Math.floor(value / 256 ** byte) % 256);
  };
  const text = (value: string): void => {
    put(value.length, 8);
    parts.push(...new TextEncoder().encode(value));
  };
  parts.push(...new TextEncoder().encode('GGUF'));
  put(3, 4);
  put(1, 8);
  put(4, 8);
  (text('general.architecture'), put(8, 4), text('controlvector'));
  (text('general.alignment'), put(4, 4), put(64, 4));
  (text('some.list'), put(9, 4), put(8, 4), put(2, 8), text('a'), text('b'));
  (text('some.float'), put(12, 4), put(0, 8));
  (text('direction.7'), put(1, 4), put(2, 8), put(0, 4), put(0, 8));
  while (parts.length % 64) parts.push(0);
  parts.push(...new Uint8Array(Float32Array.of(1.5, -2).buffer));
  const vector = SteeringVector.fromGguf(Uint8Array.from(parts));
  assert.deepEqual([vector.layers, [...vector.direction(7).data]], [[7], [1.5, -2]]);
});

test('wrong files are refused with what is wrong', async () => {
  const json = JSON.parse(JSON.stringify(vector)) as Record<string, unknown>;
  const read = (change: object) => () => SteeringVector.fromJSON({ ...json, ...change });
  await refuses(read({ format: 'other' }), 'invalid-input', /format must be "vitrine-steering-vector"/);
  await refuses(read({ version: 2 }), 'invalid-input', /version must be 1/);
  await refuses(read({ place: 'mlp' }), 'invalid-input', /place must be/);
  await refuses(read({ method: 'magic' }), 'invalid-input', /method must be one of/);
  await refuses(read({ directions: { x: {} } }), 'invalid-input', /named by layers/);
  await refuses(read({ directions: { 1: { dims: [5], axes: ['d_model'], data: 'AAAA' } } }), 'invalid-input', /directions\[1\]\.data/);
  await refuses(read({ directions: {} }), 'invalid-input', /at least one layer/);
  await refuses(() => SteeringVector.fromJSON(null), 'invalid-input', /must be an object/);
  for (const bytes of [vector.toSafetensors(), vector.toGguf('x')]) {
    const load = (part: Uint8Array) => () => (bytes[0] === 0x47 ? SteeringVector.fromGguf(part) : SteeringVector.fromSafetensors(part));
    for (let length = 0; length < bytes.length - 31; length += 3) await refuses(load(bytes.subarray(0, length)), 'invalid-input', /./);
    const other = bytes.slice();
    other.fill(0xff, 0, 12);
    await refuses(load(other), 'invalid-input', /./);
  }
});
