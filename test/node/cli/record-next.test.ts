// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { run } from '../../../src/cli/run.js';
import { readTrace } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

test('record next writes a continuation that a seed draws, and a beam search', async () => {
  const options = '--steps 3 --top 50 --temperature 0.8 --top-p 0.9 --seed 3 --beams 2:2'.split(' ');
  const { status, out, error } = await vitrine('record', 'next', 'vitrine/storyteller', 'Once upon a time', ...options);
  assert.equal(status, 0, error);
  const trace = readTrace(JSON.parse(out));
  assert.ok(trace.kind === 'next-token');
  assert.equal(trace.chosen.length, 3);
  assert.deepEqual([trace.beams!.width, trace.beams!.nodes.length], [2, 6]);
  const again = await vitrine('record', 'next', 'vitrine/storyteller', 'Once upon a time', ...options);
  assert.equal(again.out, out);
});

test('record next says what its options take', async () => {
  for (const [name, value, message] of [
    ['--beams', '3', /^--beams takes a width and a depth such as 3:4; got "3"\.\n$/],
    ['--seed', 'x', /^--seed takes a number from 0 up; got "x"\.\n$/],
  ] as const) {
    const { status, error } = await vitrine('record', 'next', 'vitrine/storyteller', 'Once', name, value);
    assert.equal(status, 1);
    assert.match(error, message);
  }
});
