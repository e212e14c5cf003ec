// SPDX-License-Identifier: MIT
/** Steering vectors on the embedded model: identities that hold for any weights, and what its moods do. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { edit, HookedModel, SteeringVector, Tensor, type Edit, type PromptPair, type SteeringMethod } from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { continuations, NAMES, openStoryteller, refuses, story } from './storyteller.js';

const model = await openStoryteller();
const { nLayer, dModel } = model.hooks.architecture;
after(() => model.dispose());

/** Ten names to find the direction with; all forty are steered. */
const PAIRS: PromptPair[] = NAMES.slice(0, 10).flatMap((name) =>
  [
    ['happy', 'sad'],
    ['glad', 'sorry'],
  ].flatMap(([good, bad]): PromptPair[] => [
    [story(`${name} was very ${good}, for`), story(`${name} was very ${bad}, for`)],
    [story(`${name} felt ${good} that day.`), story(`${name} felt ${bad} that day.`)],
  ]),
);
const PROMPT = story('Lily was very sad, for');
const logitsUnder = async (edits: Edit[]): Promise<Float32Array> => (await model.run(PROMPT, { edits })).logits.data;
const mood = await SteeringVector.train(model, PAIRS);
const GOOD = /bright|friend had come|lovely|wonderful|all was well|smil|laugh|danc|merry|joy/;
const BAD = /dark|had gone|broken|burnt|was lost|cried|wept|sigh|tears|sobbed|hung down|sorrow/;

/** Which mood a continuation shows first. */
function moodOf(text: string): 'good' | 'bad' | 'neither' {
  const [good, bad] = [text.search(GOOD), text.search(BAD)];
  if (good < 0 && bad < 0) return 'neither';
  return bad < 0 || (good >= 0 && good < bad) ? 'good' : 'bad';
}

async function moods(feeling: string, edits: Edit[] = []): Promise<Record<'good' | 'bad' | 'neither', number>> {
  const texts = await continuations(
    model,
    NAMES.map((name) => story(`${name} was very ${feeling}, for`)),
    10,
    { edits },
  );
  const count = { good: 0, bad: 0, neither: 0 };
  for (const text of texts) count[moodOf(text)]++;
  return count;
}

test('a mean difference is the difference of the means at the last token, by layer', async () => {
  assert.deepEqual(
    mood.layers,
    Array.from({ length: nLayer - 1 }, (_, index) => index + 1),
  );
  assert.deepEqual([mood.place, mood.method, mood.width, mood.model], ['resid_post', 'mean-difference', dModel, model.info.name]);
  const sum = new Float64Array(dModel);
  for (const [index, text] of PAIRS.flat().entries()) {
    const { cache } = await model.runWithCache(text as string, { names: 'resid_post', logits: false });
    cache
      .get('resid_post', 2)
      .select('batch', 0)
      .select('pos', -1)
      .data.forEach((value, at) => (sum[at] = sum[at]! + (index % 2 ? -value : value) / PAIRS.length));
  }
  const difference = largestDifference(mood.direction(2).data, sum);
  console.log(`mean difference in batches against prompts alone: ${difference.toExponential(1)}`);
  assert.ok(difference < 1e-5);
});

test('coefficient 0 is the base, v * 20 is coefficient 20, v - v is the base, for every method', async () => {
  const base = await logitsUnder([]);
  for (const method of ['mean-difference', 'pca-diff', 'pca-center', 'pca-uncentered', 'logistic', 'actadd'] as SteeringMethod[]) {
    const vector = await SteeringVector.train(model, method === 'actadd' ? PAIRS.slice(0, 1) : PAIRS, { method, layers: [1, -1] });
    assert.deepEqual(await logitsUnder(vector.edits({ coefficient: 0 })), base);
    assert.deepEqual(await logitsUnder(vector.subtract(vector).edits({ coefficient: 20 })), base);
    const steered = await logitsUnder(vector.edits({ coefficient: 20 }));
    assert.deepEqual(await logitsUnder(vector.scale(20).edits()), steered);
    assert.ok(largestDifference(steered, base) > 1, method);
    if (method !== 'mean-difference' && method !== 'actadd')
      for (const layer of vector.layers) assert.ok(Math.abs(Math.hypot(...vector.direction(layer).data) - 1) < 1e-6);
  }
});

test('algebra: sums and combinations act as their parts together', async () => {
  const other = await SteeringVector.train(model, PAIRS, { method: 'pca-center', layers: [0, 2] });
  const both = await logitsUnder([...mood.edits({ coefficient: 2 }), ...other.edits({ coefficient: -3 })]);
  const combined = SteeringVector.combine([
    [mood, 2],
    [other, -3],
  ]);
  assert.deepEqual(combined.layers, [0, 1, 2, 3]);
  const difference = largestDifference(await logitsUnder(combined.edits()), both);
  console.log(`combined vector against both: ${difference.toExponential(1)}`);
  assert.ok(difference < 1e-3);
  assert.deepEqual([...mood.add(other).direction(0).data], [...other.direction(0).data]);
  const unit = mood.normalize();
  for (const layer of unit.layers) assert.ok(Math.abs(Math.hypot(...unit.direction(layer).data) - 1) < 1e-6);
});

test('ActAdd: the difference at every position, zero at the begin-of-text token, added to the first tokens only', async () => {
  const pair: PromptPair = [story('Mary was very happy, for'), story('Mary was very sad, for')];
  const vector = await SteeringVector.train(model, [pair], { method: 'actadd', layers: [2] });
  const direction = vector.direction(2);
  const length = (await model.tokenize(pair[0] as string)).length;
  assert.deepEqual([direction.axes, direction.dims, vector.place], [['pos', 'd_model'], [length, dModel], 'resid_pre']);
  assert.ok(direction.select('pos', 0).data.every((value) => Math.abs(value) < 1e-6));
  const hook = 'blocks.2.hook_resid_pre';
  const prompt = `${PROMPT} the house was burnt and all was lost`;
  const names = { names: hook, logits: false };
  const [plain, steered] = [
    await model.runWithCache(prompt, names),
    await model.runWithCache(prompt, { ...names, edits: vector.edits({ coefficient: 3 }) }),
  ];
  const expected = plain.cache.get(hook).map((value, index) => value + 3 * (direction.data[index] ?? 0));
  assert.ok(largestDifference(steered.cache.get(hook).data, expected.data) < 1e-5);
  // Negative steered by the pair's own difference is positive.
  const turned = await model.run(pair[1] as string, { edits: vector.edits() });
  assert.ok(largestDifference(turned.logits.data, (await model.run(pair[0] as string)).logits.data) < 1e-4);
});

test('keepNorm turns the stream and leaves its length', async () => {
  const hook = 'blocks.2.hook_resid_post';
  const vector = new SteeringVector({ place: 'resid_post', directions: new Map([[2, mood.direction(2)]]) });
  const plain = (await model.runWithCache(PROMPT, { names: hook })).cache.get(hook);
  const steered = await model.runWithCache(PROMPT, {
    names: hook,
    edits: vector.edits({ coefficient: 8, keepNorm: true, positions: [2, -1] }),
  });
  const last = plain.length('pos') - 1;
  for (let pos = 0; pos <= last; pos++) {
    const [before, after] = [plain, steered.cache.get(hook)].map((tensor) => tensor.select('batch', 0).select('pos', pos).data) as [
      Float32Array,
      Float32Array,
    ];
    const expected = before.map((value, index) => value + 8 * mood.direction(2).data[index]!);
    const ratio = Math.hypot(...before) / Math.hypot(...expected);
    const changed = pos === 2 || pos === last;
    assert.ok(largestDifference(after, changed ? expected.map((value) => value * ratio) : before) < 1e-4);
  }
});

test('a happy-sad vector flips the mood of greedy continuations', async () => {
  const [happy, sad] = [await moods('happy'), await moods('sad')];
  const up = await moods('sad', mood.edits({ coefficient: 2 }));
  const down = await moods('happy', mood.edits({ coefficient: -2 }));
  console.log(`of 40 names: "very happy" goes on well for ${happy.good}, "very sad" badly for ${sad.bad}`);
  console.log(
    `with the vector added, "very sad" goes on well for ${up.good} of 40; with it subtracted, "very happy" badly for ${down.bad} of 40`,
  );
  assert.ok(up.good >= 30 && down.bad >= 30);
});

test('projecting the difference of means out makes the means equal, and what follows a mood no longer tells it', async () => {
  const hook = 'blocks.2.hook_resid_post';
  const out = [edit.project(hook, mood.direction(2))];
  const means = await Promise.all(
    [0, 1].map(async (side) => {
      const sum = new Float64Array(dModel);
      for (const pair of PAIRS) {
        const { cache } = await model.runWithCache(pair[side] as string, { names: hook, edits: out, logits: false });
        cache
          .get(hook)
          .select('batch', 0)
          .select('pos', -1)
          .data.forEach((value, index) => (sum[index] = sum[index]! + value / PAIRS.length));
      }
      return sum;
    }),
  );
  const left = largestDifference(means[0]!, means[1]!);
  console.log(
    `means after projecting out: largest difference ${left.toExponential(1)}, before ${Math.max(...mood.direction(2).data.map(Math.abs)).toFixed(2)}`,
  );
  assert.ok(left < 1e-5);

  const everywhere = mood.layers.map((layer) => edit.project(`blocks.${layer}.hook_resid_post`, mood.direction(layer)));
  const [happy, sad] = [await moods('happy', everywhere), await moods('sad', everywhere)];
  const told = ({ good, bad }: typeof happy): string => `well for ${good} and badly for ${bad}`;
  console.log(`projected out of layers ${mood.layers.join(', ')}: of 40, "very happy" goes on ${told(happy)}, "very sad" ${told(sad)}`);
  assert.ok(Math.abs(happy.good - sad.good) <= 20, 'before, the two differed by 40');
});

test('generation is steered in the prompt, in the new tokens, or both', async () => {
  const write = async (edits: Edit[]): Promise<string> => (await model.generateText(PROMPT, { maxNewTokens: 10, edits })).text;
  const base = await write([]);
  assert.equal(await write(mood.edits({ coefficient: 0 })), base);
  assert.equal(moodOf(base), 'bad');
  const whole = await write(mood.edits({ coefficient: 2 }));
  assert.equal(whole, (await continuations(model, [PROMPT], 10, { edits: mood.edits({ coefficient: 2 }) }))[0]);
  console.log(`base "${base}", steered "${whole}"`);
  assert.equal(moodOf(whole), 'good');
  assert.equal(
    await write([...mood.edits({ coefficient: 2, steps: 'prompt' }), ...mood.edits({ coefficient: 2, steps: 'generation' })]),
    whole,
  );
  assert.equal(await write(mood.edits({ coefficient: 2, steps: [40] })), base);
});

test('WebAssembly steers as the native runtime does', async () => {
  const wasm = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
  const trained = await SteeringVector.train(wasm, PAIRS);
  assert.ok(largestDifference(trained.direction(2).data, mood.direction(2).data) < 1e-5);
  for (const options of [{ coefficient: 2 }, { coefficient: 2, keepNorm: true }]) {
    const { logits } = await wasm.run(PROMPT, { edits: mood.edits(options) });
    const difference = largestDifference(logits.data, await logitsUnder(mood.edits(options)));
    console.log(`steered${'keepNorm' in options ? ', keepNorm' : ''}: wasm against native ${difference.toExponential(1)}`);
    assert.ok(difference < 1e-4);
  }
  await wasm.dispose();
});

test('wrong pairs, layers and options say what is right, and the model stays usable', async () => {
  const train =
    (pairs: unknown, options: object = {}) =>
    () =>
      SteeringVector.train(model, pairs as PromptPair[], options);
  await refuses(train([]), 'empty-input', /at least one pair/);
  await refuses(train(['happy', 'sad']), 'invalid-input', /Pair 0 must be \[positive, negative\]/);
  await refuses(train([['happy']]), 'invalid-input', /Pair 0/);
  await refuses(train(PAIRS, { layers: [nLayer] }), 'invalid-option', new RegExp(`from ${-nLayer} to ${nLayer - 1}.*got ${nLayer}`));
  await refuses(train(PAIRS, { layers: [] }), 'invalid-option', /at least one of the 4 blocks/);
  await refuses(train(PAIRS, { method: 'umap' }), 'invalid-option', /method must be one of mean-difference.*"umap"/);
  await refuses(train(PAIRS, { hook: 'mlp_out' }), 'invalid-option', /'resid_pre' or 'resid_post'/);
  await refuses(train(PAIRS, { readPosition: 50 }), 'invalid-option', /readPosition.*got 50/);
  await refuses(train(PAIRS.slice(0, 1), { method: 'pca-diff' }), 'invalid-input', /at least two/);
  await refuses(train(PAIRS.slice(0, 1), { method: 'actadd' }), 'invalid-option', /give layers/);
  await refuses(
    train([[story('Mary was happy'), story('Mary was very sad')]], { method: 'actadd', layers: [1] }),
    'invalid-input',
    /same number of tokens: pair 0 has 4 and 5/,
  );
  await refuses(() => mood.direction(0), 'invalid-option', /layers 1, 2, 3; got 0/);
  await refuses(() => mood.edits({ coefficient: NaN }), 'invalid-option', /coefficient/);
  await refuses(() => mood.scale(Infinity), 'invalid-option', /finite/);
  await refuses(() => SteeringVector.combine([]), 'empty-input', /at least one/);
  const narrow = new SteeringVector({ place: 'resid_post', directions: new Map([[1, new Tensor(new Float32Array(3), [3], ['d_model'])]]) });
  await refuses(() => mood.add(narrow), 'invalid-input', /one width/);
  await refuses(
    () => mood.add(new SteeringVector({ place: 'resid_pre', directions: mood.directions })),
    'invalid-input',
    /resid_post and resid_pre/,
  );
  await refuses(
    () =>
      model
        .run(PROMPT, { edits: narrow.scale(1).edits() })
        .then(() => model.run(PROMPT, { edits: [edit.add('blocks.1.hook_resid_post', Float32Array.of(1, 2, 3))] })),
    'invalid-input',
    /needed/,
  );
  await refuses(() => new SteeringVector({ place: 'resid_post', directions: new Map() }), 'invalid-input', /at least one layer/);
  assert.ok((await logitsUnder(mood.edits())).length > 0);
});
