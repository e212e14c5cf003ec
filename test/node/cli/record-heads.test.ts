// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { run } from '../../../src/cli/run.js';
import { readTrace, type Trace } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

async function record(...options: string[]): Promise<Extract<Trace, { kind: 'heads' }>> {
  const { status, out, error } = await vitrine('record', 'heads', 'vitrine/storyteller', ...options);
  assert.equal(status, 0, error);
  const trace = readTrace(JSON.parse(out));
  assert.ok(trace.kind === 'heads');
  return trace;
}

test('record heads scores on random tokens, repeated after as many as asked', async () => {
  const trace = await record('--length', '10', '--rows', '2', '--top', '1');
  assert.match(trace.on, /^2 rows of 10 random tokens/);
  assert.equal(trace.period, 10);
  assert.ok(trace.tokens.length >= 20 && trace.tokens.length <= 21); // with a begin-of-text token where the model has one
  assert.deepEqual(
    trace.tokens.slice(-10).map(({ id }) => id),
    trace.tokens.slice(-20, -10).map(({ id }) => id),
  );
  assert.equal(trace.convention, 'diagonal');
});

test('record heads scores on a text, by the convention that was asked for', async () => {
  const trace = await record('--prompt', 'one two one two', '--convention', 'mask');
  assert.equal(trace.convention, 'mask');
  assert.equal(trace.period, 0);
  assert.equal(trace.prompt, 'one two one two');
});

test('the same seed draws the same tokens, another one others', async () => {
  const [first, again, other] = [
    await record('--length', '8'),
    await record('--length', '8'),
    await record('--length', '8', '--seed', '1'),
  ];
  assert.deepEqual(first.tokens, again.tokens);
  assert.notDeepEqual(first.tokens, other.tokens);
});

test('what cannot be done is refused, with what can', async () => {
  for (const [options, message] of [
    [['--length', '0'], /--length takes a whole number from 1 up; got "0"/],
    [['--convention', 'overlap'], /convention may be diagonal, mask, mask-abs or rows; got "overlap"/],
    [['--prompt', 'one two', '--convention', 'diagonal'], /not on texts\. Use "rows" or "mask"/],
  ] as const) {
    const { status, error } = await vitrine('record', 'heads', 'vitrine/storyteller', ...options);
    assert.equal(status, 1);
    assert.match(error, message);
  }
});
