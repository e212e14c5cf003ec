// SPDX-License-Identifier: MIT
/** Metrics against closed forms on logits of our own, and on the embedded model. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  customMetric,
  edit,
  evaluate,
  klDivergence,
  logitDiff,
  logOdds,
  logProbability,
  measureLogits,
  prepareMetric,
  probability,
  rank,
  RunResult,
  Tensor,
  type Metric,
} from '../../../src/core/index.js';
import { openStoryteller, refuses, story } from './storyteller.js';

const model = await openStoryteller();
after(() => model.dispose());

/** Two prompts, the first padded on the right by one: softmax of the rows that count is 1/2, 1/4, 1/8, 1/8 and 1/8, 1/8, 1/4, 1/2. */
const powers = (...values: number[]): number[] => values.map((value) => value * Math.LN2);
const logits = new Tensor(
  Float32Array.from([
    ...powers(9, 9, 0, 0),
    ...powers(3, 2, 1, 1),
    ...powers(0, 0, 9, 9),
    ...powers(5, 5, 5, 5),
    ...powers(7, 7, 7, 0),
    ...powers(1, 1, 2, 3),
  ]),
  [2, 3, 4],
  ['batch', 'pos', 'd_vocab'],
);
const tokens = {
  ids: [
    [1, 2, 0],
    [1, 2, 3],
  ],
  mask: [
    [1, 1, 0],
    [1, 1, 1],
  ],
};
const result = new RunResult(tokens, new Map([['logits', logits]]));
const valuesOf = async (metric: Metric): Promise<number[]> => [...(await evaluate(model, metric, result)).values];
const near = (actual: readonly number[], expected: readonly number[]): void => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => assert.ok(Math.abs(value - expected[index]!) < 1e-6, `${actual.join()} is not ${expected.join()}`));
};

test('metrics read the last real token of every row and give their closed forms', async () => {
  near(await valuesOf(logitDiff(0, 1)), powers(1, 0));
  near(await valuesOf(logitDiff([0, 3], [3, 0])), powers(2, 2));
  near(await valuesOf(probability(0)), [1 / 2, 1 / 8]);
  near(await valuesOf(probability([1, 2])), [1 / 4, 1 / 4]);
  near(await valuesOf(logProbability(3)), powers(-3, -1));
  near(await valuesOf(rank([0, 0])), [0, 2]);
  near(await valuesOf(rank([3, 1])), [2, 2]);
  near(await valuesOf(logOdds([0])), [0, Math.log(1 / 7)]);
  near(await valuesOf(logOdds([0, 1])), [Math.log(3), Math.log(1 / 3)]);
});

test('a position counts within the prompt, from its start or its end', async () => {
  near(await valuesOf(logitDiff(0, 2, { position: 0 })), powers(9, 0));
  near(await valuesOf(logitDiff(0, 3, { position: -2 })), powers(9, 7));
  await refuses(() => valuesOf(logitDiff(0, 1, { position: 2 })), 'invalid-option', /from -2 to 1 for prompt 0, which has 2 tokens; got 2/);
});

test('KL divergence: 0 to itself, and its closed form', async () => {
  near(await valuesOf(klDivergence(result)), [0, 0]);
  const other = new Tensor(Float32Array.from([...powers(1, 1, 1, 1), ...powers(3, 2, 1, 1)]), [2, 4], ['batch', 'd_vocab']);
  const uniform = Math.log(1 / 4);
  const first = -(uniform + (Math.log(1 / 2) + Math.log(1 / 4) + 2 * Math.log(1 / 8)) / 4) + 2 * uniform;
  const p = [1 / 2, 1 / 4, 1 / 8, 1 / 8];
  const q = [1 / 8, 1 / 8, 1 / 4, 1 / 2];
  near(await valuesOf(klDivergence(other)), [first, p.reduce((sum, value, id) => sum + value * Math.log(value / q[id]!), 0)]);
  const short = new Tensor(new Float32Array(4), [1, 4], ['batch', 'd_vocab']);
  await refuses(() => valuesOf(klDivergence(short)), 'invalid-input', /needs 2 rows/);
});

test('custom metrics get the rows that they ask for', async () => {
  const seen: number[][] = [];
  const count = customMetric(
    'count',
    (rows, { positions, prompt }) => {
      seen.push([...positions]);
      return rows.dims[0]! * 10 + prompt;
    },
    { position: 'all' },
  );
  near(await valuesOf(count), [20, 31]);
  assert.deepEqual(seen, [
    [0, 1],
    [0, 1, 2],
  ]);
  near(await valuesOf(customMetric('two', (rows) => rows.at(0, 0) - rows.at(1, 0), { position: [0, -1] })), powers(6, 4));
  await refuses(() => valuesOf(customMetric('bad', () => NaN)), 'hook-failed', /"bad" must return a number/);
  const throwing = customMetric('thrower', () => {
    throw new Error('no');
  });
  await refuses(() => valuesOf(throwing), 'hook-failed', /"thrower" threw: no/);
});

test('a metric says which positions it reads, so that only these need the head', async () => {
  const prompts = [story('Mary was very'), story('When Tom and Anna went to the park, Tom gave a ball to')];
  const metric = logProbability([' happy', ' Anna']);
  const whole = await model.runWithCache(prompts, { names: 'resid_post' });
  const prepared = await prepareMetric(model, metric, whole.result);
  const resid = whole.cache.get('resid_post', -1);
  const expected = measureLogits(prepared, whole.logits);
  for (const [row, positions] of prepared.positions.entries()) {
    const vectors = positions.map((position) => resid.select('batch', row).slice('pos', position, position + 1));
    const alone = await model.unembed(vectors[0]!);
    const value = prepared.measure(alone, row);
    assert.ok(Math.abs(value - expected[row]!) < 1e-4);
  }
});

test('evaluate runs prompts under edits, and its mean is that of the values', async () => {
  const prompts = [
    story('When Tom and Anna went to the park, Tom gave a ball to'),
    story('When Mary and John went to the store, Mary gave a book to'),
  ];
  const metric = logitDiff([' Anna', ' John'], [' Tom', ' Mary']);
  const base = await evaluate(model, metric, prompts);
  const edits = [edit.zero('blocks.*.hook_attn_out')];
  const without = await evaluate(model, metric, prompts, { edits });
  console.log(`logit difference ${base.mean.toFixed(2)}, without attention ${without.mean.toFixed(2)}`);
  assert.ok(Math.abs(base.mean - (base.values[0]! + base.values[1]!) / 2) < 1e-12);
  assert.ok(base.mean > without.mean + 0.5);
  const doubled = await evaluate(model, metric, prompts, { edits: [edit.scale('logits', 2)] });
  assert.ok(Math.abs(doubled.mean - 2 * base.mean) < 1e-4, 'an edit inside the head, where logits cannot be computed for one position');
  const whole = await evaluate(model, metric, await model.run(prompts));
  assert.ok(Math.abs(whole.mean - base.mean) < 1e-5);
  const alone = await evaluate(model, logitDiff(' Anna', ' Tom'), prompts[0]!);
  assert.ok(Math.abs(alone.mean - base.values[0]!) < 1e-4);
});

test('wrong answers say what is wrong', async () => {
  const refusal = (metric: Metric, text: RegExp): Promise<void> =>
    refuses(() => evaluate(model, metric, story('Mary was')), 'invalid-option', text);
  await refusal(logitDiff(' Constantinople', ' sad'), /answer must be one token; " Constantinople" is \d+: " .*" \(id \d+\) \+ /);
  await refusal(probability(''), /is none/);
  await refusal(rank(2048), /from 0 to 2047; got 2048/);
  await refusal(probability([' happy', ' sad']), /2 answers and 1 prompts/);
  await refuses(() => logOdds([]), 'invalid-option', /at least one/);
  assert.equal((await model.run(story('Mary was'))).logits.dims[0], 1);
});
