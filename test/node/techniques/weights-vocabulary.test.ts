// SPDX-License-Identifier: MIT
/** Directions as tokens, neurons as memories, and where a prediction is settled, on the storyteller; no number of its weights is expected. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  HookedModel,
  neuronMemory,
  processWeights,
  saturation,
  subUpdates,
  vocabularyProjection,
  vocabularyProjections,
} from '../../../src/core/index.js';
import { repositoryPath } from '../shared.js';
import { refuses } from './storyteller.js';

const prompt = 'Once upon a time there was a little';
const open = (): Promise<HookedModel> => HookedModel.fromPretrained(repositoryPath('models', 'storyteller'), { device: 'cpu' });

test('a direction projected to the vocabulary is its product with the folded unembedding', async () => {
  const model = await open();
  const out = (await model.weights.get('W_out', 1)).select('d_mlp', 3).data;
  const { architecture } = model.hooks;
  const view = processWeights(model.weights, { centerUnembed: false, centerWriting: false });
  const unembedding = await view.get('W_U');
  const { top, bottom } = await vocabularyProjection(model, out, 5);
  let worst = 0;
  const logitOf = (id: number): number => out.reduce((sum, value, row) => sum + value * unembedding.at(row, id), 0);
  for (const { id, logit } of [...top, ...bottom]) worst = Math.max(worst, Math.abs(logit - logitOf(id)));
  console.log(`largest difference ${worst.toExponential(1)}, tolerance 1e-4; top ${top.map(({ text }) => JSON.stringify(text)).join(' ')}`);
  assert.ok(worst < 1e-4);
  const all = Array.from({ length: architecture.dVocab! }, (_, id) => logitOf(id));
  assert.ok(Math.abs(top[0]!.logit - Math.max(...all)) < 1e-4 && Math.abs(bottom[0]!.logit - Math.min(...all)) < 1e-4);
  const [opposite] = await vocabularyProjections(model, [out.map((value) => -value)], 5);
  assert.deepEqual(
    opposite!.top.map(({ id }) => id),
    bottom.map(({ id }) => id),
  );
  await refuses(() => vocabularyProjection(model, [1, 2]), 'invalid-input', /finite numbers/);
  await refuses(() => vocabularyProjection(model, out, 0), 'invalid-option', /k must be/);
  await model.dispose();
});

test('sub-updates of all neurons and the biases add up to what the MLPs do to a logit', async () => {
  const model = await open();
  const { nLayer, dModel } = model.hooks.architecture;
  const token = 5;
  const { layers, updates } = await subUpdates(model, prompt, token, { k: 8 });
  const names = ['blocks.*.hook_mlp_out', 'ln_final.hook_scale'];
  const { cache } = await model.runWithCache(prompt, { names });
  const scale = cache.get('ln_final.hook_scale').data.at(-1)!;
  const view = processWeights(model.weights, { centerUnembed: false, centerWriting: false, foldValueBiases: false });
  const column = (await view.get('W_U')).select('d_vocab', token).data;
  let worst = 0;
  for (let layer = 0; layer < nLayer; layer++) {
    const whole = cache.get('mlp_out', layer).data.slice(-dModel);
    const bias = (await model.weights.get('b_out', layer)).data;
    let expected = 0;
    for (let at = 0; at < dModel; at++) expected += ((whole[at]! - bias[at]!) * column[at]!) / scale;
    worst = Math.max(worst, Math.abs(expected - layers[layer]!));
  }
  console.log(`largest difference of a layer ${worst.toExponential(1)}, tolerance 1e-4`);
  assert.ok(worst < 1e-4);
  assert.equal(updates.length, 8);
  assert.ok(updates.every((update, at) => at === 0 || Math.abs(update.contribution) <= Math.abs(updates[at - 1]!.contribution)));

  const memory = await neuronMemory(model, updates[0]!.layer, updates[0]!.neuron, 4);
  assert.deepEqual([memory.key.length, memory.value.length, memory.against.length], [4, 4, 4]);
  await refuses(() => neuronMemory(model, 0, 1e6), 'invalid-option', /neuron must be/);
  await model.dispose();
});

test('saturation: from the point on, the lens says what the model says; before it, something else', async () => {
  const model = await open();
  const { point, layer, lens } = await saturation(model, prompt);
  const [points, , pos] = lens.topIds.dims as [number, number, number, number];
  for (let position = 0; position < pos; position++) {
    const settled = point.at(0, position);
    const final = lens.topIds.at(points - 1, 0, position, 0);
    for (let at = settled; at < points; at++) assert.equal(lens.topIds.at(at, 0, position, 0), final);
    if (settled > 0) assert.notEqual(lens.topIds.at(settled - 1, 0, position, 0), final);
    assert.ok(layer.at(0, position) <= model.hooks.architecture.nLayer);
  }
  await model.dispose();
});
