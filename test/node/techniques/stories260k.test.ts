// SPDX-License-Identifier: MIT
/** Steering and ablation on stories260K, a Llama that writes stories: repeng's identities, in runs and in generation. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  ablationEdits,
  HookedModel,
  measureAblation,
  logProbability,
  refusalEdits,
  SteeringVector,
  type Edit,
  type PromptPair,
  type SteeringMethod,
} from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';

const NEEDED = skipWithoutShared('fixtures', 'stories260K-v3');
const model = NEEDED.skip ? undefined : await HookedModel.fromPretrained(sharedPath('fixtures', 'stories260K-v3'), { device: 'cpu' });
after(() => model?.dispose());
const PAIRS: PromptPair[] = ['Lily', 'Tom', 'Ben', 'The cat', 'The dog'].map((who) => [
  `Once upon a time, ${who} was very happy. ${who} laughed`,
  `Once upon a time, ${who} was very sad. ${who} cried`,
]);

test('coefficient 0 is the base, v * 20 is coefficient 20, v - v is the base', NEEDED, async () => {
  const write = async (edits: Edit[]): Promise<string> =>
    (await model!.generateText('Once upon a time, Sam', { edits, maxNewTokens: 24, repetitionPenalty: 1.1 })).text;
  const base = await write([]);
  for (const method of ['pca-center', 'pca-diff', 'mean-difference'] as SteeringMethod[]) {
    const vector = await SteeringVector.train(model!, PAIRS, { method });
    assert.deepEqual(
      vector.layers,
      Array.from({ length: model!.hooks.architecture.nLayer - 1 }, (_, index) => index + 1),
    );
    assert.equal(await write(vector.edits({ coefficient: 0 })), base);
    assert.equal(await write(vector.subtract(vector).edits()), base);
    const steered = await write(vector.edits({ coefficient: 20 }));
    assert.equal(await write(vector.scale(20).edits()), steered);
    assert.notEqual(steered, base);
    const [up, down] = [await write(vector.edits({ coefficient: 1.5 })), await write(vector.edits({ coefficient: -1.5 }))];
    console.log(`${method}\n  base  ${JSON.stringify(base)}\n  +1.5  ${JSON.stringify(up)}\n  -1.5  ${JSON.stringify(down)}`);
  }
});

test('steering in generation with its cache equals steering in runs of the whole text', NEEDED, async () => {
  const vector = await SteeringVector.train(model!, PAIRS, { method: 'pca-center' });
  const edits = vector.edits({ coefficient: 2, keepNorm: true });
  const { ids, promptIds } = await model!.generateText('Once upon a time, Sam', { edits, maxNewTokens: 12 });
  const { logits } = await model!.run([...promptIds, ...ids], { edits });
  ids.forEach((id, step) => {
    const row = logits.select('batch', 0).select('pos', promptIds.length + step - 1).data;
    assert.equal(row.indexOf(Math.max(...row)), id);
  });
});

test('heads are ablated where keys and values are shared', NEEDED, async () => {
  const { nHead, nKeyValueHead } = model!.hooks.architecture;
  assert.ok(nHead > nKeyValueHead);
  const prompt = 'Once upon a time, there was a little';
  const report = await measureAblation(model!, prompt, logProbability(model!.topTokens((await model!.run(prompt)).logits, 1)[0]!.id), {
    heads: Array.from({ length: nHead }, (_, head) => [0, head] as const),
    layers: [0],
  });
  console.log(report.components.map(({ label, change }) => `${label} ${change.toFixed(3)}`).join(', '));
  assert.ok(report.components.at(-1)!.change < 0);
  const all = await ablationEdits(model!, { heads: Array.from({ length: nHead }, (_, head) => [1, head] as const) });
  const names = { names: /blocks\.1\.(hook_resid_(pre|mid)|hook_attn_out)/, logits: false };
  const { cache } = await model!.runWithCache(prompt, { ...names, edits: all });
  // No bias behind the heads: without them attention writes nothing.
  assert.ok(cache.get('attn_out', 1).data.every((value) => value === 0));
  assert.equal(largestDifference(cache.get('resid_mid', 1).data, cache.get('resid_pre', 1).data), 0);
});

const FUSED = skipWithoutShared('fixtures', 'stories260K-gqa');
test('a file with fused norms is steered and ablated as the plain one', { skip: NEEDED.skip || FUSED.skip }, async () => {
  const fused = await HookedModel.fromPretrained(sharedPath('fixtures', 'stories260K-gqa'), { device: 'cpu' });
  const prompt = 'Once upon a time, Sam';
  const difference = async (edits: Edit[], fusedEdits = edits): Promise<number> =>
    largestDifference((await fused.run(prompt, { edits: fusedEdits })).logits.data, (await model!.run(prompt, { edits })).logits.data);
  const without = await difference([]);
  const vector = await SteeringVector.train(model!, PAIRS, { layers: [1, 2, 3] });
  const found: [string, number][] = [];
  for (const hook of ['resid_pre', 'resid_post'] as const) {
    const placed = new SteeringVector({ place: hook, directions: vector.directions });
    found.push([`added at ${hook}`, await difference(placed.edits({ coefficient: 2 }))]);
    found.push([`at ${hook} of the last token`, await difference(placed.edits({ coefficient: 2, positions: -1 }))]);
  }
  const direction = vector.direction(2);
  found.push(['projected out', await difference(refusalEdits(model!, direction), refusalEdits(fused, direction))]);
  for (const [what, worst] of found)
    console.log(`${what}: fused against plain ${worst.toExponential(1)} (unchanged ${without.toExponential(1)})`);
  for (const [what, worst] of found) assert.ok(worst < 1e-3, what);
  const trained = await SteeringVector.train(fused, PAIRS);
  for (const layer of trained.layers.filter((number) => vector.layers.includes(number)))
    assert.ok(largestDifference(trained.direction(layer).data, vector.direction(layer).data) < 1e-4);
  await fused.dispose();
});
