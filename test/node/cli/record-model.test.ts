// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { readTrace } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

test('vitrine record model writes the map of a model, and needs no prompt', async () => {
  const { status, out, error } = await vitrine('record', 'model', 'vitrine/storyteller');
  assert.equal(status, 0, error);
  const trace = readTrace(JSON.parse(out));
  assert.ok(trace.kind === 'model');
  assert.deepEqual([trace.architecture.nLayer, trace.architecture.dModel, trace.architecture.nCtx], [4, 128, 256]);
});

test('vitrine record model answers a prompt with one sentence and status 1', async () => {
  const { status, error } = await vitrine('record', 'model', 'vitrine/storyteller', 'Once');
  assert.equal(status, 1);
  assert.match(error, /needs <model>; 2 were given/);
});
