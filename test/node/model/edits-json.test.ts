// SPDX-License-Identifier: MIT
/** Edits as JSON and across a thread: every kind comes back as it was, does what it did, and nothing wrong is taken in. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import {
  edit,
  editsFromJson,
  editsToJson,
  HookedModel,
  loadEdits,
  Tensor,
  VitrineError,
  type Edit,
  type Selection,
  type TensorReference,
} from '../../../src/core/index.js';
import { pack, unpack } from '../../../src/worker/values.js';

const PROMPT = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
const { dModel } = model.hooks.architecture;
after(() => model.dispose());

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, index) => Math.sin(index * 1.7 + phase));
const { cache } = await model.runWithCache(PROMPT, { names: ['hook_z', 'attn_scores'], logits: false });
const EDITS: Edit[] = [
  edit.patch('blocks.1.attn.hook_z', cache, { heads: [2, -1], positions: -1 }),
  edit.patch('blocks.0.attn.hook_attn_scores', cache, { positions: { from: 2 }, keys: [0, 1] }),
  edit.zero('blocks.2.mlp.hook_post', { neurons: [1, 5, 7], steps: 'prompt' }),
  edit.mean('blocks.0.hook_mlp_out', new Tensor(wave(dModel, 3), [dModel], ['d_model']), { rows: 0 }),
  edit.add('blocks.1.hook_resid_pre', wave(dModel, 0), { scale: 1 / 3, positions: { token: 5 } }),
  edit.add('blocks.2.hook_resid_post', wave(dModel, 0), { scale: 3, keepNorm: true, positions: -1 }),
  edit.scale('blocks.1.hook_attn_out', -0.1, { positions: { from: -4, to: -1 } }),
  edit.project('blocks.*.hook_resid_mid', wave(dModel, 1), { strength: 0.7, steps: [0, 2] }),
  edit.swap('blocks.3.hook_resid_pre', wave(dModel, 1), wave(dModel, 2), { positions: [0, 3] }),
  edit.cap('blocks.2.hook_resid_post', wave(dModel, 4), { max: 0.25 }),
  edit.noise('hook_embed', 0.05, { seed: 11, positions: { token: ' Mary' } }),
];

test('every kind of edit comes back from JSON text bit for bit', () => {
  const text = JSON.stringify(editsToJson(EDITS));
  assert.deepEqual(editsFromJson(JSON.parse(text)), EDITS);
  assert.deepEqual(
    EDITS.map(({ op }) => op),
    ['set', 'set', 'set', 'set', 'add', 'add', 'scale', 'rank-one', 'rank-one', 'clamp', 'noise'],
  );
});

test('a run under edits from JSON, or from another thread, gives the same bits', async () => {
  const { logits } = await model.run(PROMPT, { edits: EDITS });
  const json = await model.run(PROMPT, { edits: editsFromJson(await across(editsToJson(EDITS))) });
  const packed = await model.run(PROMPT, { edits: unpack(await across(pack(EDITS))) as Edit[] });
  assert.deepEqual(json.logits.data, logits.data);
  assert.deepEqual(packed.logits.data, logits.data);
  assert.notDeepEqual((await model.run(PROMPT)).logits.data, logits.data);
});

test('numbers at the edge of float32 and infinities survive', () => {
  const values = Float32Array.of(-Infinity, Infinity, -0, 1.1754944e-38, 1e-45, 3.4028235e38);
  const back = editsFromJson(JSON.parse(JSON.stringify(editsToJson([edit.patch('hook_embed', new Tensor(values, [6], ['d_model']))]))))[0]!;
  assert.ok(back.op === 'set');
  assert.ok(back.value.data.every((value, index) => Object.is(value, values[index])));
  const open = edit.patch('hook_embed', new Tensor(values, [6], ['d_model']), { positions: { from: 1, to: Infinity } });
  assert.deepEqual(editsFromJson(editsToJson([open]))[0]!.select, { positions: { from: 1 } });
});

test('tensors can lie in a safetensors file; each is loaded once', async () => {
  const files = new Map<string, Tensor>();
  const refer = (value: Tensor): { safetensors: string; tensor: string } => {
    const name = `t${files.size}`;
    files.set(name, value);
    return { safetensors: 'edits.safetensors', tensor: name };
  };
  const json: unknown = JSON.parse(JSON.stringify(editsToJson([...EDITS], { refer })));
  let loads = 0;
  const load = async ({ tensor }: TensorReference): Promise<Tensor> => {
    loads++;
    const { data, dims } = files.get(tensor)!;
    return new Tensor(
      data,
      dims,
      dims.map((_, axis) => `axis_${axis}`),
    );
  };
  assert.deepEqual(await loadEdits(json, load), EDITS);
  assert.equal(loads, files.size);
  assert.throws(() => editsFromJson(json), /edits\[0\]\.value must be a tensor written out/);
  const [first] = json as { value: { axes: string[] } }[];
  first!.value.axes.pop();
  await assert.rejects(loadEdits(json, load), /edits\[0\]\.value\.axes must be one name for each of the 4 dims/);
});

test('what is wrong is named, and nothing is taken in', () => {
  const good = { hook: 'hook_embed', select: {}, op: 'scale', factor: 2 };
  const value = { dims: [2], axes: ['d_model'], data: 'AAAAAAAAAAA=' };
  const wrong: [json: unknown, message: RegExp][] = [
    [null, /edits must be a list; got null/],
    [{ edits: [] }, /edits must be a list/],
    [[7], /edits\[0\] must be an object/],
    [[{ ...good, hook: '' }], /edits\[0\]\.hook must be the name of a hook/],
    [[{ ...good, op: 'explode' }], /edits\[0\]\.op must be "set", "add"/],
    [[{ ...good, factor: '2' }], /factor must be a finite number; got "2"/],
    [[{ ...good, factor: null }], /factor must be a finite number; got null/],
    [[{ ...good, select: { head: 2 } }], /select\.head must be left out/],
    [[{ ...good, select: { heads: 1.5 } }], /select\.heads must be a whole number/],
    [[{ ...good, select: { positions: 'last' } }], /select\.positions must be "all", positions/],
    [[{ ...good, select: { positions: { start: 1 } } }], /positions\.start must be left out/],
    [[{ ...good, select: { positions: { token: -1 } } }], /token must be a whole number from 0 up/],
    [[{ ...good, select: { steps: 'first' } }], /steps must be "all", "prompt"/],
    [[{ ...good, op: 'set' }], /value must be an object; got nothing/],
    [[{ ...good, op: 'set', value: { ...value, dims: [3] } }], /base64 of 12 bytes \(3 float32 values.*got "8 bytes"/],
    [[{ ...good, op: 'set', value: { ...value, dims: [1e9, 1e9], axes: ['a', 'b'] } }], /value\.data must be base64 of/],
    [[{ ...good, op: 'set', value: { ...value, data: '????' } }], /text that is not base64/],
    [[{ ...good, op: 'set', value: { ...value, axes: [] } }], /value\.axes must be one name for each of the 1 dims/],
    [[{ ...good, op: 'set', value: { dims: [1], axes: ['d_model'], data: 'AADAfw==' } }], /NaN at value 0/],
    [[{ ...good, op: 'rank-one', read: value, write: { dims: [1], axes: ['last'], data: 'AACAPw==' } }], /write must be 2 values/],
    [[{ ...good, op: 'clamp', direction: value, low: 2, high: 1 }], /high must be at least `low`, 2; got 1/],
    [[{ ...good, op: 'clamp', direction: { dims: [], axes: [], data: 'AACAPw==' }, low: 0, high: 1 }], /direction must be a vector/],
    [[{ ...good, op: 'noise', sigma: 1 }], /seed must be a finite number; got nothing/],
  ];
  for (const [json, message] of wrong) {
    assert.throws(
      () => editsFromJson(json),
      (error) => error instanceof VitrineError && error.code === 'invalid-input' && message.test(error.message),
      JSON.stringify(json),
    );
  }
  const nan = edit.patch('hook_embed', new Tensor(Float32Array.of(1, NaN), [2], ['d_model']));
  assert.throws(() => editsToJson([nan]), /edits\[0\]\.value holds NaN, first at index 1/);
  assert.throws(() => editsToJson([{ ...nan, select: { heads: NaN } as Selection }]), /select\.heads must be a whole number/);
});

/** What arrives at the other end of a message channel. */
async function across(value: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise((resolve) => port2.once('message', resolve));
  port1.postMessage(value);
  const result = await arrived;
  port1.close();
  return result;
}
