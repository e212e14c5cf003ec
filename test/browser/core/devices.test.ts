// SPDX-License-Identifier: MIT
/** The embedded model in a page: WebAssembly against the GPU, tensors that stay on the GPU, progress and cancelling. */
import * as transformers from '@huggingface/transformers';
import { expect } from 'chai';
import { configure, HookedModel, logitLens, type Progress } from '../../../src/core/index.js';
import { largestDifference } from './fixtures.js';

const PROMPT = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
configure({ storyteller: '/models/storyteller/' });

/** Chromium's software adapter counts: results are what is tested, not speed. */
const adapter = await (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu?.requestAdapter();

describe('the embedded model in a page', () => {
  // Test files share one browser profile: another may have left the model in the cache, and then nothing is downloaded.
  before(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });

  it('opens with progress in bytes and runs on WebAssembly', async () => {
    const seen: Progress[] = [];
    const model = await HookedModel.fromPretrained('vitrine/storyteller', { transformers, onProgress: (progress) => seen.push(progress) });
    expect(model.info.device).to.equal('wasm');
    const { logits, cache } = await model.runWithCache(PROMPT, { names: /pattern/ });
    expect(logits.dims.at(-1)).to.equal(2048);
    expect(cache.size).to.equal(model.hooks.architecture.nLayer);
    const downloads = seen.filter((progress) => progress.phase === 'download' && progress.item?.endsWith('.onnx'));
    expect(downloads.length).to.be.greaterThan(0);
    expect(downloads.at(-1)!.loaded).to.equal(downloads.at(-1)!.total);
    await model.dispose();
  });

  it('stops when its signal is aborted and can be opened again', async () => {
    const controller = new AbortController();
    const opening = HookedModel.fromPretrained('vitrine/storyteller', {
      transformers,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    let code = '';
    await opening.catch((error: { code: string }) => (code = error.code));
    expect(code).to.equal('aborted');
    const model = await HookedModel.fromPretrained('vitrine/storyteller', { transformers });
    expect((await model.run(PROMPT)).logits.dims[0]).to.equal(1);
    await model.dispose();
  });

  (adapter ? it : it.skip)('gives on the GPU what it gives on WebAssembly', async () => {
    const wasm = await HookedModel.fromPretrained('vitrine/storyteller', { transformers, device: 'wasm' });
    const gpu = await HookedModel.fromPretrained('vitrine/storyteller', { transformers, device: 'webgpu' });
    const names = /pattern|resid|mlp/;
    const [expected, actual] = [await wasm.runWithCache(PROMPT, { names }), await gpu.runWithCache(PROMPT, { names })];
    let worst = largestDifference(actual.logits.data, expected.logits.data);
    for (const [name, tensor] of expected.cache) worst = Math.max(worst, largestDifference(actual.cache.get(name).data, tensor.data));
    console.log(`webgpu against wasm, ${expected.cache.size} hooks and logits: largest difference ${worst.toExponential(1)}`);
    expect(worst).to.be.at.most(1e-3);
    const lens = await logitLens(gpu, PROMPT, { topK: 3 });
    expect(Math.max(...lens.klToFinal.select('point', -1).data)).to.be.at.most(1e-3);

    const kept = await gpu.runWithCache(PROMPT, { names, keepOn: 'gpu', logits: false });
    expect(kept.cache.gpu('pattern', 1)!.location).to.equal('gpu-buffer');
    expect(() => kept.cache.get('pattern', 1)).to.throw(/on the GPU/);
    const downloaded = await kept.cache.download('pattern', 1);
    expect(largestDifference(downloaded.data, expected.cache.get('pattern', 1).data)).to.be.at.most(1e-3);
    kept.cache.dispose();
    await wasm.dispose();
    await gpu.dispose();
  });
});
