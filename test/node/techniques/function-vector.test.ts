// SPDX-License-Identifier: MIT
/** Function vectors: prompts as promised, effects equal to patching one head at a time, the vector equal to a sum by hand, and what it does. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  edit,
  evaluateFunctionVector,
  functionVector,
  HookedModel,
  strongestHeads,
  Tensor,
  VitrineError,
  type Edit,
  type FunctionVector,
  type FunctionVectorOptions,
} from '../../../src/core/index.js';
import { PromptWriter, samplePrompts } from '../../../src/core/techniques/function-vectors/few-shot.js';
import { headEffects } from '../../../src/core/techniques/function-vectors/head-effects.js';
import { largestDifference } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { TASKS } from './storyteller-tasks.js';

const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
const { nLayer, nHead, dModel, dHead } = model.hooks.architecture;
after(() => model.dispose());

/**
 * Prose before the word, so that without examples the storyteller goes on telling: at the start of a text it takes one word and a colon for
 * a list already, and answers. Chosen among a handful of such beginnings; the vectors help behind most of them, here the most.
 */
const CONTEXT = 'She looked at the';
const OPTIONS: FunctionVectorOptions = { prependBos: true, corrupted: 'no-examples', nShots: 5, topHeads: 5, layer: 0, heldOut: 0.5 };
const found = new Map<string, FunctionVector>();
for (const [name, pairs] of Object.entries(TASKS)) found.set(name, await functionVector(model, { pairs, context: CONTEXT }, OPTIONS));
const capitals = found.get('capitals')!;

test('prompts show examples and ask; corrupted ones hide the rule and ask the same', async () => {
  const writer = new PromptWriter(model, { pairs: TASKS.plurals, context: CONTEXT }, { prependBos: true });
  const sizes = { nShots: 4, nPrompts: 20, seed: 7 };
  const { clean, corrupted } = await samplePrompts(writer, writer.pairs, { ...sizes, corruption: 'shuffled-labels' });
  const without = await samplePrompts(writer, writer.pairs, { ...sizes, corruption: 'no-examples' });
  for (const [index, { text, ids, pair, answer }] of clean.entries()) {
    assert.match(text, /^( \w+: \w+\n){4} \w+:$/);
    assert.equal(ids[0], model.tokenizer.bosId);
    assert.equal(model.tokenText(answer), ` ${pair[1]}`);
    const [shown, moved] = [text, corrupted[index]!.text].map((prompt) => prompt.split('\n').map((line) => line.trim().split(': ')));
    for (const [line, [input, output]] of shown!.slice(0, 4).entries()) {
      assert.ok(TASKS.plurals.some(([one, other]) => one === input && other === output) && input !== pair[0]);
      assert.equal(moved![line]![0], input);
      assert.notEqual(moved![line]![1], output);
    }
    assert.deepEqual(
      moved!
        .slice(0, 4)
        .map(([, output]) => output)
        .sort(),
      shown!
        .slice(0, 4)
        .map(([, output]) => output)
        .sort(),
    );
    assert.equal(corrupted[index]!.answer, answer);
    assert.equal(without.corrupted[index]!.text, `${CONTEXT} ${pair[0]}:`);
    assert.equal(without.clean[index]!.text, text);
  }
  const other = await samplePrompts(writer, writer.pairs, { ...sizes, seed: 8, corruption: 'shuffled-labels' });
  assert.notDeepEqual(other.clean, clean);
});

test('effects in shared rows from the middle of the model equal patching one head of one prompt at a time', async () => {
  const pairs: [string, string][] = [...TASKS.past.slice(0, 6), ['be unhappy and lonely', 'was'], ['remember', 'remembered']];
  const writer = new PromptWriter(model, { pairs }, { prependBos: true });
  const { corrupted } = await samplePrompts(writer, writer.pairs, { nShots: 3, nPrompts: 3, seed: 2, corruption: 'shuffled-labels' });
  assert.ok(new Set(corrupted.map(({ ids }) => ids.length)).size > 1, 'prompts of unequal length');
  const random = (layer: number): Tensor =>
    new Tensor(
      Float32Array.from({ length: nHead * dHead }, (_, index) => Math.sin(index * 2.3 + layer)),
      [nHead, dHead],
      ['head', 'd_head'],
    );
  const means = Array.from({ length: nLayer }, (_, layer) => random(layer));
  const probability = async (prompt: (typeof corrupted)[number], layer?: number, head?: number): Promise<number> => {
    const edits =
      layer === undefined
        ? []
        : [edit.patch(`blocks.${layer}.attn.hook_z`, means[layer]!.select('head', head!), { heads: head!, positions: -1 })];
    const { logits } = await model.run([prompt.ids], { edits });
    const row = logits.select('batch', 0).select('pos', -1).data;
    return Math.exp(row[prompt.answer]!) / row.reduce((sum, value) => sum + Math.exp(value), 0);
  };
  const expected: number[] = [];
  for (const prompt of corrupted) {
    const base = await probability(prompt);
    for (let layer = 0; layer < nLayer; layer++)
      for (let head = 0; head < nHead; head++) expected.push((await probability(prompt, layer, head)) - base);
  }
  for (const options of [{ batchSize: 1 }, { batchSize: 7 }, { batchSize: 64 }, { batchSize: 64, paddingSide: 'left' as const }]) {
    const effects = await headEffects(model, corrupted, means, options);
    assert.deepEqual([...effects.dims], [3, nLayer, nHead]);
    const difference = largestDifference(effects.data, Float32Array.from(expected));
    console.log(`${JSON.stringify(options)}: effects against single runs ${difference.toExponential(1)} (1e-5)`);
    assert.ok(difference < 1e-5);
  }
  assert.ok(
    expected.some((effect) => Math.abs(effect) > 1e-3),
    'and there is something to compare',
  );
});

test('the vector is the sum of the chosen heads’ mean outputs, and adding it is adding them', async () => {
  const { vector, heads, hook, meanOutputs, pairs } = capitals;
  assert.equal(hook, 'blocks.0.hook_resid_post');
  assert.deepEqual([...meanOutputs.dims], [nLayer, nHead, dModel]);
  assert.deepEqual(heads, strongestHeads(capitals.effects!, 5));
  // The same prompts again, and hook_result of each at its last token.
  const writer = new PromptWriter(model, { pairs: TASKS.capitals }, { prependBos: true });
  const { clean } = await samplePrompts(writer, pairs.train, { nShots: 5, nPrompts: 25, seed: 0, corruption: 'no-examples' });
  const sum = new Float64Array(dModel);
  const means = heads.map(() => new Float64Array(dModel));
  for (const { ids } of clean) {
    const { cache } = await model.runWithCache([ids], { names: 'blocks.*.attn.hook_result', logits: false });
    heads.forEach(({ layer, head }, index) => {
      const output = cache.get('result', layer).select('batch', 0).select('pos', -1).select('head', head).data;
      output.forEach((value, column) => {
        sum[column] = sum[column]! + value / clean.length;
        means[index]![column] = means[index]![column]! + value / clean.length;
      });
    });
  }
  const difference = Math.max(...sum.map((value, column) => Math.abs(value - vector.data[column]!)));
  console.log(`vector against the mean of hook_result, prompt by prompt: ${difference.toExponential(1)} (1e-5)`);
  assert.ok(difference < 1e-5);
  const prompt = `<|endoftext|>${CONTEXT} France:`;
  const at = { positions: -1 };
  const once = await model.run(prompt, { edits: [edit.add(hook, vector, at)] });
  const apart = await model.run(prompt, { edits: means.map((mean) => edit.add(hook, Float32Array.from(mean), at)) });
  const plain = await model.run(prompt);
  assert.ok(largestDifference(once.logits.data, apart.logits.data) < 1e-4);
  assert.ok(largestDifference(once.logits.data, plain.logits.data) > 0.1);
});

test('the seed decides everything, and nothing else does', async () => {
  const task = { pairs: TASKS.capitals, context: CONTEXT };
  const again = await functionVector(model, task, { ...OPTIONS, batchSize: 32 });
  assert.deepEqual(again.vector, capitals.vector);
  assert.deepEqual(again.evaluation, capitals.evaluation);
  const other = await functionVector(model, task, { ...OPTIONS, seed: 1 });
  assert.notDeepEqual(other.pairs, capitals.pairs);
  assert.notDeepEqual(other.vector, capitals.vector);
  const asObject = await functionVector(model, { ...task, pairs: Object.fromEntries(TASKS.capitals) }, OPTIONS);
  assert.deepEqual(asObject.vector, capitals.vector);
});

test('given heads are summed without a search; heads of several tasks can be chosen together', async () => {
  const [one, two] = [found.get('past')!, capitals];
  const shared = strongestHeads([one.effects!, two.effects!], 3);
  const mean = ({ effects }: FunctionVector, layer: number, head: number): number => {
    const own = Array.from({ length: effects!.dims[0]! }, (_, prompt) => effects!.at(prompt, layer, head));
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  for (const { layer, head, effect } of shared) assert.ok(Math.abs(effect - (mean(one, layer, head) + mean(two, layer, head)) / 2) < 1e-6);
  const given = await functionVector(
    model,
    { pairs: TASKS.capitals, context: CONTEXT },
    { ...OPTIONS, heads: shared, nPrompts: 25, at: 'resid_pre', layer: 1 },
  );
  assert.equal(given.effects, undefined);
  assert.equal(given.hook, 'blocks.1.hook_resid_pre');
  const expected = new Float32Array(dModel);
  for (const { layer, head } of shared)
    capitals.meanOutputs
      .select('layer', layer)
      .select('head', head)
      .data.forEach((value, column) => (expected[column]! += value));
  assert.ok(largestDifference(given.vector.data, expected) < 1e-5);
});

test('zero-shot, a function vector of the storyteller does its task better than chance', async () => {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  let best = -Infinity;
  for (const [name, { evaluation: e, fewShot, heads }] of found) {
    console.log(
      `${name}: ${percent(fewShot.accuracy)} with examples; without, of ${e.count} held-out words behind "${CONTEXT}": ${percent(e.zeroShot.accuracy)} plain, ` +
        `${percent(e.withRandom.accuracy)} with a random vector, ${percent(e.withVector.accuracy)} (± ${percent(e.standardError)}) with its own, chance ` +
        `${percent(e.chance)}; heads ${heads.map(({ layer, head, effect }) => `${layer}.${head} (${effect.toFixed(3)})`).join(' ')}`,
    );
    assert.ok(fewShot.accuracy > 0.8, 'with examples, the task is done');
    best = Math.max(best, e.withVector.accuracy - 2 * e.standardError - Math.max(e.chance, e.zeroShot.accuracy, e.withRandom.accuracy));
  }
  for (const [name, vector] of found) {
    const across: string[] = [];
    for (const [other, pairs] of Object.entries(TASKS)) {
      const { withVector } = await evaluateFunctionVector(model, vector, { pairs, context: CONTEXT }, { prependBos: true });
      across.push(`${other} ${percent(withVector.accuracy)}`);
    }
    console.log(`the vector of ${name} on all words: ${across.join(', ')}`);
  }
  assert.ok(best > 0, 'two standard errors above chance, the plain model and a random vector, on one task');
});

test('under shuffled labels the storyteller knows its pairs by heart, so no head has much of an effect', async () => {
  const { corrupted, heads } = await functionVector(model, { pairs: TASKS.capitals }, { nShots: 5, nPrompts: 10, prependBos: true });
  console.log(`shuffled labels: ${Math.round(100 * corrupted.accuracy)} % right, largest effect ${heads[0]!.effect.toFixed(4)}`);
  assert.equal(heads.length, 10);
  const room = 1 - corrupted.probability;
  assert.ok(heads[0]!.effect <= room + 1e-6, 'an effect cannot exceed what is missing to certainty');
});

test(
  'rotary positions, fewer key heads and another tokenizer: the same effects as one patch at a time',
  skipWithoutShared('fixtures', 'stories260K-v3'),
  async () => {
    const llama = await HookedModel.fromPretrained(sharedPath('fixtures', 'stories260K-v3'), { device: 'cpu' });
    const writer = new PromptWriter(llama, { pairs: TASKS.antonyms });
    const [prompt] = (await samplePrompts(writer, writer.pairs, { nShots: 3, nPrompts: 1, seed: 3, corruption: 'shuffled-labels' }))
      .corrupted;
    const { nLayer: layers, nHead: heads, dHead: width } = llama.hooks.architecture;
    const mean = new Tensor(
      Float32Array.from({ length: heads * width }, (_, index) => Math.cos(index)),
      [heads, width],
      ['head', 'd_head'],
    );
    const effects = await headEffects(llama, [prompt!], new Array<Tensor>(layers).fill(mean), { batchSize: 3 });
    const probability = async (edits: Edit[]): Promise<number> => {
      const row = (await llama.run([prompt!.ids], { edits })).logits.select('batch', 0).select('pos', -1).data;
      return Math.exp(row[prompt!.answer]!) / row.reduce((sum, value) => sum + Math.exp(value), 0);
    };
    const base = await probability([]);
    let worst = 0;
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        const patched = edit.patch(`blocks.${layer}.attn.hook_z`, mean.select('head', head), { heads: head, positions: -1 });
        worst = Math.max(worst, Math.abs((await probability([patched])) - base - effects.at(0, layer, head)));
      }
    }
    console.log(
      `stories260K: effects against single runs ${worst.toExponential(1)} (1e-6), largest effect ${Math.max(...effects.data).toExponential(1)}`,
    );
    assert.ok(worst < 1e-6 && effects.data.some((effect) => Math.abs(effect) > 1e-4));
    await llama.dispose();
  },
);

test('the examples of the documentation run', async () => {
  const pairs = { hot: 'cold', up: 'down', big: 'small', day: 'night', rich: 'poor', old: 'young' };
  const antonyms = await functionVector(model, { pairs }, { nPrompts: 3 });
  assert.equal(antonyms.evaluation.count, 2);
  await model.run(' rich:', { edits: [edit.add(antonyms.hook, antonyms.vector, { positions: -1 })] });
  const across = await evaluateFunctionVector(model, antonyms, { pairs: { cat: 'cats', dog: 'dogs' } });
  assert.equal(across.chance, 0.5);
  const heads = strongestHeads(
    [antonyms, capitals].map(({ effects }) => effects!),
    10,
  );
  assert.equal((await functionVector(model, { pairs: TASKS.plurals }, { heads, nPrompts: 2 })).heads.length, 10);
});

test('wrong input is refused with what to do, a cancelled search leaves the model usable', async () => {
  const task = { pairs: TASKS.capitals };
  const rejects = (message: RegExp, code: string, given: object, options: object = {}): Promise<void> =>
    assert.rejects(
      functionVector(model, { ...task, ...given }, { nPrompts: 2, ...options }),
      (error) => error instanceof VitrineError && error.code === code && message.test(error.message),
    );
  await rejects(/at least two pairs of input and output.*got 0/, 'invalid-input', { pairs: [] });
  await rejects(/pair 1 is \["b",""\]/, 'invalid-input', {
    pairs: [
      ['a', 'x'],
      ['b', ''],
    ],
  });
  await rejects(/at least three pairs to learn from/, 'invalid-input', { pairs: TASKS.past.slice(0, 4) });
  await rejects(/must hold \{input\} once and then \{output\}/, 'invalid-option', { template: '{output} {input}' });
  await rejects(/does not keep .* apart from its answer/, 'invalid-input', {
    template: ' {input}{output}\n',
    pairs: [
      ['ha', 'nd'],
      ['ki', 'ng'],
      ['sta', 'r'],
      ['boo', 'k'],
      ['tre', 'e'],
    ],
  });
  await rejects(/nShots must be a whole number from 2 to 14/, 'invalid-option', {}, { nShots: 15 });
  await rejects(/nPrompts must be/, 'invalid-option', {}, { nPrompts: 0 });
  await rejects(/topHeads must be a whole number from 1 to 32/, 'invalid-option', {}, { topHeads: 33 });
  await rejects(/heldOut must be a share/, 'invalid-option', {}, { heldOut: 0 });
  await rejects(/corrupted must be "shuffled-labels"/, 'invalid-option', {}, { corrupted: 'noise' });
  await rejects(/at must be "resid_pre"/, 'invalid-option', {}, { at: 'mlp' });
  await rejects(/layer must be a whole number/, 'invalid-option', {}, { layer: 4 });
  await rejects(/batchSize must be/, 'invalid-option', {}, { batchSize: 0 });
  await rejects(/at least one head/, 'invalid-option', {}, { heads: [] });
  await rejects(/head of `heads` must be/, 'invalid-option', {}, { heads: [{ layer: 0, head: 8 }] });
  const long = { vector: new Tensor(new Float32Array(3), [3], ['d_model']), hook: 'blocks.0.hook_resid_post' };
  await assert.rejects(evaluateFunctionVector(model, long, task), /has 128 values; got 3/);
  assert.throws(() => strongestHeads([], 3), /got none/);
  const controller = new AbortController();
  const stopped = functionVector(model, task, { nPrompts: 4, signal: controller.signal, onProgress: () => controller.abort() });
  await assert.rejects(stopped, (error) => error instanceof VitrineError && error.code === 'aborted');
  assert.ok((await model.run('a b')).logits.data.every(Number.isFinite));
});
