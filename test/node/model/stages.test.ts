// SPDX-License-Identifier: MIT
/** The chain of stages against the model in one piece, on every float file of the fixtures, fused ones among them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { HookedModel, VitrineError } from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';

const FILES: [fixture: string, file: string][] = [
  ['gpt2-v2', 'decoder_model_merged.onnx'],
  ['gpt2-v3', 'model.onnx'],
  ['gpt2-op17', 'model.onnx'],
  ['gpt2-ort', 'model.onnx'],
  ['llama-v3', 'model_q4.onnx'],
  ['llama-v4', 'model.onnx'],
  ['llama-gqa', 'model.onnx'],
  ['llama-gqa', 'model_q4.onnx'],
  ['llama-gqa-packed', 'model.onnx'],
  ['qwen2-v3-sdpa', 'model.onnx'],
  ['qwen3-gqa-v4', 'model.onnx'],
  ['gemma-v3', 'model.onnx'],
  ['bert-v2', 'model.onnx'],
  ['bert-v3', 'model.onnx'],
  ['bert-ort', 'model_O2.onnx'],
  ['bert-ort', 'model_mha.onnx'],
  ['distilbert-v2', 'model.onnx'],
  ['stories260K-v2', 'decoder_model_merged.onnx'],
  ['stories260K-v3', 'model.onnx'],
  ['stories260K-gqa', 'model.onnx'],
];
const IDS = [1, 5, 9, 33, 77, 12, 4];

for (const [fixture, file] of FILES) {
  test(
    `${fixture}/${file}: continued from every block, it gives what it gives in one piece`,
    skipWithoutShared('fixtures', fixture),
    async () => {
      const model = await HookedModel.fromPretrained(sharedPath('fixtures', fixture), { file: `onnx/${file}`, device: 'cpu' });
      const whole = (await model.run([IDS, IDS.toReversed()])).logits.data;
      let worst = 0;
      let reached = 0;
      for (let layer = 0; layer <= model.hooks.architecture.nLayer; layer++) {
        try {
          const checkpoint = await model.checkpoint([IDS, IDS.toReversed()], layer);
          worst = Math.max(worst, largestDifference((await model.runFrom(checkpoint)).logits.data, whole));
          reached++;
        } catch (error) {
          // Fused files may hold the last sum inside the final norm.
          assert.ok(
            error instanceof VitrineError && error.code === 'unsupported-model' && layer === model.hooks.architecture.nLayer,
            String(error),
          );
        }
      }
      console.log(`${fixture}/${file}: ${reached} starting points, largest difference ${worst.toExponential(1)}`);
      assert.ok(reached >= model.hooks.architecture.nLayer);
      assert.ok(worst <= 1e-4);
      await model.dispose();
    },
  );
}
