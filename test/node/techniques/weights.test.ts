// SPDX-License-Identifier: MIT
/**
 * Weights by value: what the weights make of a hook's input, in float64, is what the hook after them shows; and quantised files hold the
 * float files' weights up to the rounding of their integers.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { HookedModel, Tensor, type Feeds } from '../../../src/core/index.js';
import { readFixture, type StoredTensor } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { weightErrors } from '../weight-oracle.js';
import { inductionFacts, inductionWeights, writeInductionModel } from './induction-model.js';
import { refuses } from './storyteller.js';

/** Fixture, file, and how far hooks may lie from what the weights say: rounding of float32 sums, of float16, or of 8-bit activations. */
const FILES: [fixture: string, file: string, tolerance: number][] = [
  ['gpt2-v2', 'decoder_model.onnx', 2e-4],
  ['gpt2-v2', 'decoder_model_merged.onnx', 2e-4],
  ['gpt2-v3', 'model.onnx', 2e-4],
  ['gpt2-v3', 'model_fp16.onnx', 3e-2],
  ['gpt2-op17', 'model.onnx', 2e-4],
  ['gpt2-ort', 'model.onnx', 2e-4],
  ['llama-v3', 'model.onnx', 2e-4],
  ['llama-v3', 'model_q4.onnx', 2e-4],
  ['llama-v4', 'model.onnx', 2e-4],
  ['llama-gqa', 'model.onnx', 2e-4],
  ['llama-gqa', 'model_q4.onnx', 2e-4],
  ['llama-gqa-packed', 'model.onnx', 2e-4],
  ['llama-gqa-packed', 'model_int4.onnx', 0.1],
  ['qwen2-v3-sdpa', 'model.onnx', 2e-4],
  ['qwen2-v3-sdpa', 'model_q4f16.onnx', 3e-2],
  ['qwen3-gqa-v4', 'model.onnx', 2e-4],
  ['gemma-v3', 'model.onnx', 2e-4],
  ['bert-v2', 'model.onnx', 2e-4],
  ['bert-v3', 'model.onnx', 2e-4],
  ['distilbert-v2', 'model.onnx', 2e-4],
  ['vit-v3', 'model.onnx', 2e-4],
  ['stories260K-v3', 'model.onnx', 2e-4],
  ['stories260K-v3', 'model_fp16.onnx', 6e-2],
  ['stories260K-gqa', 'model_q4.onnx', 2e-4],
];

/** A file, the float file of the same model, and the relative error (root mean square) that its rounding may make. */
const SAME: [fixture: string, file: string, float: [fixture: string, file: string], tolerance: number][] = [
  ['gpt2-v3', 'model_quantized.onnx', ['gpt2-v3', 'model.onnx'], 0.02],
  ['gpt2-v2', 'decoder_model_merged_quantized.onnx', ['gpt2-v3', 'model.onnx'], 0.02],
  ['gpt2-ort', 'decoder_model_quantized_ortopt.onnx', ['gpt2-v3', 'model.onnx'], 0.02],
  ['bert-v3', 'model_quantized.onnx', ['bert-v3', 'model.onnx'], 0.02],
  ['bert-ort', 'model_quantized_ortopt.onnx', ['bert-v3', 'model.onnx'], 0.02],
  ['bert-ort', 'model_O2_quantized.onnx', ['bert-v3', 'model.onnx'], 0.02],
  ['vit-v3', 'model_quantized.onnx', ['vit-v3', 'model.onnx'], 0.02],
  ['llama-gqa', 'model_quantized.onnx', ['llama-v3', 'model.onnx'], 0.02],
  ['llama-v3', 'model_q4.onnx', ['llama-v3', 'model.onnx'], 0.15],
  ['llama-gqa-packed', 'model_int4.onnx', ['llama-v3', 'model.onnx'], 0.15],
  ['stories260K-v3', 'model_quantized.onnx', ['stories260K-v3', 'model.onnx'], 0.03],
  // Not quantised: fused nodes that hide hooks, but not the weights.
  ['bert-ort', 'model_O2.onnx', ['bert-v3', 'model.onnx'], 1e-7],
  ['bert-ort', 'model_mha.onnx', ['bert-v3', 'model.onnx'], 1e-7],
  ['bert-ort', 'model_O4.onnx', ['bert-v3', 'model.onnx'], 1e-3],
  ['llama-gqa-packed', 'model.onnx', ['llama-v3', 'model.onnx'], 1e-7],
];

function inputOf(reference: Map<string, StoredTensor>): { input: number[][] | Feeds; ids: number[] } {
  const pixels = reference.get('p0/pixel_values');
  if (pixels) {
    const image = new Tensor(pixels.data as Float32Array, pixels.dims, ['batch', 'channel', 'height', 'width']);
    return { input: { pixel_values: image }, ids: [] };
  }
  const ids = Array.from(reference.get('p0/input_ids')!.data as BigInt64Array, Number);
  return { input: [ids], ids };
}

for (const [name, file, tolerance] of FILES) {
  test(`${name}/${file}: hooks are what the weights make of the hooks before them`, skipWithoutShared('fixtures', name), async () => {
    const { folder, reference } = readFixture(name, file);
    const model = await HookedModel.fromPretrained(folder, { file: `onnx/${file}`, device: 'cpu' });
    const { input, ids } = inputOf(reference);
    const { cache } = await model.runWithCache(input);
    const { worst, checked } = await weightErrors(
      model.weights,
      model.hooks.architecture,
      model.hooks.sites,
      (hook) => cache.get(hook),
      ids,
    );
    const { weights } = model;
    await model.dispose();
    console.log(
      `${name}/${file}: ${checked} products and norms, ${weights.names.length} weights, largest difference ${worst.difference.toExponential(1)} (${worst.what}), tolerance ${tolerance}`,
    );
    assert.ok(checked >= 12, `only ${checked} were compared`);
    assert.ok(worst.difference <= tolerance, `${worst.what} is ${worst.difference} off`);
  });
}

for (const [name, file, [floatName, floatFile], tolerance] of SAME) {
  test(`${name}/${file}: its weights are those of the float file, up to rounding`, skipWithoutShared('fixtures', name), async () => {
    const quantised = await HookedModel.fromPretrained(sharedPath('fixtures', name), { file: `onnx/${file}`, device: 'cpu' });
    const float = await HookedModel.fromPretrained(sharedPath('fixtures', floatName), { file: `onnx/${floatFile}`, device: 'cpu' });
    let worst = { error: 0, what: '' };
    let integers = 0;
    for (const weight of float.weights.names) {
      if (!quantised.weights.has(weight)) continue;
      const { weight: actual, dequantised, storage } = await quantised.weights.read(weight);
      const expected = await float.weights.get(weight);
      assert.deepEqual(actual.dims, expected.dims, weight);
      if (dequantised) integers++;
      let difference = 0;
      let size = 1e-12;
      for (let at = 0; at < expected.size; at++) {
        difference += (actual.data[at]! - expected.data[at]!) ** 2;
        size += expected.data[at]! ** 2;
      }
      const error = Math.sqrt(difference / size);
      if (!(error <= worst.error)) worst = { error, what: `${weight} (${storage})` };
    }
    const absent = float.weights.names.filter((weight) => !quantised.weights.has(weight));
    console.log(
      `${name}/${file}: ${integers} weights of integers, largest relative error ${worst.error.toExponential(1)} (${worst.what}), tolerance ${tolerance}; absent: ${absent.length}`,
    );
    assert.equal(integers > 4, /quant|q4|int4/.test(file));
    assert.deepEqual(absent, []);
    assert.ok(worst.error <= tolerance, `${worst.what}: ${worst.error}`);
    await quantised.dispose();
    await float.dispose();
  });
}

test('the hand-built model gives back the numbers it was made of', async () => {
  const { folder, remove } = writeInductionModel();
  const model = await HookedModel.fromPretrained(folder, { device: 'cpu' });
  const made = inductionWeights();
  const { nHead, dHead, dModel } = inductionFacts;
  for (const layer of [0, 1]) {
    for (const name of ['W_Q', 'W_K', 'W_V'] as const) {
      const weight = await model.weights.get(name, layer);
      assert.deepEqual(weight.dims, [nHead, dModel, dHead]);
      const flat = made.get(`blocks.${layer}.attn.${name}`)!.data;
      assert.equal(weight.at(2, 5, 7), Math.fround(flat[5 * nHead * dHead + 2 * dHead + 7]!));
    }
    const out = await model.weights.get('W_O', layer);
    assert.deepEqual(out.axes, ['head', 'd_head', 'd_model']);
    assert.equal(out.at(1, 3, 9), Math.fround(made.get(`blocks.${layer}.attn.W_O`)!.data[(dHead + 3) * dModel + 9]!));
    const bias = await model.weights.read('b_Q', layer);
    assert.equal(bias.storage, 'none');
    assert.ok(bias.weight.data.every((value) => value === 0));
  }
  await refuses(() => model.weights.get('W_in', 0), 'weight-not-found', /no MLP.*model\.weights\.names/s);
  await refuses(() => model.weights.get('W_QK', 0), 'weight-not-found', /Near it are/);
  await model.dispose();
  await refuses(() => model.weights.get('W_E'), 'disposed', /fromPretrained/);
  remove();
});
