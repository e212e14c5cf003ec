// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  edit,
  HookedModel,
  readPatchingTrace,
  recordFigure,
  storable,
  type PatchingPart,
  type PatchingTrace,
} from '../../../src/core/index.js';
import { decodeArray } from '../../../src/core/trace/index.js';

const clean = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const corrupted = '<|endoftext|>When Mary and John went to the store, Mary gave a drink to';
const pair = { clean, corrupted, answer: ' Mary', wrong: ' John' };

describe('a sweep as a figure', () => {
  let model: HookedModel;
  let trace: PatchingTrace;
  const parts: PatchingPart[] = [];
  before(async () => {
    model = await HookedModel.fromPretrained('vitrine/storyteller');
    trace = await recordFigure(model, 'patching', { ...pair, site: 'resid_pre' }, { onPart: (part) => parts.push(part) });
  });
  after(() => model.dispose());

  const difference = async (prompt: string, edits: ReturnType<typeof edit.patch>[] = []): Promise<number> => {
    const { logits } = await model.run(prompt, { edits });
    const [right, wrong] = await Promise.all([' Mary', ' John'].map(async (text) => (await model.tokenize(text))[0]!.id));
    return logits.at(0, -1, right!)! - logits.at(0, -1, wrong!)!;
  };

  it('has the values of plain runs, one patch at a time', async () => {
    const { cache } = await model.runWithCache(clean, { names: /resid_pre/ });
    const [low, high] = [await difference(corrupted), await difference(clean)];
    const { data, shape } = decodeArray(trace.values);
    assert.deepEqual(shape, [4, 15]);
    let largest = 0;
    for (const [layer, position] of [
      [0, 10],
      [1, 10],
      [2, 10],
      [3, 14],
      [2, 3],
      [1, 14],
    ] as const) {
      const patched = await difference(corrupted, [edit.patch(`blocks.${layer}.hook_resid_pre`, cache, { positions: position })]);
      largest = Math.max(largest, Math.abs((patched - low) / (high - low) - data[layer * 15 + position]!));
    }
    console.log(`cells: largest difference ${largest.toExponential(1)}, tolerance 1e-4`);
    assert.ok(largest < 1e-4);
    assert.ok(Math.abs(data[10]! - 1) < 1e-4, 'the stream of layer 0 where the prompts differ restores everything');
  });

  it('comes in parts: an empty grid, then cells that add up to the whole', () => {
    const [first, ...rest] = parts;
    assert.ok(first && 'trace' in first && first.trace.missing.length === 60);
    const { data } = decodeArray(trace.values);
    const seen = new Map(rest.flatMap((part) => ('cells' in part ? part.cells : [])));
    assert.equal(seen.size, 60);
    for (const [place, value] of seen) assert.ok(Math.abs(value - data[place]!) < 1e-6);
    assert.deepEqual(trace.missing, []);
  });

  it('cancelled, it keeps the cells that it has and names the others', async () => {
    const stop = new AbortController();
    let cells = 0;
    const cut = await recordFigure(
      model,
      'patching',
      { ...pair, site: 'head_out_by_pos' },
      {
        signal: stop.signal,
        onProgress: ({ phase }) => {
          if (phase === 'run' && ++cells === 80) stop.abort();
        },
      },
    );
    const all = 4 * 15 * 8;
    assert.ok(cut.missing.length > 0 && cut.missing.length < all, `${cut.missing.length} of ${all} are missing`);
    assert.ok(decodeArray(cut.values).data.every((value) => Number.isFinite(value)));
  });

  it('ablation and tracing are figures too', async () => {
    const ablated = await recordFigure(model, 'patching', {
      technique: 'ablation',
      clean,
      answer: ' Mary',
      wrong: ' John',
      site: 'head_out',
    });
    assert.deepEqual(ablated.axes, ['layer', 'head']);
    assert.equal(ablated.source, undefined);
    const traced = await recordFigure(model, 'patching', { technique: 'tracing', clean, answer: ' Mary', subject: [2], site: 'mlp' });
    assert.deepEqual(traced.axes, ['layer', 'pos']);
  });

  it('goes through JSON, and a wrong field is named', () => {
    const json = JSON.parse(JSON.stringify(storable(trace))) as Record<string, unknown>;
    assert.deepEqual(readPatchingTrace(json).coordinates, trace.coordinates);
    assert.throws(() => readPatchingTrace({ ...json, missing: [60] }), { code: 'invalid-trace', message: /trace\.missing\[0\]/ });
    assert.throws(() => readPatchingTrace({ ...json, tokens: [] }), { code: 'invalid-trace', message: /positions below 0/ });
  });

  it('bad input ends in an action', async () => {
    await assert.rejects(recordFigure(model, 'patching', { ...pair, corrupted: 'Short' }), { code: 'invalid-input' });
    await assert.rejects(recordFigure(model, 'patching', { ...pair, answer: ' Mary and John' }), { code: 'invalid-option' });
    await assert.rejects(recordFigure(model, 'patching', { ...pair, site: 'nonsense' }), {
      code: 'invalid-option',
      message: /must be one of/,
    });
  });

  it('a state put elsewhere gives what the same edit gives', async () => {
    const from = { hook: 'resid_pre', layer: 1, position: 10 };
    const to = { hook: 'resid_pre', layer: 2, position: 14 };
    const output = await recordFigure(model, 'patched-output', { source: clean, target: corrupted, from, to });
    const { cache } = await model.runWithCache(clean, { names: ['blocks.1.hook_resid_pre'] });
    const state = cache.get('resid_pre', 1).select('batch', 0).select('pos', 10);
    const { logits } = await model.run(corrupted, { edits: [edit.patch('blocks.2.hook_resid_pre', state, { positions: 14 })] });
    assert.deepEqual(output.patched, model.topTokens(logits, 5));
    assert.deepEqual(output.target, model.topTokens((await model.run(corrupted)).logits, 5));
    await assert.rejects(recordFigure(model, 'patched-output', { source: clean, target: corrupted, from: { ...from, position: 99 }, to }), {
      code: 'invalid-option',
      message: /has 15 tokens/,
    });
  });
});
