// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { decodeArray, readTrace, recordFigure, storable, type TokenValue, type TokensTrace } from '../../../src/core/index.js';
import { openStoryteller, refuses } from '../techniques/storyteller.js';

const PROMPT = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const model = await openStoryteller();
after(() => model.dispose());
const { logits, cache } = await model.runWithCache(PROMPT);
const ids = (await model.tokenize(PROMPT)).map(({ id }) => id);

const record = (values: readonly (TokenValue | string)[]): Promise<TokensTrace> =>
  recordFigure(model, 'tokens', { prompt: PROMPT, values });
const rowOf = (trace: TokensTrace, row: number): number[] =>
  Array.from(decodeArray(trace.values).data.slice(row * ids.length, (row + 1) * ids.length));
const largest = (one: readonly number[], other: readonly number[]): number =>
  Math.max(...one.map((value, index) => Math.abs(value - other[index]!)));

/** Log-probabilities of the next token after each position, by the definition, in float64. */
function logProbabilities(position: number): number[] {
  const row = Array.from(logits.select('batch', 0).select('pos', position).data);
  const top = Math.max(...row);
  const sum = row.reduce((total, logit) => total + Math.exp(logit - top), 0);
  return row.map((logit) => logit - top - Math.log(sum));
}

test('surprise, probability, entropy and rank of every token are those of the logits before it', async () => {
  const trace = await record(['surprise', 'probability', 'entropy', 'rank']);
  const expected = ids.map((id, position) => {
    if (position === 0) return [0, 0, 0, 0];
    const all = logProbabilities(position - 1);
    const entropy = -all.reduce((sum, value) => sum + Math.exp(value) * value, 0);
    const rank = [...all].sort((a, b) => b - a).indexOf(all[id]!) + 1;
    return [-all[id]!, Math.exp(all[id]!), entropy, rank];
  });
  trace.rows.forEach(({ label }, row) => {
    const difference = largest(
      rowOf(trace, row),
      expected.map((values) => values[row]!),
    );
    console.log(`${label}: largest difference ${difference.toExponential(1)}, tolerance 1e-5`);
    assert.ok(difference <= 1e-5, label);
  });
  assert.deepEqual(
    trace.rows.map(({ label, unit, as, from, scale }) => [label, unit, as, from, scale]),
    [
      ['surprise', 'nats', undefined, 1, undefined],
      ['probability', undefined, 'probability', 1, undefined],
      ['entropy', 'nats', undefined, 1, undefined],
      ['rank', undefined, 'count', 1, 'log'],
    ],
  );
});

test('an activation is one neuron of the cache, or the length of what stands at each position', async () => {
  const trace = await record([
    'blocks.3.mlp.hook_post:12',
    'blocks.1.attn.hook_z:4:2',
    'blocks.2.hook_resid_post',
    { kind: 'activation', hook: 'blocks.0.attn.hook_q', head: 1 },
  ]);
  const post = cache.get('post', 3).select('batch', 0);
  const z = cache.get('z', 1).select('batch', 0);
  const resid = cache.get('resid_post', 2).select('batch', 0);
  const q = cache.get('q', 0).select('batch', 0).select('head', 1);
  const length = (values: Float32Array): number => Math.hypot(...values);
  assert.deepEqual(
    rowOf(trace, 0),
    ids.map((_, at) => post.at(at, 12)),
  );
  assert.deepEqual(
    rowOf(trace, 1),
    ids.map((_, at) => z.at(at, 4, 2)),
  );
  for (const [row, tensor] of [
    [2, resid],
    [3, q],
  ] as const) {
    const difference = largest(
      rowOf(trace, row),
      ids.map((_, at) => length(tensor.select('pos', at).data)),
    );
    console.log(`${trace.rows[row]!.label}: largest difference ${difference.toExponential(1)}, tolerance 1e-5`);
    assert.ok(difference <= 1e-5);
  }
  assert.equal(trace.rows[0]!.of, 'blocks.3.mlp.hook_post:12');
  assert.equal(trace.rows[0]!.signed, undefined);
  assert.equal(trace.rows[2]!.signed, false);
});

test('a trace goes through JSON and back unchanged', async () => {
  const trace = await record(['surprise', 'rank']);
  const back = readTrace(JSON.parse(JSON.stringify(storable(trace))));
  assert.ok(back.kind === 'tokens');
  assert.deepEqual(back.rows, trace.rows);
  assert.deepEqual(decodeArray(back.values), decodeArray(trace.values));
});

test('what cannot be computed is refused with what to do', async () => {
  await refuses(
    () => record(['surprize']),
    'invalid-option',
    /is surprise, probability, entropy, rank, or a hook with a neuron.*got "surprize"/,
  );
  await refuses(() => record([]), 'invalid-option', /at least one value per token/);
  await refuses(() => record(['blocks.3.mlp.hook_post:99999']), 'invalid-option', /neurons 0 to 511 at each position; got 99999/);
  await refuses(() => record(['blocks.3.attn.hook_pattern']), 'invalid-option', /no value for each position/);
  await refuses(() => record(['blocks.3.hook_mlp_out:1:2']), 'invalid-option', /it has no heads/);
  await refuses(() => record(['blocks.1.attn.hook_z:9:0']), 'invalid-option', /heads 0 to 7; got 9/);
  await refuses(() => record(['blocks.9.hook_mlp_out']), 'unknown-hook', /blocks\.9/);
});

test('a damaged trace is refused, naming the field', async () => {
  const trace = JSON.parse(JSON.stringify(storable(await record(['surprise'])))) as Record<string, unknown>;
  const rows = trace['rows'] as object[];
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ rows: [{ ...rows[0], from: 99 }] }, /trace\.rows\[0\]\.from: expected a whole number from 0 to/],
    [{ rows: [{ ...rows[0], as: 'x' }] }, /trace\.rows\[0\]\.as: expected "number" or "probability" or "count"/],
    [{ rows: [...rows, ...rows] }, /trace\.values\.shape: expected \[2, \d+\] \(row, token\)/],
    [{ rows: [{}] }, /trace\.rows\[0\]\.label: expected text/],
  ];
  for (const [change, message] of cases) await refuses(() => readTrace({ ...trace, ...change }), 'invalid-trace', message);
});
