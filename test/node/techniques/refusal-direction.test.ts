// SPDX-License-Identifier: MIT
/** Looking for the direction behind a behaviour: here, going on sadly. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { edit, logOdds, meanActivation, refusalDirection, refusalEdits, type RefusalDirectionOptions } from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { NAMES, openStoryteller, refuses, story } from './storyteller.js';

const model = await openStoryteller();
const { nLayer, dModel } = model.hooks.architecture;
after(() => model.dispose());
const sad = (name: string): string => story(`${name} felt sad that day. The sky was dark, and ${name}`);
const happy = (name: string): string => story(`${name} felt happy that day. The sun was bright, and ${name}`);
const OPTIONS: RefusalDirectionOptions = {
  triggering: NAMES.slice(0, 15).map(sad),
  neutral: NAMES.slice(0, 15).map(happy),
  validation: { triggering: NAMES.slice(15).map(sad), neutral: NAMES.slice(15).map(happy) },
  metric: logOdds([' cried', ' wept', ' sighed', ' shed', ' sobbed', ' hung']),
  positions: [-1, -2],
  layers: [1, 2, 3],
  klBound: 0.4,
  inducedBound: -2,
};

test('ablating a direction leaves nothing of it in the stream, wherever one reads', async () => {
  const direction = Float32Array.from({ length: dModel }, (_, index) => Math.sin(index * 2.3));
  const unit = direction.map((value) => value / Math.hypot(...direction));
  const { cache } = await model.runWithCache(sad('Mary'), {
    edits: refusalEdits(model, direction),
    names: /hook_resid|attn_out|mlp_out/,
    logits: false,
  });
  assert.ok(cache.has('resid_post', nLayer - 1));
  let worst = 0;
  for (const [, activation] of cache) {
    for (let start = 0; start < activation.size; start += dModel) {
      let along = 0;
      for (let index = 0; index < dModel; index++) along += activation.data[start + index]! * unit[index]!;
      worst = Math.max(worst, Math.abs(along));
    }
  }
  console.log(`largest component along an ablated direction: ${worst.toExponential(1)}`);
  assert.ok(worst < 1e-4);
});

test('candidates are differences of means, and adding one gives neutral prompts the mean of the triggering ones', async () => {
  const { candidates } = await refusalDirection(model, { ...OPTIONS, layers: [2], positions: [-2] });
  assert.equal(candidates.length, 1);
  const [{ layer, position, direction }] = candidates as [(typeof candidates)[0]];
  assert.deepEqual([layer, position, direction.dims], [2, -2, [dModel]]);
  const hook = 'blocks.2.hook_resid_pre';
  const expected = await meanActivation(model, OPTIONS.triggering, hook, { positions: -2 });
  const moved = await meanActivation(model, OPTIONS.neutral, hook, { positions: -2, edits: [edit.add(hook, direction)] });
  assert.ok(largestDifference(moved.data, expected.data) < 1e-5);
});

test('a direction is found on some names that carries sadness on others', async () => {
  const { base, candidates, best, metric } = await refusalDirection(model, OPTIONS);
  console.log(`${metric}: sad ${base.triggering.toFixed(2)}, happy ${base.neutral.toFixed(2)}`);
  for (const { layer, position, ablated, induced, kl, passes } of candidates)
    console.log(
      `layer ${layer}, position ${position}: ablated ${ablated.toFixed(2)}, induced ${induced.toFixed(2)}, KL ${kl.toFixed(3)}${passes ? '' : ', out'}`,
    );
  assert.equal(candidates.length, 6);
  for (const { kl, induced, passes } of candidates) assert.equal(passes, kl <= 0.4 && induced >= -2);
  assert.ok(best, 'one direction passes');
  assert.equal(best.ablated, Math.min(...candidates.filter(({ passes }) => passes).map(({ ablated }) => ablated)));
  assert.ok(base.triggering - best.ablated > 1, 'ablation takes away more than a factor e of the odds');
  assert.ok(
    candidates.some(({ induced }) => induced - base.neutral > 1),
    'adding some direction multiplies the odds by e or more',
  );
});

test('bounds that nothing meets leave the table and no choice; one prompt in its own place is no direction', async () => {
  const { candidates, best } = await refusalDirection(model, { ...OPTIONS, layers: [1], klBound: 0 });
  assert.equal(candidates.length, 2);
  assert.equal(best, undefined);
  const same = { triggering: [happy('Mary')], neutral: [happy('Mary')] };
  await refuses(() => refusalDirection(model, { ...OPTIONS, ...same }), 'invalid-input', /no direction between them/);
});

test('layers default to the first four fifths; wrong options say what is right', async () => {
  const options = { ...OPTIONS };
  delete options.layers;
  const { candidates } = await refusalDirection(model, { ...options, positions: [-2] });
  assert.deepEqual(
    candidates.map(({ layer }) => layer),
    [1, 2],
    'block 3 of 4 is in the last fifth, and the input of block 0 is the same comma for all',
  );
  await refuses(() => refusalDirection(model, { ...OPTIONS, triggering: [] }), 'empty-input', /at least one prompt/);
  await refuses(() => refusalDirection(model, { ...OPTIONS, positions: [0] }), 'invalid-option', /below 0.*\[0\]/);
  await refuses(() => refusalDirection(model, { ...OPTIONS, positions: [-99] }), 'invalid-option', /got -99/);
  await refuses(() => refusalDirection(model, { ...OPTIONS, layers: [9] }), 'invalid-option', /from -4 to 3/);
  await refuses(() => refusalEdits(model, new Float32Array(dModel)), 'invalid-input', /zero/);
  await refuses(() => refusalDirection(model, { ...OPTIONS, run: { signal: AbortSignal.abort() } }), 'aborted', /cancelled/);
});
