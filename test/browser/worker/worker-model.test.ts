// SPDX-License-Identifier: MIT
/** The model behind a worker gives what the model in the page gives, and its errors, progress and cancelling cross over. */
import { expect } from 'chai';
import { edit, HookedModel, logitLens, VitrineError, type Progress } from '../../../src/core/index.js';
import { createWorkerModel, type WorkerModel } from '../../../src/worker/index.js';

const STORYTELLER = '/models/storyteller/';
const PROMPT = 'Once upon a time';
const script = new URL('../../../src/worker/worker.ts', import.meta.url);

async function failure(work: Promise<unknown>): Promise<VitrineError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).instanceOf(VitrineError);
  return error as VitrineError;
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).equal(b.length);
  return Array.from(a).reduce((worst, value, index) => Math.max(worst, Object.is(value, b[index]) ? 0 : Math.abs(value - b[index]!)), 0);
}

describe('a model behind a worker', () => {
  let here: HookedModel;
  let there: WorkerModel;
  const progress: Progress[] = [];

  before(async () => {
    here = await HookedModel.fromPretrained(STORYTELLER, { device: 'wasm' });
    there = await createWorkerModel(STORYTELLER, { device: 'wasm', worker: script, onProgress: (report) => progress.push(report) });
  });
  after(async () => {
    await here.dispose();
    await there.dispose();
  });

  it('knows the same hooks and says what it opened', () => {
    expect(there.hooks.names).deep.equal(here.hooks.names);
    expect(there.hooks.sites.get('blocks.0.attn.hook_pattern')).deep.equal(here.hooks.sites.get('blocks.0.attn.hook_pattern'));
    expect(there.hooks.architecture).deep.equal(here.hooks.architecture);
    expect(there.info).deep.equal(here.info);
    expect(there.config).deep.equal(here.config);
  });

  it('reported progress while it opened', () => {
    expect(progress.length).greaterThan(0);
    expect(progress.at(-1)!.loaded).a('number');
  });

  it('cuts the same tokens', async () => {
    expect(await there.tokenize(PROMPT)).deep.equal(await here.tokenize(PROMPT));
  });

  it('gives the same logits, to the last bit', async () => {
    const [mine, its] = [await here.run(PROMPT), await there.run(PROMPT)];
    expect(its.logits.dims).deep.equal(mine.logits.dims);
    expect(its.logits.axes).deep.equal(mine.logits.axes);
    expect(largest(its.logits.data, mine.logits.data)).equal(0);
    expect(await there.topTokens(its.logits, 3)).deep.equal(here.topTokens(mine.logits, 3));
  });

  it('gives the same activations for every kind of selector, functions too', async () => {
    for (const names of [
      'pattern',
      'blocks.*.hook_resid_post',
      /mlp\.hook_post$/,
      (name: string) => name.endsWith('hook_z'),
      ['hook_embed', /scores/],
    ]) {
      const [mine, its] = [
        await here.runWithCache(PROMPT, { names, logits: false }),
        await there.runWithCache(PROMPT, { names, logits: false }),
      ];
      expect(its.cache.names).deep.equal(mine.cache.names);
      for (const [name, tensor] of its.cache) {
        expect(tensor.dims, name).deep.equal(mine.cache.get(name).dims);
        expect(largest(tensor.data, mine.cache.get(name).data), name).equal(0);
      }
    }
    const { cache } = await there.runWithCache(PROMPT, { names: 'resid_pre' });
    expect(cache.stack('resid_pre').axes).deep.equal(['layer', 'batch', 'pos', 'd_model']);
  });

  it('reads the stream with the logit lens', async () => {
    const [mine, its] = [await logitLens(here, PROMPT, { topK: 3 }), await there.logitLens(PROMPT, { topK: 3 })];
    expect(its.labels).deep.equal(mine.labels);
    expect(its.topIds.data).deep.equal(mine.topIds.data);
    expect(largest(its.entropy.data, mine.entropy.data)).equal(0);
    expect(its.text(its.topIds.data[0]!)).equal(mine.text(its.topIds.data[0]!));
  });

  it('takes edits along, tensors and all, and refuses functions', async () => {
    const { cache } = await there.runWithCache('Three little pigs', { names: 'resid_pre' });
    const edits = [
      edit.zero('blocks.1.attn.hook_z', { heads: [0, 1] }),
      edit.patch('blocks.2.hook_resid_pre', cache.get('resid_pre', 2).slice('pos', 0, 1), { positions: 0 }),
    ];
    const [mine, its, plain] = [await here.run(PROMPT, { edits }), await there.run(PROMPT, { edits }), await there.run(PROMPT)];
    expect(largest(its.logits.data, mine.logits.data)).equal(0);
    expect(largest(its.logits.data, plain.logits.data)).greaterThan(1e-3);
    const hooks = { 'blocks.0.hook_resid_pre': () => undefined };
    expect((await failure(there.run(PROMPT, { hooks }))).message).match(/Write the change as edits/);
  });

  it('writes on from a prompt, token by token, with what it captured', async () => {
    const options = { maxNewTokens: 6, capture: 'pattern' };
    const mine = await here.generateText(PROMPT, options);
    const steps = there.generate(PROMPT, options);
    let text = '';
    for (let step = 0; ; step++) {
      const { done, value } = await steps.next();
      if (done) {
        expect(value).deep.equal(mine);
        break;
      }
      expect(value.step).equal(step);
      expect(value.cache!.get('pattern', 0).axes).deep.equal(['batch', 'head', 'query', 'key']);
      text += value.text;
    }
    expect(text).equal(mine.text);
  });

  it('stops writing when the loop is left, and answers what comes next', async () => {
    for await (const { step } of there.generate(PROMPT, { maxNewTokens: 200 })) if (step === 2) break;
    expect((await there.run(PROMPT)).logits.size).greaterThan(0);
    const signal = AbortSignal.abort();
    expect((await failure(there.generateText(PROMPT, { signal }))).code).equal('aborted');
  });

  it('answers questions that are asked at once, each with its own answer', async () => {
    const prompts = ['One', 'Two little', 'Three little pigs'];
    const tokens = await Promise.all(prompts.map((prompt) => there.tokenize(prompt)));
    expect(tokens.map((row) => row.map(({ text }) => text).join(''))).deep.equal(prompts);
  });

  it('carries errors over with code and message', async () => {
    const mine = await failure(here.runWithCache(PROMPT, { names: 'blocks.0.attn.hook_patern' }));
    const its = await failure(there.runWithCache(PROMPT, { names: 'blocks.0.attn.hook_patern' }));
    expect([its.code, its.message]).deep.equal([mine.code, mine.message]);
    expect(its.code).equal('unknown-hook');
    expect((await failure(there.run('')))!.code).equal('empty-input');
  });

  it('refuses what cannot cross, with advice', async () => {
    const options = { keepOn: 'gpu' as const };
    expect((await failure(there.runWithCache(PROMPT, options))).message).match(/Leave it out/);
    expect((await failure(createWorkerModel(STORYTELLER, { ort: {} }))).message).match(/configure\(\{ transformers: url, ort: url \}\)/);
  });

  it('gives up when its signal says so, before and during', async () => {
    expect((await failure(there.run(PROMPT, { signal: AbortSignal.abort() }))).code).equal('aborted');
    const controller = new AbortController();
    const running = there.run(PROMPT, { signal: controller.signal });
    controller.abort();
    expect((await failure(running)).code).equal('aborted');
    expect((await there.run(PROMPT)).logits.size).greaterThan(0);
  });

  it('says plainly that its script is not there', async () => {
    const error = await failure(createWorkerModel(STORYTELLER, { worker: '/no-such-worker.js' }));
    expect(error.code).equal('library-missing');
    expect(error.message).match(/script could not be loaded.*\{ worker: url \}/);
  });

  it('several models share a worker that is given, which outlives them', async () => {
    const worker = new Worker(script, { type: 'module' });
    const first = await createWorkerModel(STORYTELLER, { device: 'wasm', worker });
    const second = await createWorkerModel(STORYTELLER, { device: 'wasm', worker });
    await first.dispose();
    expect((await failure(first.run(PROMPT))).code).equal('disposed');
    await first.dispose();
    expect((await second.run(PROMPT)).logits.size).greaterThan(0);
    await second.dispose();
    worker.terminate();
  });
});
