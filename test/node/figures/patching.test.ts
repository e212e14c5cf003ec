// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  edit,
  HookedModel,
  readPatchingTrace,
  recordFigure,
  storable,
  type PatchedOutputOptions,
  type PatchingFigureOptions,
  type PatchingPart,
  type PatchingTrace,
  type TopToken,
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
    for (let layer = 0; layer < 4; layer++) {
      for (let position = 0; position < 15; position++) {
        const patched = await difference(corrupted, [edit.patch(`blocks.${layer}.hook_resid_pre`, cache, { positions: position })]);
        largest = Math.max(largest, Math.abs((patched - low) / (high - low) - data[layer * 15 + position]!));
      }
    }
    console.log(`60 cells: largest difference ${largest.toExponential(1)}, tolerance 1e-4`);
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

  it('ablation and tracing are figures too, with their options', async () => {
    const answers = { answer: ' Mary', wrong: ' John' };
    const ablated = await recordFigure(model, 'patching', { technique: 'ablation', clean, ...answers, site: 'head_out' });
    assert.deepEqual([ablated.axes, ablated.source, ablated.outputs], [['layer', 'head'], undefined, undefined]);
    const plain = await difference(clean, [edit.zero('blocks.3.attn.hook_z', { heads: 5 })]);
    const error = Math.abs(decodeArray(ablated.values).data[3 * 8 + 5]! - (plain - (await difference(clean))));
    console.log(`ablation of head 3.5: difference ${error.toExponential(1)}, tolerance 1e-4`);
    assert.ok(error < 1e-4);
    const mean = { technique: 'ablation', clean, ...answers, site: 'mlp_out', baseline: 'mean', reference: [corrupted] } as const;
    assert.match((await recordFigure(model, 'patching', mean)).meaning, /after mean ablation/);
    await assert.rejects(recordFigure(model, 'patching', { ...mean, reference: [] }), { code: 'empty-input' });

    const traced = await recordFigure(model, 'patching', { technique: 'tracing', clean, answer: ' Mary', subject: [-5], samples: 2 });
    assert.deepEqual([traced.axes, traced.subject, traced.site, traced.metric], [['layer', 'pos'], [10], 'state', 'probability']);
  });

  it('noising, raw values and a metric of its own', async () => {
    const [low, high] = [await difference(corrupted), await difference(clean)];
    const noised = await recordFigure(model, 'patching', { ...pair, site: 'resid_pre', layers: [0], direction: 'noise', normalize: false });
    assert.deepEqual([noised.prompt, noised.source!.prompt, noised.normalized], [clean, corrupted, false]);
    assert.ok(Math.abs(noised.base - high) < 1e-4 && Math.abs(noised.neutral - high) < 1e-4 && Math.abs(noised.source!.value - low) < 1e-4);
    assert.ok(Math.abs(decodeArray(noised.values).data[10]! - low) < 1e-4);
    const ranked = { clean, corrupted, metric: { kind: 'rank', answer: ' Mary' }, normalize: false, layers: [0] } as const;
    assert.equal((await recordFigure(model, 'patching', ranked)).metric, 'rank');
  });

  it('goes through JSON, and a wrong field is named', async () => {
    const told = await recordFigure(model, 'patching', {
      ...pair,
      outputs: 3,
      moves: [{ from: { layer: 1, position: 10 }, to: { layer: 2, position: 14 } }],
    });
    const json = JSON.parse(JSON.stringify(storable(told))) as Record<string, unknown>;
    const read = readPatchingTrace(json);
    assert.deepEqual({ ...read, values: undefined }, { ...told, values: undefined });
    assert.deepEqual(decodeArray(read.values), decodeArray(told.values));
    assert.equal(read.outputs!.patched.length, 4);
    const faults: [Record<string, unknown>, RegExp][] = [
      [{ missing: [60] }, /trace\.missing\[0\]/],
      [{ tokens: json['tokens'] && (json['tokens'] as unknown[]).slice(1) }, /trace\.coordinates\.pos: expected positions below 14/],
      [{ normalized: 'yes' }, /trace\.normalized/],
      [{ direction: 'sideways' }, /trace\.direction: expected "denoise" or "noise"/],
      [{ subject: [15] }, /trace\.subject\[0\]/],
      [{ outputs: { clean: { top: [{}], value: 0 } } }, /trace\.outputs\.clean\.top\[0\]\.id/],
    ];
    for (const [fault, message] of faults)
      assert.throws(() => readPatchingTrace({ ...json, ...fault }), { code: 'invalid-trace', message });
  });

  it('bad input ends in an action, and before any part', async () => {
    const asked = { onPart: () => assert.fail('a part came') };
    const faults: [PatchingFigureOptions, string, RegExp][] = [
      [{ ...pair, corrupted: 'Short' }, 'invalid-input', /has 15 tokens.*reword one of them/],
      [{ clean, answer: ' Mary' }, 'invalid-option', /give `corrupted`/],
      [{ clean, corrupted }, 'invalid-option', /give `answer`/],
      [{ ...pair, answer: ' Mary and John' }, 'invalid-option', /is 3:/],
      [{ ...pair, site: 'nonsense' }, 'invalid-option', /must be one of/],
      [{ ...pair, site: 'head_every', outputs: 2 }, 'invalid-option', /Choose a single `site`/],
      [{ ...pair, technique: 'tracing', subject: [] }, 'invalid-option', /positions of the subject/],
      [{ ...pair, technique: 'magic' as never }, 'invalid-option', /patching, ablation or tracing/],
    ];
    for (const [options, code, message] of faults) await assert.rejects(recordFigure(model, 'patching', options, asked), { code, message });
  });
});

describe('the output after a state was moved', () => {
  let model: HookedModel;
  before(async () => {
    model = await HookedModel.fromPretrained('vitrine/storyteller');
  });
  after(() => model.dispose());

  const round = (top: readonly TopToken[]) =>
    top.map(({ id, text, probability }) => ({ id, text, probability: Number(probability.toPrecision(6)) }));

  it('is what the same edit gives, to another layer and position', async () => {
    const from = { layer: 1, position: 10 };
    const to = { layer: 2, position: 14 };
    const output = await recordFigure(model, 'patched-output', { ...pair, site: 'resid_pre', from, to });
    const { cache } = await model.runWithCache(clean, { names: ['blocks.1.hook_resid_pre'] });
    const state = cache.get('resid_pre', 1).select('batch', 0).select('pos', 10);
    const { logits } = await model.run(corrupted, { edits: [edit.patch('blocks.2.hook_resid_pre', state, { positions: 14 })] });
    assert.deepEqual(output.patched.top, round(model.topTokens(logits, 5)));
    assert.deepEqual(output.corrupted.top, round(model.topTokens((await model.run(corrupted)).logits, 5)));
    assert.deepEqual(output.clean.top, round(model.topTokens((await model.run(clean)).logits, 5)));
    assert.equal(output.metric, 'logit difference');

    const [head, other] = [
      { layer: 2, head: 5, position: 14 },
      { layer: 1, head: 3, position: 12 },
    ];
    const moved = await recordFigure(model, 'patched-output', { ...pair, site: 'head_out_by_pos', from: head, to: other });
    const z = (await model.runWithCache(clean, { names: ['blocks.2.attn.hook_z'] })).cache.get('z', 2);
    const value = z.select('batch', 0).select('pos', 14).select('head', 5);
    const changed = await model.run(corrupted, { edits: [edit.patch('blocks.1.attn.hook_z', value, { positions: 12, heads: 3 })] });
    assert.deepEqual(moved.patched.top, round(model.topTokens(changed.logits, 5)));
  });

  for (const [site, place] of [
    ['head_out_by_pos', { layer: 3, head: 5, position: 14 }],
    ['head_out', { layer: 3, head: 5 }],
    ['head_pattern_by_dest', { layer: 2, head: 5, position: 10 }],
    ['head_pattern_dest_src', { layer: 2, head: 5, position: 10, key: 2 }],
  ] as const) {
    it(`of ${site} too, with the metric of the sweep's cell`, async () => {
      const output = await recordFigure(model, 'patched-output', { ...pair, site, from: place, to: place });
      const { clean: high, corrupted: low, patched } = output;
      const trace = await recordFigure(model, 'patching', { ...pair, site, layers: [place.layer], heads: [place.head], outputs: 1 });
      const index = 'key' in place ? place.position * 15 + place.key : 'position' in place ? place.position : 0;
      const cell = decodeArray(trace.values).data[index]!;
      const error = Math.abs((patched.value - low.value) / (high.value - low.value) - cell);
      console.log(`${site}: cell and output differ by ${error.toExponential(1)}, tolerance 1e-4`);
      assert.ok(error < 1e-4);
      assert.equal(trace.outputs!.patched.length, 1);
    });
  }

  it('noising puts the corrupted state into the clean run', async () => {
    const place = { layer: 0, position: 10 };
    const output = await recordFigure(model, 'patched-output', { ...pair, site: 'resid_pre', direction: 'noise', from: place, to: place });
    assert.ok(Math.abs(output.patched.value - output.corrupted.value) < 1e-4);
  });

  it('refuses places that are not there', async () => {
    const place = { layer: 0, position: 10 };
    const asked = { ...pair, site: 'resid_pre', from: place, to: place };
    const faults: [Partial<PatchedOutputOptions>, RegExp][] = [
      [{ from: { layer: 0, position: 99 } }, /There is no position 99 here\. Choose one from 0 to 14\./],
      [{ from: { layer: 0 } }, /Only `to` names a position/],
      [{ from: { layer: 0, position: 1, head: 2 }, to: { layer: 0, position: 1, head: 2 } }, /has no head/],
      [{ site: 'head_every' }, /`site` must be one kind of state: resid_pre/],
      [{ to: { layer: 9, position: 1 } }, /blocks/],
    ];
    for (const [fault, message] of faults) {
      await assert.rejects(recordFigure(model, 'patched-output', { ...asked, ...fault }), message);
    }
  });
});
