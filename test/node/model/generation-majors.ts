// SPDX-License-Identifier: MIT
/** What generation must do under every version of transformers.js; one version per process, so each has a test file of its own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { edit, HookedModel } from '../../../src/core/index.js';
import { sharedPath, skipWithoutShared } from '../shared.js';

/** Declares the tests for one version. */
export function generationTests(name: string, transformers: unknown): void {
  const open = (source: string, options = {}): Promise<HookedModel> => HookedModel.fromPretrained(source, { transformers, ...options });

  async function check(model: HookedModel, prompt: string): Promise<void> {
    const { dModel } = model.hooks.architecture;
    const vector = Float32Array.from({ length: dModel }, (_, index) => Math.sin(index * 1.7));
    const cases = [
      [],
      [edit.add('blocks.1.hook_resid_pre', vector, { scale: 2 })],
      [edit.zero('blocks.0.attn.hook_z', { heads: 1, positions: [1, 2] })],
    ];
    for (const edits of cases) {
      const { ids, promptIds } = await model.generateText(prompt, { maxNewTokens: 8, edits });
      const sequence = [...promptIds];
      for (const id of ids) {
        const row = (await model.run(sequence, { edits, logitsAt: 'last' })).logits.data;
        assert.equal(id, row.indexOf(Math.max(...row)), `${edits.length} edits, position ${sequence.length}`);
        sequence.push(id);
      }
    }
    const sampled = { maxNewTokens: 8, temperature: 1, topK: 20, seed: 5 };
    assert.deepEqual((await model.generateText(prompt, sampled)).ids, (await model.generateText(prompt, sampled)).ids);
    await assert.rejects(model.generateText(prompt, { signal: AbortSignal.abort() }), /cancelled/);
    const steps: number[] = [];
    for await (const { cache } of model.generate(prompt, { maxNewTokens: 3, capture: 'resid_post' }))
      steps.push(cache!.get('resid_post', 0).length('pos'));
    assert.deepEqual(steps.slice(1), [1, 1]);
  }

  test(`${name}: generation under edits equals full forwards, storyteller`, async () => {
    const model = await open('vitrine/storyteller');
    await check(model, '<|endoftext|>The old king');
    await model.dispose();
  });

  for (const [fixture, file] of [
    ['stories260K-v3', 'onnx/model.onnx'],
    ['stories260K-v2', 'onnx/decoder_model_merged.onnx'],
  ] as const) {
    test(`${name}: generation under edits equals full forwards, ${fixture}/${file}`, skipWithoutShared('fixtures', fixture), async () => {
      const model = await open(sharedPath('fixtures', fixture), { file });
      await check(model, 'Once upon a time');
      await model.dispose();
    });
  }
}
