// SPDX-License-Identifier: MIT
/** Generation through transformers.js with edits, functions, capture, seeds and cancelling, on the embedded model. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test, { after } from 'node:test';
import * as transformers from '@huggingface/transformers';
import {
  edit,
  generateSideBySide,
  HookedModel,
  Tensor,
  VitrineError,
  type Edit,
  type GenerateOptions,
  type HookFunctions,
} from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { repositoryPath, sharedPath, skipWithoutShared } from '../shared.js';

const PROMPT = '<|endoftext|>The old king';
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
const { dModel, nLayer } = model.hooks.architecture;
after(() => model.dispose());

const vector = Float32Array.from({ length: dModel }, (_, index) => Math.sin(index * 1.7));

/** The next token by one pass over the whole sequence, without a cache. */
async function greedyByFullForward(prompt: string, count: number, edits: readonly Edit[]): Promise<number[]> {
  const ids = (await model.tokenize(prompt)).map((token) => token.id);
  const start = ids.length;
  while (ids.length < start + count) {
    const { logits } = await model.run(ids, { edits });
    const row = logits.select('batch', 0).select('pos', -1).data;
    ids.push(row.indexOf(Math.max(...row)));
  }
  return ids.slice(start);
}

/** Position of the prompt's last token, by which a longer sequence knows it. */
const lastPosition = (await model.tokenize(PROMPT)).length - 1;

test('without edits it writes what transformers.js writes', async () => {
  transformers.env.localModelPath = dirname(repositoryPath('models', 'storyteller'));
  transformers.env.allowRemoteModels = false;
  const tokenizer = await transformers.AutoTokenizer.from_pretrained('storyteller');
  const plain = await transformers.AutoModelForCausalLM.from_pretrained('storyteller', { dtype: 'fp32' });
  const expected = (await plain.generate({
    ...(tokenizer(PROMPT) as object),
    max_new_tokens: 16,
    do_sample: false,
  } as never)) as unknown as {
    tolist(): bigint[][];
  };
  const { ids, promptIds, text } = await model.generateText(PROMPT, { maxNewTokens: 16 });
  assert.deepEqual([...promptIds, ...ids], expected.tolist()[0]!.map(Number));
  assert.equal(text, model.tokenizer.decode(ids));
});

test('steps carry the text piece by piece', async () => {
  const pieces: string[] = [];
  const ids: number[] = [];
  for await (const step of model.generate(PROMPT, { maxNewTokens: 12 })) {
    assert.equal(step.step, ids.length);
    pieces.push(step.text);
    ids.push(step.id);
    assert.equal(step.fullText, pieces.join(''));
  }
  assert.equal(ids.length, 12);
  assert.deepEqual(ids, (await model.generateText(PROMPT, { maxNewTokens: 12 })).ids);
});

const hook = 'blocks.2.hook_resid_pre';
const CASES: Record<string, Edit[]> = {
  'a vector at all positions': [edit.add(hook, vector, { scale: 3 })],
  'a vector at a position of the prompt': [edit.add(hook, vector, { scale: 6, positions: 2 })],
  'a head at all positions': [edit.zero('blocks.0.attn.hook_z', { heads: [1, -1] })],
  'directional ablation everywhere': [edit.project('blocks.*.hook_resid_pre', vector), edit.project('blocks.*.hook_mlp_out', vector)],
  'several edits on one hook, in order': [
    edit.scale(hook, 2),
    edit.add(hook, vector),
    edit.zero(hook, { neurons: [0, 3] }),
    edit.scale(hook, 0.5),
  ],
  'values and keys': [edit.scale('blocks.1.attn.hook_v', 0.3, { heads: 2 }), edit.scale('blocks.2.attn.hook_k', 1.5)],
  'seeded noise': [edit.noise('hook_embed', 0.2, { seed: 7 })],
  'a cap': [edit.cap(hook, vector, { max: 0.5 })],
  patterns: [edit.zero('blocks.1.attn.hook_pattern', { heads: 0, keys: 0 })],
};

for (const [name, edits] of Object.entries(CASES)) {
  test(`generation with a cache equals full forwards under ${name}`, async () => {
    const { ids } = await model.generateText(PROMPT, { maxNewTokens: 10, edits });
    // Generation ends at the end token; the loop above does not know it.
    assert.ok(ids.length === 10 || ids.at(-1) === model.tokenizer.eosId);
    assert.deepEqual(ids, await greedyByFullForward(PROMPT, ids.length, edits));
  });
}

test('position -1 is the last token of the prompt, in every step', async () => {
  const [fromEnd, absolute] = [-1, lastPosition].map((positions) => [edit.zero('blocks.1.hook_mlp_out', { positions })]);
  const { ids } = await model.generateText(PROMPT, { maxNewTokens: 10, edits: fromEnd! });
  assert.deepEqual(ids, await greedyByFullForward(PROMPT, ids.length, absolute!));
});

test('an edit of the new tokens only leaves the prompt alone', async () => {
  const edits = [edit.add(hook, vector, { scale: 40, steps: 'generation' })];
  const base = await model.generateText(PROMPT, { maxNewTokens: 8 });
  const steered = await model.generateText(PROMPT, { maxNewTokens: 8, edits });
  assert.equal(steered.ids[0], base.ids[0], 'the first new token is read from the prompt');
  assert.notDeepEqual(steered.ids, base.ids);
});

test('an edit with strength 0 and an edit that selects nothing change nothing', async () => {
  const base = await model.generateText(PROMPT, { maxNewTokens: 8 });
  const idle = [edit.add(hook, vector, { scale: 0 }), edit.zero(hook, { positions: 200 })];
  assert.deepEqual((await model.generateText(PROMPT, { maxNewTokens: 8, edits: idle })).ids, base.ids);
});

test('a function does what the same edit does, step by step', async () => {
  const edits = [edit.add(hook, vector, { scale: 5 })];
  const steps: number[] = [];
  const hooks: HookFunctions = {
    [hook]: async (activation, { step, past, ids }) => {
      steps.push(step);
      assert.equal(past + activation.length('pos'), ids[0]!.length);
      await Promise.resolve();
      return activation.map((value, index) => value + 5 * vector[index % dModel]!);
    },
  };
  const byFunction = await model.generateText(PROMPT, { maxNewTokens: 8, hooks });
  assert.deepEqual(byFunction.ids, (await model.generateText(PROMPT, { maxNewTokens: 8, edits })).ids);
  assert.deepEqual(steps, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('capture keeps every step: the prompt first, then one position each', async () => {
  const all: Float32Array[] = [];
  let step = 0;
  for await (const { cache } of model.generate(PROMPT, {
    maxNewTokens: 6,
    capture: ['resid_post', 'pattern'],
    edits: [edit.scale(hook, 1.1)],
  })) {
    const resid = cache!.get('resid_post', nLayer - 1);
    if (step > 0) assert.equal(resid.length('pos'), 1);
    assert.equal(cache!.get('pattern', 0).length('key'), all.length + resid.length('pos'));
    for (let position = 0; position < resid.length('pos'); position++) all.push(resid.select('batch', 0).select('pos', position).data);
    step++;
  }
  const { ids, promptIds } = await model.generateText(PROMPT, { maxNewTokens: 6, edits: [edit.scale(hook, 1.1)] });
  const whole = await model.runWithCache([...promptIds, ...ids.slice(0, -1)], { names: 'resid_post', edits: [edit.scale(hook, 1.1)] });
  const expected = whole.cache.get('resid_post', nLayer - 1).data;
  const actual = Float32Array.from(all.flatMap((row) => [...row]));
  const difference = largestDifference(actual, expected);
  console.log(`captured steps against one pass: largest difference ${difference.toExponential(1)}`);
  assert.ok(difference < 1e-4);
});

test('sampling draws the same tokens from the same seed and others from another', async () => {
  const options: GenerateOptions = { maxNewTokens: 14, temperature: 1, topK: 40, topP: 0.95 };
  const one = await model.generateText(PROMPT, { ...options, seed: 3 });
  assert.deepEqual((await model.generateText(PROMPT, { ...options, seed: 3 })).ids, one.ids);
  const others = await Promise.all([4, 5, 6].map((seed) => model.generateText(PROMPT, { ...options, seed })));
  assert.ok(others.some(({ ids }) => ids.join() !== one.ids.join()));
  assert.deepEqual(
    (await model.generateText(PROMPT, { maxNewTokens: 14, temperature: 0 })).ids,
    (await model.generateText(PROMPT, { maxNewTokens: 14 })).ids,
  );
  assert.deepEqual(
    (await model.generateText(PROMPT, { maxNewTokens: 14, topK: 1, seed: 9 })).ids,
    (await model.generateText(PROMPT, { maxNewTokens: 14 })).ids,
  );
});

test('two generations at once do not disturb each other', async () => {
  const edits = [edit.add(hook, vector, { scale: 4 })];
  const [base, steered] = [
    await model.generateText(PROMPT, { maxNewTokens: 10 }),
    await model.generateText(PROMPT, { maxNewTokens: 10, edits }),
  ];
  const together = await Promise.all([
    model.generateText(PROMPT, { maxNewTokens: 10 }),
    model.generateText(PROMPT, { maxNewTokens: 10, edits }),
  ]);
  assert.deepEqual(
    together.map(({ ids }) => ids),
    [base.ids, steered.ids],
  );
});

test('a generation cancelled half-way ends, by signal and by leaving the loop, and the model goes on', async () => {
  const controller = new AbortController();
  let seen = 0;
  await assert.rejects(
    async () => {
      for await (const step of model.generate(PROMPT, { maxNewTokens: 40, signal: controller.signal })) {
        seen = step.step;
        if (step.step === 3) controller.abort();
      }
    },
    (error: unknown) => error instanceof VitrineError && error.code === 'aborted',
  );
  assert.ok(seen < 39);
  for await (const { step } of model.generate(PROMPT, { maxNewTokens: 40 })) if (step === 2) break;
  assert.equal((await model.generateText(PROMPT, { maxNewTokens: 4 })).ids.length, 4);
});

test('it stops at a text, at an end token, and where the context is full', async () => {
  const base = await model.generateText(PROMPT, { maxNewTokens: 20 });
  const stop = model.tokenizer.decode([base.ids[5]!]);
  const stopped = await model.generateText(PROMPT, { maxNewTokens: 20, stop: [stop] });
  assert.ok(stopped.text.includes(stop) && stopped.ids.length <= 6);
  const ended = await model.generateText(PROMPT, { maxNewTokens: 20, eosTokenId: base.ids[3]! });
  assert.ok(ended.ids.length <= 4);
  const long = new Array<number>(250).fill(5);
  assert.equal((await model.generateText(long, { maxNewTokens: 20, settings: { min_new_tokens: 6 } })).ids.length, 6);
});

test('repetition penalty and beams reach transformers.js', async () => {
  const base = await model.generateText(PROMPT, { maxNewTokens: 20 });
  const penalised = await model.generateText(PROMPT, { maxNewTokens: 20, repetitionPenalty: 3 });
  assert.ok(new Set(penalised.ids).size >= new Set(base.ids).size);
  const beams = await model.generateText(PROMPT, { maxNewTokens: 6, numBeams: 2 });
  assert.ok(beams.ids.length > 0 && beams.ids.length <= 6);
});

test('a pipeline of transformers.js runs under edits', async () => {
  const edits = [edit.add(hook, vector, { scale: 5 })];
  const hooked = await model.toTransformers({ edits });
  const Pipeline = transformers.TextGenerationPipeline as unknown as new (
    parts: object,
  ) => (text: string, options: object) => Promise<{ generated_text: string }[]>;
  const pipeline = new Pipeline({ task: 'text-generation', model: hooked, tokenizer: model.tokenizer.library });
  const [{ generated_text: written }] = (await pipeline(PROMPT, { max_new_tokens: 8, do_sample: false, return_full_text: false })) as [
    { generated_text: string },
  ];
  const expected = await model.generateText(PROMPT, { maxNewTokens: 8, edits });
  assert.equal(written.trim(), expected.text.trim());
});

test('a pipeline that is asked several times takes every prompt as a new one', async () => {
  const edits = [edit.add(hook, vector, { scale: 20, positions: -1 })];
  const generator = new transformers.TextGenerationPipeline({
    task: 'text-generation',
    model: (await model.toTransformers({ edits })) as never,
    tokenizer: model.tokenizer.library as never,
  });
  for (const prompt of [PROMPT, `${PROMPT} of the north wind and the sea`, '<|endoftext|>Rose', `<|endoftext|>Rose was`]) {
    const options = { max_new_tokens: 5, do_sample: false, return_full_text: false };
    const [{ generated_text: written }] = (await generator(prompt, options as never)) as unknown as [{ generated_text: string }];
    const expected = await model.generateText(prompt, { maxNewTokens: 5, edits });
    assert.equal(written.trim(), expected.text.trim(), prompt);
  }
});

test('classifiers of texts and of images run under edits in transformers.js', skipWithoutShared('fixtures', 'vit-v3'), async () => {
  const pixels = Float32Array.from({ length: 3 * 32 * 32 }, (_, index) => Math.sin(index));
  const ids = [3, 1, 4, 1, 5];
  const longs = (values: readonly number[]): transformers.Tensor =>
    new transformers.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const cases = [
    [
      'vit-v3',
      { pixel_values: new transformers.Tensor('float32', pixels, [1, 3, 32, 32]) },
      { pixel_values: new Tensor(pixels, [1, 3, 32, 32], ['batch', 'channel', 'row', 'column']) },
    ],
    ['distilbert-v2', { input_ids: longs(ids), attention_mask: longs(ids.map(() => 1)) }, ids],
  ] as const;
  for (const [name, feeds, input] of cases) {
    const classifier = await HookedModel.fromPretrained(sharedPath('fixtures', name), { device: 'cpu' });
    const edits = [edit.scale('blocks.0.hook_attn_out', 3, { positions: [0, -1] })];
    const hooked = (await classifier.toTransformers({ edits })) as unknown as (
      feeds: object,
    ) => Promise<{ logits: { data: Float32Array } }>;
    const [plain, own] = [await classifier.run(input), await classifier.run(input, { edits })];
    const { logits } = await hooked(feeds);
    assert.ok(largestDifference(own.logits.data, plain.logits.data) > 1e-4, 'the edit does something');
    const difference = largestDifference(logits.data, own.logits.data);
    console.log(`${name}: transformers.js under an edit against run, ${difference.toExponential(1)} (1e-6)`);
    assert.ok(difference < 1e-6);
    await classifier.dispose();
  }
});

test('changing values makes no session; a new kind of edit makes one', async () => {
  const fresh = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
  await fresh.generateText(PROMPT, { maxNewTokens: 2, edits: [edit.add(hook, vector)] });
  const count = fresh.sessionCount;
  await fresh.generateText(PROMPT, { maxNewTokens: 2, edits: [edit.add(hook, vector, { scale: 9, positions: 1 })] });
  assert.equal(fresh.sessionCount, count);
  await fresh.run(PROMPT, { hooks: { 'blocks.1.attn.hook_z': () => undefined } });
  const split = fresh.sessionCount;
  await fresh.run(PROMPT, { hooks: { 'blocks.1.attn.hook_z': (z) => z.map((value) => value * 2) } });
  assert.equal(fresh.sessionCount, split);
  await fresh.dispose();
});

test('wrong edits, hooks and settings say what to do and leave the model usable', async () => {
  const refuses = async (work: () => unknown, code: string, text: RegExp): Promise<void> => {
    await assert.rejects(
      async () => work(),
      (error: unknown) => {
        assert.ok(error instanceof VitrineError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, text);
        return true;
      },
    );
  };
  await refuses(() => model.run(PROMPT, { edits: [edit.zero('blocks.0.attn.hook_zz')] }), 'unknown-hook', /hook_z/);
  await refuses(() => model.run(PROMPT, { edits: [edit.zero('blocks.0.attn.hook_z', { heads: 8 })] }), 'invalid-option', /0 to 7/);
  await refuses(() => model.run(PROMPT, { edits: [edit.zero(hook, { heads: 0 })] }), 'invalid-option', /has none/);
  await refuses(() => model.run(PROMPT, { edits: [edit.add(hook, new Float32Array(3))] }), 'invalid-input', /128/);
  await refuses(() => model.run(PROMPT, { edits: [edit.project(hook, new Float32Array(3).fill(1))] }), 'invalid-input', /128 values/);
  await refuses(() => edit.project(hook, new Float32Array(dModel)), 'invalid-input', /zero/);
  await refuses(() => model.run(PROMPT, { edits: [edit.zero('blocks.1.ln1.hook_scale')] }), 'not-editable', /can be read but not changed/);
  const short = await model.runWithCache('<|endoftext|>The', { names: hook });
  await refuses(() => model.run(PROMPT, { edits: [edit.patch(hook, short.cache)] }), 'invalid-input', /same number of tokens/);
  const hooks = (run: HookFunctions[string]): { hooks: HookFunctions } => ({ hooks: { [hook]: run } });
  await refuses(
    () =>
      model.run(
        PROMPT,
        hooks(() => {
          throw new Error('oh');
        }),
      ),
    'hook-failed',
    /hook_resid_pre threw: oh/,
  );
  await refuses(
    () =>
      model.run(
        PROMPT,
        hooks((x) => x.select('batch', 0)),
      ),
    'hook-failed',
    /must return the shape/,
  );
  await refuses(
    () =>
      model.run(
        PROMPT,
        hooks((x) => x.map(() => NaN)),
      ),
    'hook-failed',
    /NaN/,
  );
  await refuses(() => model.generateText(PROMPT, { temperature: -1 }), 'invalid-option', /temperature/);
  await refuses(() => model.generateText(PROMPT, { topP: 0 }), 'invalid-option', /topP/);
  await refuses(() => model.generateText(PROMPT, { minP: 2 }), 'invalid-option', /minP must be from 0 to 1; got 2/);
  await refuses(() => model.generateText(PROMPT, { maxNewTokens: 0 }), 'invalid-option', /maxNewTokens/);
  await refuses(() => model.generateText([]), 'empty-input', /no prompt/);
  await refuses(() => model.generateText(new Array<number>(256).fill(5)), 'input-too-long', /fills the context/);
  await refuses(
    () =>
      model.generateText(
        PROMPT,
        hooks(() => {
          throw new Error('late');
        }),
      ),
    'hook-failed',
    /late/,
  );
  assert.equal((await model.run(PROMPT)).logits.dims[0], 1);
});

test('side by side: the base is the base, the edited is the edited, from one seed', async () => {
  const edits = [edit.add(hook, vector, { scale: 5 })];
  const options = { maxNewTokens: 8, temperature: 1, seed: 11 };
  const ids: Record<'base' | 'edited', number[]> = { base: [], edited: [] };
  for await (const { side, id } of generateSideBySide(model, PROMPT, { ...options, edits })) ids[side].push(id);
  assert.deepEqual(ids.base, (await model.generateText(PROMPT, options)).ids);
  assert.deepEqual(ids.edited, (await model.generateText(PROMPT, { ...options, edits })).ids);
});

test('a chat is written in the model’s own template, or the error says that it has none', async () => {
  await assert.rejects(
    async () => model.generateText([{ role: 'user', content: 'Hello' }], { maxNewTokens: 2 }),
    (error: unknown) => error instanceof VitrineError && error.code === 'unsupported-model' && /chat template/.test(error.message),
  );
});

test('steps tell how probable their token was, and the likeliest ones, as a full forward does', async () => {
  const edits = [edit.add(`blocks.1.hook_resid_post`, vector, { scale: 0.5 })];
  for (const options of [{}, { temperature: 0.9, topK: 40, seed: 5 }] as GenerateOptions[]) {
    const ids = (await model.tokenize(PROMPT)).map((token) => token.id);
    let largest = 0;
    for await (const { id, probability, candidates } of model.generate(PROMPT, { ...options, edits, maxNewTokens: 8, candidates: 3 })) {
      const { logits } = await model.run(ids, { edits });
      const row = logits.select('batch', 0).select('pos', -1).data;
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      largest = Math.max(largest, Math.abs(probability! - Math.exp(row[id]!) / sum));
      assert.deepEqual(
        candidates!.map((candidate) => candidate.id),
        model.topTokens(logits, 3).map((token) => token.id),
      );
      ids.push(id);
    }
    console.log(`probabilities of steps against full forwards: ${largest.toExponential(1)}`);
    assert.ok(largest < 1e-5);
  }
  for await (const { candidates } of model.generate(PROMPT, { maxNewTokens: 1, candidates: 0 })) assert.deepEqual(candidates, []);
  for await (const step of model.generate(PROMPT, { maxNewTokens: 1 })) assert.equal('probability' in step, false);
  const wrong = (): Promise<unknown> => model.generateText(PROMPT, { candidates: -1 });
  await assert.rejects(wrong, (error: VitrineError) => error.code === 'invalid-option' && /candidates.*got -1/.test(error.message));
});
