// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { readTrace } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

const model = ['record', 'attribution', 'vitrine/storyteller', 'When Mary and John went to the store, John gave a drink to'];

describe('vitrine record attribution', () => {
  it('writes the JSON to the output without --out', async () => {
    const { status, out, error } = await vitrine(...model, '--answer', ' Mary', '--wrong', ' John', '--norm', 'recompute');
    assert.equal(status, 0, error);
    const trace = readTrace(JSON.parse(out));
    assert.ok(trace.kind === 'attribution' && trace.lens && trace.heads && trace.neurons && trace.sources);
    assert.deepEqual([trace.answer.text, trace.wrong?.text, trace.position], [' Mary', ' John', 13]);
  });

  const faults: [string[], RegExp][] = [
    [[], /^Say which token is explained, with its leading space: --answer " Mary"\.\n$/],
    [['--answer', ' Mary', '--position', '1.5'], /^--position takes a whole number; got "1\.5"\.\n$/],
    [['--answer', ' Mary', '--norm', 'both'], /^--norm takes cached, recompute; got "both"\.\n$/],
  ];
  for (const [argv, message] of faults) {
    it(`answers ${JSON.stringify(argv)} with one sentence and status 1`, async () => {
      const { status, error } = await vitrine(...model, ...argv);
      assert.equal(status, 1);
      assert.match(error, message);
    });
  }
});
