// SPDX-License-Identifier: MIT
/** What must hold of edits for any weights: identities, order, padding, devices. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { edit, HookedModel, type Edit, type HookFunction, type HookFunctions } from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';

const CLEAN = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const OTHER = '<|endoftext|>When Mary and John went to the store, Mary gave a drink to';
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
const { dModel } = model.hooks.architecture;
const vector = Float32Array.from({ length: dModel }, (_, index) => Math.cos(index * 0.7));
const logitsOf = async (input: string | string[], edits: Edit[] = [], hooks: HookFunctions = {}): Promise<Float32Array> =>
  (await model.run(input, { edits, hooks })).logits.data;
const clean = await logitsOf(CLEAN);
after(() => model.dispose());

test('patching with the run’s own cache changes nothing, at every editable hook', async () => {
  const { cache } = await model.runWithCache(CLEAN);
  const names = model.hooks.names.filter((name) => model.hooks.sites.get(name)!.editable && name !== 'logits');
  let worst = 0;
  for (const name of names) worst = Math.max(worst, largestDifference(await logitsOf(CLEAN, [edit.patch(name, cache)]), clean));
  console.log(`own cache at ${names.length} hooks: largest difference ${worst.toExponential(1)}`);
  assert.ok(worst <= 1e-4);
});

test('patching the stream that enters block 0 from another run gives that run', async () => {
  const { cache } = await model.runWithCache(OTHER, { names: 'blocks.0.hook_resid_pre', logits: false });
  const patched = await logitsOf(CLEAN, [edit.patch('blocks.0.hook_resid_pre', cache)]);
  assert.ok(largestDifference(patched, await logitsOf(OTHER)) <= 1e-5);
});

test('edits on one hook act in their order; hooks in any order give the same', async () => {
  const hook = 'blocks.1.hook_resid_pre';
  const [add, scale] = [edit.add(hook, vector), edit.scale(hook, 0.5)];
  const [addFirst, scaleFirst] = [await logitsOf(CLEAN, [add, scale]), await logitsOf(CLEAN, [scale, add])];
  assert.ok(largestDifference(addFirst, scaleFirst) > 1e-3);
  assert.ok(largestDifference(addFirst, await logitsOf(CLEAN, [edit.scale(hook, 0.5), edit.add(hook, vector, { scale: 0.5 })])) <= 1e-4);
  const one: HookFunction = (x) => x.map((value) => value * 0.9);
  const two: HookFunction = (x) => x.map((value) => value + 0.1);
  const forward = await logitsOf(CLEAN, [], { 'blocks.0.hook_mlp_out': one, 'blocks.2.attn.hook_v': two });
  const backward = await logitsOf(CLEAN, [], { 'blocks.2.attn.hook_v': two, 'blocks.0.hook_mlp_out': one });
  assert.equal(largestDifference(forward, backward), 0);
});

test('several functions on one hook run in order, also asynchronous ones', async () => {
  const hook = 'blocks.1.mlp.hook_post';
  const seen: string[] = [];
  const functions: HookFunction[] = [
    async (x) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push('one');
      return x.map((value) => value * 2);
    },
    (x) => {
      seen.push('two');
      return x.map((value) => value + 1);
    },
  ];
  const both = await logitsOf(CLEAN, [], { [hook]: functions });
  assert.deepEqual(seen, ['one', 'two']);
  assert.equal(largestDifference(both, await logitsOf(CLEAN, [], { [hook]: (x) => x.map((value) => value * 2 + 1) })), 0);
});

test('projecting a direction out leaves nothing along it', async () => {
  const hook = 'blocks.2.hook_resid_pre';
  const { cache } = await model.runWithCache(CLEAN, { names: hook, edits: [edit.project(hook, vector)], logits: false });
  const stream = cache.get(hook);
  let worst = 0;
  for (let position = 0; position < stream.length('pos'); position++) {
    const row = stream.select('batch', 0).select('pos', position).data;
    worst = Math.max(worst, Math.abs(row.reduce((sum, value, index) => sum + value * vector[index]!, 0) / Math.hypot(...vector)));
  }
  assert.ok(worst < 1e-4, `left ${worst}`);
});

test('a swap moves a component from one direction to the other, and a cap bounds it', async () => {
  const hook = 'blocks.2.hook_resid_pre';
  const other = Float32Array.from({ length: dModel }, (_, index) => Math.sin(index * 2.1));
  // Orthogonal to the first, so that the two components are told apart.
  const along =
    other.reduce((sum, value, index) => sum + value * vector[index]!, 0) / vector.reduce((sum, value) => sum + value * value, 0);
  const target = other.map((value, index) => value - along * vector[index]!);
  const component = (row: Float32Array, direction: Float32Array): number =>
    row.reduce((sum, value, index) => sum + value * direction[index]!, 0) / Math.hypot(...direction);
  const streamWith = async (edits: Edit[]): Promise<Float32Array> =>
    (await model.runWithCache(CLEAN, { names: hook, edits, logits: false })).cache.get(hook).select('batch', 0).select('pos', 4).data;
  const [before, swapped] = [await streamWith([]), await streamWith([edit.swap(hook, vector, target)])];
  assert.ok(Math.abs(component(swapped, vector)) < 1e-4);
  assert.ok(Math.abs(component(swapped, target) - component(before, target) - component(before, vector)) < 1e-3);
  const capped = await streamWith([edit.cap(hook, vector, { min: -0.1, max: 0.1 })]);
  assert.ok(Math.abs(component(capped, vector)) <= 0.1 + 1e-4);
});

test('in a padded batch, positions count the real tokens of each row, on either side', async () => {
  const prompts = [CLEAN, '<|endoftext|>Once upon a time there was'];
  const edits = [
    edit.add('blocks.1.hook_resid_pre', vector, { scale: 3, positions: -1 }),
    edit.scale('blocks.2.hook_mlp_out', 2, { positions: 1 }),
  ];
  for (const paddingSide of ['left', 'right'] as const) {
    const { logits, tokens } = await model.run(prompts, { edits, paddingSide });
    for (const [row, prompt] of prompts.entries()) {
      const last = tokens!.mask[row]!.lastIndexOf(1);
      const alone = (await model.run(prompt, { edits })).logits.select('batch', 0).select('pos', -1).data;
      const difference = largestDifference(logits.select('batch', row).select('pos', last).data, alone);
      assert.ok(difference <= 1e-4, `${paddingSide}, row ${row}: ${difference}`);
    }
  }
});

test('rows of a batch can be edited apart from each other', async () => {
  const hook = 'blocks.1.attn.hook_z';
  const together = (
    await model.run([CLEAN, CLEAN, CLEAN], { edits: [edit.zero(hook, { rows: 1, heads: 2 }), edit.zero(hook, { rows: 2, heads: 5 })] })
  ).logits;
  const expected = [clean, await logitsOf(CLEAN, [edit.zero(hook, { heads: 2 })]), await logitsOf(CLEAN, [edit.zero(hook, { heads: 5 })])];
  expected.forEach((row, index) => assert.ok(largestDifference(together.select('batch', index).data, row) <= 1e-4));
});

test('positions of a token are found by its text and by its id', async () => {
  const tokens = await model.tokenize(CLEAN);
  const positions = tokens.flatMap((token, index) => (token.text === ' John' ? [index] : []));
  assert.ok(positions.length >= 1);
  const expected = await logitsOf(CLEAN, [edit.zero('blocks.0.hook_mlp_out', { positions })]);
  for (const token of [' John', tokens[positions[0]!]!.id]) {
    assert.equal(largestDifference(await logitsOf(CLEAN, [edit.zero('blocks.0.hook_mlp_out', { positions: { token } })]), expected), 0);
  }
});

test('WebAssembly and the native runtime agree under every kind of edit', async () => {
  const hook = 'blocks.1.hook_resid_pre';
  const edits = [
    edit.add(hook, vector, { scale: 2 }),
    edit.scale('blocks.2.attn.hook_v', 0.5, { heads: [0, 3] }),
    edit.zero('blocks.2.mlp.hook_post', { neurons: [1, 2, 300] }),
    edit.project('blocks.3.hook_resid_pre', vector),
    edit.cap('blocks.2.hook_resid_pre', vector, { max: 0.3 }),
    edit.noise('hook_embed', 0.1, { seed: 4 }),
    edit.zero('blocks.0.attn.hook_pattern', { heads: 1, keys: 0 }),
  ];
  const wasm = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
  const difference = largestDifference((await wasm.run(CLEAN, { edits })).logits.data, await logitsOf(CLEAN, edits));
  console.log(`edits, wasm against native: largest difference ${difference.toExponential(1)}`);
  assert.ok(difference <= 1e-3);
  await wasm.dispose();
});
