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

test('record tokens writes the rows that were asked for', async () => {
  const values = 'rank, blocks.3.mlp.hook_post:12';
  const { status, out, error } = await vitrine('record', 'tokens', 'vitrine/storyteller', 'Once upon a time', '--values', values);
  assert.equal(status, 0, error);
  const trace = readTrace(JSON.parse(out));
  assert.ok(trace.kind === 'tokens');
  assert.deepEqual(
    trace.rows.map(({ label }) => label),
    ['rank', 'blocks.3.mlp.hook_post:12'],
  );
});

test('record tokens says what a value can be', async () => {
  const { status, error } = await vitrine('record', 'tokens', 'vitrine/storyteller', 'Once upon a time', '--values', 'loss');
  assert.equal(status, 1);
  assert.match(error, /A value per token is surprise, .*got "loss"/);
});
