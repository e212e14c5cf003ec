// SPDX-License-Identifier: MIT
/** One fixture of each family in a page: every hook against PyTorch, on WebAssembly. */
import * as transformers from '@huggingface/transformers';
import { expect } from 'chai';
import { HookedModel, Tensor, type ModelInput } from '../../../src/core/index.js';
import { haveShared, largestDifference, readReference, type StoredTensor } from './fixtures.js';

const TOLERANCE = 2e-4;
const FILES: [fixture: string, file: string][] = [
  ['gpt2-v3', 'model.onnx'],
  ['gpt2-v2', 'decoder_model_merged.onnx'],
  ['llama-v4', 'model.onnx'],
  ['qwen2-v3-sdpa', 'model.onnx'],
  ['gemma-v3', 'model.onnx'],
  ['bert-v3', 'model.onnx'],
  ['distilbert-v2', 'model.onnx'],
  ['vit-v3', 'model.onnx'],
  ['stories260K-v3', 'model.onnx'],
];
const shared = await haveShared();

function inputOf(reference: Map<string, StoredTensor>): ModelInput {
  const pixels = reference.get('p0/pixel_values');
  if (pixels) return { pixel_values: new Tensor(pixels.data as Float32Array, pixels.dims, ['batch', 'channel', 'height', 'width']) };
  return Array.from(reference.get('p0/input_ids')!.data as BigInt64Array, Number);
}

describe('models of every family in a page', () => {
  for (const [fixture, file] of FILES) {
    (shared ? it : it.skip)(`${fixture}/${file}: hooks equal PyTorch on WebAssembly`, async () => {
      const reference = await readReference(fixture, file);
      const model = await HookedModel.fromPretrained(new URL(`/shared/fixtures/${fixture}/`, location.href).href, {
        file: `onnx/${file}`,
        device: 'wasm',
        transformers,
      });
      const { cache, result } = await model.runWithCache(inputOf(reference));
      let compared = 0;
      let worst = 0;
      for (const [key, expected] of reference) {
        if (!key.startsWith('p0/act/')) continue;
        const hook = key.slice('p0/act/'.length);
        if (hook !== 'logits' && !cache.has(hook)) continue;
        compared++;
        worst = Math.max(
          worst,
          largestDifference((hook === 'logits' ? result.logits : cache.get(hook)).data, expected.data as Float32Array),
        );
      }
      console.log(`${fixture}/${file}: ${compared} hooks, largest difference ${worst.toExponential(1)}`);
      expect(compared).to.be.greaterThan(20);
      expect(worst).to.be.at.most(TOLERANCE);
      await model.dispose();
    });
  }
});
