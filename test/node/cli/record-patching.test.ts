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

const model = ['record', 'patching', 'vitrine/storyteller', '<|endoftext|>The capital of France is'];
const corrupted = ['--corrupted', '<|endoftext|>The capital of Italy is'];
const answers = ['--answer', ' Paris', '--wrong', ' Rome'];

describe('vitrine record patching', () => {
  it('writes a sweep of some layers, with outputs', async () => {
    const { status, out, error } = await vitrine(...model, ...corrupted, ...answers, '--layers', '2-3', '--outputs', '2');
    assert.equal(status, 0, error);
    const trace = readTrace(JSON.parse(out));
    assert.ok(trace.kind === 'patching');
    assert.deepEqual([trace.values.shape, trace.outputs!.patched.length, trace.normalized], [[2, 6], 2, true]);
  });

  it('ablates, traces, and gives the metric itself', async () => {
    const ablated = await vitrine(...model, ...answers, '--technique', 'ablation', '--site', 'head_out', '--layers', '2');
    assert.equal(ablated.status, 0, ablated.error);
    assert.match(ablated.out, /"technique":"ablation"/);
    const traced = await vitrine(...model, '--answer', ' Paris', '--technique', 'tracing', '--subject', '4', '--layers', '0');
    assert.match(traced.out, /"subject":\[4\]/, traced.error);
    const raw = await vitrine(...model, ...corrupted, ...answers, '--raw', '--direction', 'noise', '--layers', '0');
    assert.match(raw.out, /"direction":"noise","normalized":false/, raw.error);
  });

  const faults: [string[], RegExp][] = [
    [corrupted, /^Say what is measured, with its leading space: --answer " Paris"\.\n$/],
    [answers, /^Patching needs a second prompt: --corrupted/],
    [[...answers, '--technique', 'tracing'], /^Tracing needs the positions of the subject: --subject 3,4\.\n$/],
    [[...answers, '--technique', 'tracing', '--subject', 'a'], /^--subject takes whole numbers/],
    [[...answers, ...corrupted, '--outputs', '-1'], /--outputs/],
    [[...answers, ...corrupted, '--technique', 'magic'], /^--technique takes patching, ablation, tracing; got "magic"\.\n$/],
    [[...answers, '--corrupted', 'Short'], /reword one of them so that both have the same number of tokens\.\n$/],
  ];
  for (const [argv, message] of faults) {
    it(`answers ${JSON.stringify(argv)} with one sentence and status 1`, async () => {
      const { status, error } = await vitrine(...model, ...argv);
      assert.equal(status, 1);
      assert.match(error, message);
    });
  }
});
