// SPDX-License-Identifier: MIT
/** The steering figure on the embedded model, against generation with the vector's edits and against plain sums. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  decodeArray,
  readTrace,
  recordFigure,
  storable,
  SteeringVector,
  traceOfVector,
  vectorOfTrace,
  type PromptPair,
  type SteeringFigureOptions,
  type SteeringPart,
  type SteeringTrace,
} from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { NAMES, openStoryteller, refuses, story } from '../techniques/storyteller.js';

const model = await openStoryteller();
const { dModel, nLayer } = model.hooks.architecture;
after(() => model.dispose());

const names = NAMES.slice(0, 6);
const positive = names.flatMap((name) => [`${name} was very happy, for`, `${name} felt glad that day.`]);
const negative = names.flatMap((name) => [`${name} was very sad, for`, `${name} felt sorry that day.`]);
const PAIRS: PromptPair[] = positive.map((text, index) => [story(text), story(negative[index]!)]);
const prompt = 'Lily was very sad, for';
const record = (options: Partial<SteeringFigureOptions> = {}, context = {}): Promise<SteeringTrace> =>
  recordFigure(
    model,
    'steering',
    { prompt, vector: { positive, negative }, layers: [2], strengths: [2], maxNewTokens: 16, prependBos: true, ...options },
    context,
  );
const textOf = (tokens: readonly { text: string }[]): string => tokens.map(({ text }) => text).join('');

describe('the steering figure', () => {
  it('writes what the model writes under the edits of the vector, greedily and by a seed', async () => {
    const vector = await SteeringVector.train(model, PAIRS, { layers: [1, 2] });
    for (const sampling of [{ temperature: 0 }, { temperature: 0.8, seed: 3 }]) {
      const trace = await record({ layers: [1, 2], strengths: [2, -2], ...sampling });
      assert.deepEqual(
        trace.steered.map(({ strength }) => strength),
        [-2, 2],
      );
      const options = { maxNewTokens: 16, ...(sampling.temperature ? sampling : {}) };
      assert.equal(textOf(trace.base), (await model.generateText(story(prompt), options)).text);
      for (const { strength, tokens } of trace.steered) {
        const { text, ids } = await model.generateText(story(prompt), { ...options, edits: vector.edits({ coefficient: strength }) });
        assert.equal(textOf(tokens), text);
        assert.deepEqual(
          tokens.map(({ id }) => id),
          ids,
        );
      }
    }
  });

  it('keeps the length of activations where asked', async () => {
    const vector = await SteeringVector.train(model, PAIRS, { layers: [2] });
    const [text] = (await record({ strengths: [4], keepNorm: true })).steered;
    const edits = vector.edits({ coefficient: 4, keepNorm: true });
    assert.equal(textOf(text!.tokens), (await model.generateText(story(prompt), { edits, maxNewTokens: 16 })).text);
  });

  it('is the base text at strength 0, with the same probabilities on both sides', async () => {
    const { base, steered } = await record({ strengths: [0] });
    assert.deepEqual(steered[0]!.tokens, base);
    const own = base.map(({ probability }) => probability);
    const difference = Math.max(largestDifference(steered[0]!.unsteered, own), largestDifference(steered[0]!.baseSteered, own));
    console.log(`probabilities of one pass against those of steps: ${difference.toExponential(1)}`);
    assert.ok(difference < 1e-5);
  });

  it('says how probable a token is with and without the vector, as passes over growing texts do', async () => {
    const vector = await SteeringVector.train(model, PAIRS, { layers: [2] });
    const { base, steered } = await record({ maxNewTokens: 8 });
    const edits = vector.edits({ coefficient: 2 });
    const start = (await model.tokenize(story(prompt))).map(({ id }) => id);
    const [text] = steered;
    const sides = [
      { ids: text!.tokens, edits, said: text!.tokens.map(({ probability }) => probability) },
      { ids: text!.tokens, edits: [], said: text!.unsteered },
      { ids: base, edits: [], said: base.map(({ probability }) => probability) },
      { ids: base, edits, said: text!.baseSteered },
    ];
    let largest = 0;
    for (const side of sides) {
      const ids = [...start];
      for (const [index, { id }] of side.ids.entries()) {
        const { logits } = await model.run(ids, { edits: side.edits });
        const row = logits.select('batch', 0).select('pos', -1).data;
        const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
        largest = Math.max(largest, Math.abs(side.said[index]! - Math.exp(row[id]!) / sum));
        ids.push(id);
      }
    }
    console.log(`probabilities against passes over growing texts: ${largest.toExponential(1)}`);
    assert.ok(largest < 1e-5);
  });

  it('projects every prompt onto the direction of every layer', async () => {
    const { vector } = await record({ strengths: [] });
    assert.deepEqual(
      vector.layers,
      Array.from({ length: nLayer }, (_, layer) => layer),
    );
    let largest = 0;
    for (const [layer, direction] of vectorOfTrace(vector).directions) {
      const length = Math.hypot(...direction.data);
      for (const side of ['positive', 'negative'] as const) {
        for (const [index, text] of (side === 'positive' ? positive : negative).entries()) {
          const { cache } = await model.runWithCache(story(text), { names: `blocks.${layer}.hook_resid_post`, logits: false });
          const row = cache.get(`blocks.${layer}.hook_resid_post`).select('batch', 0).select('pos', -1).data;
          const projection = row.reduce((sum, value, at) => sum + (value * direction.data[at]!) / length, 0);
          largest = Math.max(largest, Math.abs(decodeArray(vector.pairs![side]).data[layer * positive.length + index]! - projection));
        }
      }
    }
    console.log(`projections against dot products: ${largest.toExponential(1)}`);
    assert.ok(largest < 1e-4);
  });

  it('counts the pairs that a direction found without them orders rightly', async () => {
    const { vector } = await record({ strengths: [] });
    const groups = 5;
    let right = 0;
    for (let group = 0; group < groups; group++) {
      const kept = PAIRS.filter((_, index) => index % groups !== group);
      const direction = (await SteeringVector.train(model, kept, { layers: [2] })).direction(2).data;
      for (const pair of PAIRS.filter((_, index) => index % groups === group)) {
        const along = await Promise.all(
          pair.map(async (text) => {
            const { cache } = await model.runWithCache(text as string, { names: 'blocks.2.hook_resid_post', logits: false });
            const row = cache.get('blocks.2.hook_resid_post').select('batch', 0).select('pos', -1).data;
            return row.reduce((sum, value, at) => sum + value * direction[at]!, 0);
          }),
        );
        if (along[0]! > along[1]!) right++;
      }
    }
    assert.equal(vector.pairs!.heldOut![2], right);
    assert.equal(
      (await record({ strengths: [], vector: { positive: positive.slice(0, 1), negative: negative.slice(0, 1) } })).vector.pairs!.heldOut,
      undefined,
    );
  });

  it('scales directions of length 1 by a usual step between the prompts of a pair', async () => {
    for (const method of ['pca-center', 'logistic'] as const) {
      const { vector } = await record({ strengths: [], vector: { positive, negative, method } });
      const plain = (await SteeringVector.train(model, PAIRS, { method, layers: [2] })).direction(2).data;
      const [above, below] = [vector.pairs!.positive, vector.pairs!.negative].map((side) =>
        Array.from(decodeArray(side).data).slice(2 * positive.length, 3 * positive.length),
      );
      const step = Math.sqrt(above!.reduce((sum, value, index) => sum + (value - below![index]!) ** 2, 0) / positive.length);
      assert.ok(
        largestDifference(
          vectorOfTrace(vector).direction(2).data,
          plain.map((value) => value * step),
        ) < 1e-4,
        method,
      );
    }
  });

  it('takes ActAdd, whose vector has positions', async () => {
    const pair = { positive: positive.slice(0, 1), negative: negative.slice(0, 1), method: 'actadd' as const };
    const trace = await record({ vector: pair, prompt: 'Lily was very sad, for the' });
    const vector = await SteeringVector.train(model, [PAIRS[0]!], { method: 'actadd', layers: [2] });
    const edits = vector.edits({ coefficient: 2 });
    assert.equal(
      textOf(trace.steered[0]!.tokens),
      (await model.generateText(story('Lily was very sad, for the'), { edits, maxNewTokens: 16 })).text,
    );
    assert.equal(trace.vector.place, 'resid_pre');
  });

  it('takes a vector from a file, and gives the same text', async () => {
    const made = await record();
    const file = vectorOfTrace(made.vector, 'vitrine/storyteller').toSafetensors();
    const again = await record({ vector: traceOfVector(SteeringVector.fromSafetensors(file)) });
    assert.deepEqual(again.steered, made.steered);
    assert.deepEqual([again.vector.positive, again.vector.pairs], [[], undefined]);
  });

  it('tells of the vector first and then of every token of both texts, also where they were written before', async () => {
    for (let run = 0; run < 2; run++) {
      const parts: SteeringPart[] = [];
      const trace = await record({ strengths: [3] }, { onPart: (part: SteeringPart) => parts.push(structuredClone(part)) });
      assert.ok('trace' in parts[0]! && parts[0].trace.base.length === 0 && parts[0].trace.vector.layers.length === nLayer);
      const tokens = (side: string): unknown[] => parts.flatMap((part) => ('side' in part && part.side === side ? [part.token] : []));
      assert.deepEqual(tokens('base'), trace.base);
      assert.deepEqual(tokens('steered'), trace.steered[0]!.tokens);
    }
  });

  it('stops between tokens when it is cancelled', async () => {
    const stop = new AbortController();
    let tokens = 0;
    const onPart = (part: SteeringPart): void => {
      if ('side' in part && ++tokens === 3) stop.abort();
    };
    await refuses(() => record({ prompt: 'Anna was', strengths: [1.5] }, { signal: stop.signal, onPart }), 'aborted', /cancelled/);
    assert.ok(tokens < 8, String(tokens));
  });

  it('reads back from JSON, all its numbers exact', async () => {
    const trace = await record({ strengths: [-1, 0, 2] });
    const back = readTrace(JSON.parse(JSON.stringify(storable(trace)))) as SteeringTrace;
    assert.deepEqual([back.base, back.steered, back.layers, back.sampling], [trace.base, trace.steered, trace.layers, trace.sampling]);
    assert.deepEqual(decodeArray(back.vector.directions).data, decodeArray(trace.vector.directions).data);
    assert.equal(vectorOfTrace(back.vector).width, dModel);
  });

  it('names the field of a trace that is wrong', async () => {
    const good = JSON.parse(JSON.stringify(storable(await record()))) as SteeringTrace;
    const wrong: [(trace: SteeringTrace) => void, RegExp][] = [
      [(trace) => trace.vector.negative.pop(), /trace\.vector\.negative: expected a list of 12/],
      [(trace) => (trace.vector.layers = [0]), /trace\.vector\.directions\.shape: expected \[1, any\]/],
      [(trace) => trace.steered[0]!.unsteered.pop(), /trace\.steered\[0\]\.unsteered: expected a list of 14/],
      [(trace) => Object.assign(trace.base[1]!, { probability: 'much' }), /trace\.base\[1\]\.probability: expected a finite number/],
      [(trace) => Object.assign(trace.vector, { directions: undefined }), /trace\.vector\.directions: expected an object/],
      [(trace) => Object.assign(trace.vector, { method: 'umap' }), /trace\.vector\.method: expected "mean-difference" or/],
    ];
    for (const [spoil, message] of wrong) {
      const bad = structuredClone(good);
      spoil(bad);
      await refuses(() => readTrace(bad), 'invalid-trace', message);
    }
  });

  it('says what is wrong with prompts, layers, strengths and vectors', async () => {
    const vector = (more: string[], less: string[]) => ({ vector: { positive: more, negative: less } });
    await refuses(() => record(vector([], [])), 'empty-input', /at least one pair/);
    await refuses(() => record(vector(['a', 'b'], ['c'])), 'invalid-input', /2 are positive and 1 negative\. Add or remove lines/);
    await refuses(() => record(vector(['a', 'b'], ['c', 'b'])), 'invalid-input', /pair 2 are the same, "b"/);
    await refuses(() => record({ layers: [] }), 'invalid-option', /at least one layer/);
    await refuses(() => record({ layers: [nLayer] }), 'invalid-option', /layers 0, 1, 2, 3; got 4/);
    await refuses(() => record({ strengths: [NaN] }), 'invalid-option', /finite numbers.*NaN/);
    await refuses(() => record({ maxNewTokens: 0 }), 'invalid-option', /maxNewTokens/);
    await refuses(() => record({ prompt: '', prependBos: false }), 'empty-input', /prompt/);
    const other = traceOfVector(vectorOfTrace((await record()).vector));
    const narrow = { ...other, layers: [1], directions: { shape: [1, 3], values: new Float32Array(3).fill(1) } };
    await refuses(() => record({ vector: narrow }), 'invalid-input', /another model.*3 values per layer.*128 values/);
    await refuses(() => record({ vector: { ...other, layers: [0, 1, 2, 9] } }), 'invalid-input', /direction for layer 9/);
  });
});
