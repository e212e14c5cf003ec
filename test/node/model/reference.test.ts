// SPDX-License-Identifier: MIT
/** Every hook of every fixture against PyTorch's activations, through the whole chain: files, finder, stages, layouts. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { HookedModel, Tensor, type Feeds } from '../../../src/core/index.js';
import { hookMapNames, largestDifference, readFixture, type StoredTensor } from '../reference.js';
import { skipWithoutShared } from '../shared.js';

/** Fixture, ONNX file, hook map of the same graph. */
const FILES: [fixture: string, file: string, map: string][] = [
  ['gpt2-v2', 'decoder_model.onnx', 'decoder_model'],
  ['gpt2-v2', 'decoder_model_merged.onnx', 'decoder_model'],
  ['gpt2-v3', 'model.onnx', 'model'],
  ['gpt2-v3', 'model_fp16.onnx', 'model'],
  ['gpt2-op17', 'model.onnx', 'model'],
  ['llama-v3', 'model.onnx', 'model'],
  ['llama-v4', 'model.onnx', 'model'],
  ['qwen2-v3-sdpa', 'model.onnx', 'model'],
  ['qwen2-v3-sdpa', 'model_fp16.onnx', 'model'],
  ['gemma-v3', 'model.onnx', 'model'],
  ['bert-v2', 'model.onnx', 'model'],
  ['bert-v3', 'model.onnx', 'model'],
  ['distilbert-v2', 'model.onnx', 'model'],
  ['vit-v3', 'model.onnx', 'model'],
  ['stories260K-v2', 'decoder_model.onnx', 'decoder_model'],
  ['stories260K-v2', 'decoder_model_merged.onnx', 'decoder_model'],
  ['stories260K-v3', 'model.onnx', 'model'],
  ['stories260K-v3', 'model_fp16.onnx', 'model'],
];

/** Ten times the error that was observed when the fixtures were made; 2e-4 for float files, as their README says. */
const tolerance = (observed: number): number => Math.max(2e-4, 10 * observed);

function inputOf(reference: Map<string, StoredTensor>, prompt: string): number[][] | Feeds {
  const pixels = reference.get(`${prompt}/pixel_values`);
  if (pixels) return { pixel_values: new Tensor(pixels.data as Float32Array, pixels.dims, ['batch', 'channel', 'height', 'width']) };
  const ids = reference.get(`${prompt}/input_ids`)!;
  return [Array.from(ids.data as BigInt64Array, Number)];
}

for (const [name, file, map] of FILES) {
  test(`${name}/${file}: every hook of the hook map equals PyTorch`, skipWithoutShared('fixtures', name), async () => {
    const { folder, reference, observedError } = readFixture(name, file);
    const limit = tolerance(observedError);
    const model = await HookedModel.fromPretrained(folder, { file: `onnx/${file}`, device: 'cpu' });
    const expectedNames = hookMapNames(name, map);
    let worst = { difference: 0, hook: '' };
    for (const prompt of ['p0', 'p1', 'p2']) {
      const { cache, result } = await model.runWithCache(inputOf(reference, prompt));
      for (const hook of expectedNames) {
        const expected = reference.get(`${prompt}/act/${hook}`);
        if (!expected) continue;
        const actual = hook === 'logits' ? result.logits : cache.get(hook);
        assert.deepEqual([...actual.dims], expected.dims, `${hook} has another shape`);
        const difference = largestDifference(actual.data, expected.data as Float32Array);
        if (difference > worst.difference) worst = { difference, hook: `${prompt} ${hook}` };
      }
    }
    console.log(
      `${name}/${file}: ${expectedNames.length} hooks, largest difference ${worst.difference.toExponential(1)} (${worst.hook}), tolerance ${limit.toExponential(1)}`,
    );
    assert.ok(worst.difference <= limit, `${worst.hook} differs by ${worst.difference}`);
    await model.dispose();
  });
}

for (const [name, file] of [
  ['gpt2-v3', 'model.onnx'],
  ['llama-v3', 'model.onnx'],
  ['llama-v4', 'model.onnx'],
  ['qwen2-v3-sdpa', 'model.onnx'],
  ['gemma-v3', 'model.onnx'],
  ['bert-v2', 'model.onnx'],
  ['distilbert-v2', 'model.onnx'],
  ['stories260K-v3', 'model.onnx'],
] as const) {
  test(`${name}/${file}: a padded batch equals PyTorch where the mask is 1`, skipWithoutShared('fixtures', name), async () => {
    const { folder, reference, observedError } = readFixture(name, file);
    const stored = (key: string): StoredTensor => reference.get(`pad/${key}`)!;
    const rows = (tensor: StoredTensor): number[][] => {
      const [batch, pos] = tensor.dims as [number, number];
      const values = Array.from(tensor.data as BigInt64Array, Number);
      return Array.from({ length: batch }, (_, row) => values.slice(row * pos, (row + 1) * pos));
    };
    const mask = rows(stored('attention_mask'));
    const model = await HookedModel.fromPretrained(folder, { file: `onnx/${file}`, device: 'cpu' });
    const { cache, result } = await model.runWithCache({ ids: rows(stored('input_ids')), mask });
    let worst = 0;
    for (const key of reference.keys()) {
      if (!key.startsWith('pad/act/')) continue;
      const hook = key.slice('pad/act/'.length);
      const actual = hook === 'logits' ? result.logits : cache.get(hook);
      const expected = new Tensor(stored(`act/${hook}`).data as Float32Array, stored(`act/${hook}`).dims, actual.axes);
      worst = Math.max(worst, largestDifferenceOfTokens(actual, expected, mask));
    }
    console.log(`${name}/${file}: padded batch, largest difference ${worst.toExponential(1)}`);
    assert.ok(worst <= tolerance(observedError));
    await model.dispose();
  });
}

/** Compares the rows that belong to real tokens: positions, or queries of a pattern. */
function largestDifferenceOfTokens(actual: Tensor, expected: Tensor, mask: number[][]): number {
  const axis = actual.axes.find((name) => name === 'pos' || name === 'query');
  let worst = 0;
  mask.forEach((real, row) => {
    const [own, right] = [actual.select('batch', row), expected.select('batch', row)];
    if (!axis) worst = Math.max(worst, largestDifference(own.data, right.data));
    else {
      real.forEach((value, position) => {
        if (value) worst = Math.max(worst, largestDifference(own.select(axis, position).data, right.select(axis, position).data));
      });
    }
  });
  return worst;
}
