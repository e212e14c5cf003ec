// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { readTrace } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

const folder = mkdtempSync(join(tmpdir(), 'vitrine-steering-'));
after(() => rmSync(folder, { recursive: true }));
const [positive, negative] = [join(folder, 'happy.txt'), join(folder, 'sad.txt')];
writeFileSync(positive, 'Mary was very happy, for\nJohn was very happy, for\n');
writeFileSync(negative, 'Mary was very sad, for\nJohn was very sad, for\n');
const prompts = ['--positive', positive, '--negative', negative, '--prepend-bos'];

test('record steering writes texts of the strengths that were asked for', async () => {
  const options = ['--layers', '1-2', '--strengths=-2,0,2', '--max-new-tokens', '6', '--method', 'pca-center'];
  const { status, out, error } = await vitrine(
    'record',
    'steering',
    'vitrine/storyteller',
    'Lily was very sad, for',
    ...prompts,
    ...options,
  );
  assert.equal(status, 0, error);
  const trace = readTrace(JSON.parse(out));
  assert.ok(trace.kind === 'steering');
  assert.deepEqual(
    trace.steered.map(({ strength, tokens }) => [strength, tokens.length]),
    [
      [-2, 6],
      [0, 6],
      [2, 6],
    ],
  );
  assert.deepEqual(
    [trace.layers, trace.vector.method, trace.vector.positive.length, trace.tokens[0]!.special],
    [[1, 2], 'pca-center', 2, true],
  );
});

test('record steering says what is missing or wrong', async () => {
  const faults: [string[], RegExp][] = [
    [[], /--positive is missing\. Name a file with one prompt a line/],
    [['--positive', positive, '--negative', join(folder, 'none.txt')], /--negative: .*none\.txt cannot be read/],
    [[...prompts, '--strengths', '1,much'], /--strengths takes numbers.*"much"/],
    [[...prompts, '--method', 'umap'], /--method takes mean-difference, .*"umap"/],
  ];
  for (const [argv, message] of faults) {
    const { status, error } = await vitrine('record', 'steering', 'vitrine/storyteller', 'Once', ...argv);
    assert.equal(status, 1);
    assert.match(error, message);
  }
});
