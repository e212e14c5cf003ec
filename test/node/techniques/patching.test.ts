// SPDX-License-Identifier: MIT
/** Sweeps against plain runs with one edit each: no batching, no resuming, the whole unembedding. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  ablationSweep,
  activationPatching,
  customMetric,
  edit,
  evaluate,
  HookedModel,
  logitDiff,
  meanActivation,
  patchSites,
  Tensor,
  type Feeds,
  type Metric,
  type ModelInput,
  type PatchSite,
  type Selection,
  type SweepCell,
} from '../../../src/core/index.js';
import { largestDifference, readFixture, type Fixture } from '../reference.js';
import { skipWithoutShared } from '../shared.js';
import { openStoryteller, refuses, story } from './storyteller.js';

const TOLERANCE = 1e-4;
const HOOKS: Record<string, string> = {
  resid_pre: 'resid_pre',
  resid_mid: 'resid_mid',
  attn_out: 'attn_out',
  mlp_out: 'mlp_out',
  head_out: 'z',
  head_q: 'q',
  head_k: 'k',
  head_v: 'v',
  head_pattern: 'pattern',
};

/** The hook of a grid, and what one of its cells selects. */
function selectionOf(site: string, place: Readonly<Record<string, number | string>>): { hook: string; select: Selection } {
  const short = HOOKS[site.replace(/_by_pos$|_by_dest$|_dest_src$/, '')]!;
  const { pos, dest, src, head } = place as Record<string, number | undefined>;
  const at = pos ?? dest;
  return {
    hook: short,
    select: {
      ...(at === undefined ? {} : { positions: at }),
      ...(head === undefined ? {} : { heads: head }),
      ...(src === undefined ? {} : { keys: src }),
    },
  };
}

function pairOf({ reference }: Fixture): [ModelInput, ModelInput] {
  const inputOf = (prompt: string): ModelInput => {
    const pixels = reference.get(`${prompt}/pixel_values`);
    if (pixels)
      return { pixel_values: new Tensor(pixels.data as Float32Array, pixels.dims, ['batch', 'channel', 'height', 'width']) } as Feeds;
    return Array.from(reference.get(`${prompt}/input_ids`)!.data as BigInt64Array, Number);
  };
  return [inputOf('p0'), inputOf('p1')];
}

/** Largest difference between cells and plain runs, of every `stride`-th cell. */
async function worstCell(
  model: HookedModel,
  cells: readonly SweepCell[],
  site: string,
  base: ModelInput,
  source: (hook: string, layer: number) => Promise<Tensor>,
  metric: Metric,
  stride: number,
): Promise<number> {
  let worst = 0;
  for (let at = 0; at < cells.length; at += stride) {
    const { place, values } = cells[at]!;
    const { hook, select } = selectionOf(String(place['site'] ?? site), place);
    const layer = Number(place['layer']);
    const name = `blocks.${layer}.${['z', 'q', 'k', 'v', 'pattern'].includes(hook) ? 'attn.' : ''}hook_${hook}`;
    const plain = await evaluate(model, metric, base, { edits: [edit.patch(name, await source(hook, layer), select)] });
    values.forEach((value, row) => (worst = Math.max(worst, Math.abs(value - plain.values[row]!))));
  }
  return worst;
}

async function cellsOf(sweep: AsyncIterable<SweepCell>): Promise<SweepCell[]> {
  const cells: SweepCell[] = [];
  for await (const cell of sweep) cells.push(cell);
  return cells;
}

const SINGLE = patchSites.filter((site) => !site.endsWith('_every'));

for (const name of ['gpt2-v3', 'llama-v3', 'bert-v3', 'vit-v3']) {
  test(`${name}: every grid equals plain runs`, skipWithoutShared('fixtures', name), async () => {
    const fixture = readFixture(name, 'model.onnx');
    const model = await HookedModel.fromPretrained(fixture.folder, { file: 'onnx/model.onnx', device: 'cpu' });
    const [clean, corrupted] = pairOf(fixture);
    const metric = logitDiff(3, 5);
    const { cache } = await model.runWithCache(clean, { names: /resid_(pre|mid)|hook_(attn|mlp)_out|attn\.hook_(z|q|k|v|pattern)$/ });
    let worst = 0;
    for (const site of SINGLE) {
      const sweep = activationPatching(model, { clean, corrupted, metric, site, batchSize: 7, skipUnchanged: false });
      const cells = await cellsOf(sweep);
      const { grid, complete, base, source } = await sweep;
      assert.ok(complete && grid.size === cells.length && !grid.data.some(Number.isNaN));
      const error = await worstCell(
        model,
        cells,
        site,
        corrupted,
        async (hook, layer) => cache.get(hook, layer),
        metric,
        Math.ceil(cells.length / 40),
      );
      worst = Math.max(worst, error);
      for (const { index, value, values } of cells) {
        assert.ok(Math.abs(grid.at(...index) - value) < 1e-6);
        assert.ok(Math.abs(value - (values[0]! - base) / (source! - base)) < 1e-9);
      }
    }
    const nKeyValueHead = model.hooks.architecture.nKeyValueHead;
    if (nKeyValueHead === model.hooks.architecture.nHead) {
      const every = await activationPatching(model, { clean, corrupted, metric, site: 'head_every' });
      assert.deepEqual(every.grid.axes, ['site', 'layer', 'head']);
      for (const [at, site] of ['head_out', 'head_q', 'head_k', 'head_v', 'head_pattern'].entries()) {
        const { grid } = await activationPatching(model, { clean, corrupted, metric, site: site as PatchSite });
        grid.data.forEach((value, cell) => assert.ok(Math.abs(every.grid.data[at * grid.size + cell]! - value) < TOLERANCE));
      }
    } else {
      await refuses(() => activationPatching(model, { clean, corrupted, metric, site: 'head_every' }), 'invalid-option', /one by one/);
    }
    console.log(
      `${name}: ${SINGLE.length} grids against plain runs, largest difference ${worst.toExponential(1)} (tolerance ${TOLERANCE})`,
    );
    assert.ok(worst < TOLERANCE);
    await model.dispose();
  });
}

const model = await openStoryteller();
after(() => model.dispose());
const { nLayer, nHead } = model.hooks.architecture;
const CLEAN = ['When Mary and John went to the park, John gave a ball to', 'When Tom and Anna went to the park, Anna gave a ball to'].map(
  story,
);
const CORRUPTED = [
  'When Mary and John went to the park, Mary gave a ball to',
  'When Tom and Anna went to the park, Tom gave a ball to',
].map(story);
const METRIC = logitDiff([' Mary', ' Tom'], [' John', ' Anna']);

test('storyteller: a batch of pairs, both directions, against plain runs', async () => {
  for (const direction of ['denoise', 'noise'] as const) {
    const [base, from] = direction === 'denoise' ? [CORRUPTED, CLEAN] : [CLEAN, CORRUPTED];
    const { cache } = await model.runWithCache(from, { names: /resid_pre|hook_z|pattern/ });
    for (const site of ['resid_pre', 'head_out_by_pos', 'head_pattern'] as const) {
      const cells = await cellsOf(activationPatching(model, { clean: CLEAN, corrupted: CORRUPTED, metric: METRIC, site, direction }));
      const worst = await worstCell(model, cells, site, base, async (hook, layer) => cache.get(hook, layer), METRIC, 7);
      console.log(`storyteller, ${direction}, ${site}: ${worst.toExponential(1)} (tolerance ${TOLERANCE})`);
      assert.ok(worst < TOLERANCE);
    }
  }
});

test('clean into clean is clean, corrupted into corrupted is corrupted, the whole first stream is everything', async () => {
  const clean = (await evaluate(model, METRIC, CLEAN)).mean;
  const corrupted = (await evaluate(model, METRIC, CORRUPTED)).mean;
  for (const [prompts, expected] of [
    [CLEAN, 1],
    [CORRUPTED, 0],
  ] as const) {
    for (const site of ['resid_pre', 'resid_mid', 'attn_out', 'mlp_out', 'head_every', 'head_by_pos_every'] as const) {
      const { grid } = await activationPatching(model, {
        clean: prompts,
        corrupted: prompts,
        metric: METRIC,
        site,
        normalize: false,
        skipUnchanged: false,
      });
      const worst = Math.max(...grid.data.map((value) => Math.abs((value - corrupted) / (clean - corrupted) - expected)));
      assert.ok(worst < TOLERANCE, `${site}: ${worst}`);
    }
  }
  const { cache } = await model.runWithCache(CLEAN, { names: 'blocks.0.hook_resid_pre' });
  const whole = await evaluate(model, METRIC, CORRUPTED, { edits: [edit.patch('blocks.0.hook_resid_pre', cache)] });
  assert.ok(Math.abs(whole.mean - clean) < TOLERANCE);
});

test('cells that change nothing are the base run, whether they are run or not', async () => {
  for (const site of ['resid_pre', 'head_pattern_dest_src'] as const) {
    const options = { clean: CLEAN[0]!, corrupted: CORRUPTED[0]!, metric: logitDiff(' Mary', ' John'), site, layers: [1] };
    const [skipped, run] = [
      await activationPatching(model, options),
      await activationPatching(model, { ...options, skipUnchanged: false }),
    ];
    skipped.grid.data.forEach((value, at) => assert.ok(Math.abs(value - run.grid.data[at]!) < TOLERANCE));
  }
});

test('ranges: layers, positions and heads, negative from the last', async () => {
  const options = { clean: CLEAN, corrupted: CORRUPTED, metric: METRIC, site: 'head_out_by_pos' } as const;
  const whole = await activationPatching(model, options);
  const part = await activationPatching(model, { ...options, layers: [-1, 0], positions: [-1, 10], heads: [1] });
  const last = whole.grid.dims[1]! - 1;
  assert.deepEqual(part.coordinates, { layer: [0, nLayer - 1], pos: [10, last], head: [1] });
  assert.ok(Math.abs(part.grid.at(1, 1, 0) - whole.grid.at(nLayer - 1, last, 1)) < TOLERANCE);
  assert.ok(part.tokens && part.meaning.includes('0 as corrupted'));
});

test('a cancelled sweep keeps its cells; one that is left early too; one can be painted before it is done', async () => {
  const options = { clean: CLEAN, corrupted: CORRUPTED, metric: METRIC, site: 'resid_pre', skipUnchanged: false, batchSize: 4 } as const;
  const cancel = new AbortController();
  const seen: number[] = [];
  const sweep = activationPatching(model, {
    ...options,
    signal: cancel.signal,
    onProgress: ({ loaded, total }) => seen.push(loaded / total!),
  });
  const before = await sweep.prepare();
  assert.ok(before.grid.data.every(Number.isNaN) && !before.complete);
  let count = 0;
  for await (const cell of sweep) {
    assert.ok(Math.abs(before.grid.at(...cell.index) - cell.value) < 1e-6);
    if (++count === 6) cancel.abort();
  }
  const { grid, complete } = await sweep;
  const kept = grid.data.filter((value) => !Number.isNaN(value)).length;
  assert.ok(!complete && kept === count && count < grid.size, `${kept} of ${grid.size}`);
  assert.ok(seen.every((value, at) => value > (seen[at - 1] ?? 0)));

  await refuses(() => activationPatching(model, { ...options, signal: AbortSignal.abort() }), 'aborted', /call again/);

  const left = activationPatching(model, options);
  for await (const cell of left) if (cell.index[1] === 3) break;
  assert.equal((await left).complete, false);
  assert.equal((await activationPatching(model, options)).complete, true);
});

test('ablation sweeps equal plain runs', async () => {
  const reference = ['Once upon a time there was a king.', 'The dog was very sad, for'].map(story);
  const prompts = CLEAN;
  for (const [baseline, site] of [
    ['zero', 'head_out'],
    ['zero', 'mlp_out'],
    ['mean', 'head_out'],
    ['mean', 'attn_out'],
    ['resample', 'head_out_by_pos'],
  ] as const) {
    const other = CORRUPTED;
    const sweep = ablationSweep(model, {
      prompts,
      metric: METRIC,
      site,
      baseline,
      ...(baseline === 'zero' ? {} : { reference: baseline === 'mean' ? reference : other }),
    });
    const cells = await cellsOf(sweep);
    const { base, grid } = await sweep;
    const hooks = await model.runWithCache(other, { names: /hook_z|hook_(attn|mlp)_out/ });
    const source = async (hook: string, layer: number): Promise<Tensor> => {
      const name = hooks.cache.names.find((candidate) => candidate.startsWith(`blocks.${layer}.`) && candidate.endsWith(`hook_${hook}`))!;
      if (baseline === 'zero') return new Tensor(new Float32Array(1), [], []);
      return baseline === 'mean' ? meanActivation(model, reference, name) : hooks.cache.get(name);
    };
    const worst = await worstCell(model, cells, site, prompts, source, METRIC, 3);
    console.log(`ablation ${baseline} ${site}: ${worst.toExponential(1)} (tolerance ${TOLERANCE})`);
    assert.ok(worst < TOLERANCE);
    assert.ok(Math.abs(grid.data[0]! - (cells[0]!.values.reduce((sum, value) => sum + value, 0) / prompts.length - base)) < 1e-5);
  }
  await refuses(() => ablationSweep(model, { prompts, metric: METRIC, site: 'head_out', baseline: 'mean' }), 'invalid-option', /reference/);
});

test('bad input is refused with what to do', async () => {
  const options = { clean: CLEAN, corrupted: CORRUPTED, metric: METRIC, site: 'resid_pre' } as const;
  const short = [CORRUPTED[0]!, story('When Tom went')];
  await refuses(() => activationPatching(model, { ...options, corrupted: short }), 'invalid-input', /reword one of them/);
  await refuses(() => activationPatching(model, { ...options, corrupted: CORRUPTED[0]! }), 'invalid-input', /as many of each/);
  await refuses(() => activationPatching(model, { ...options, metric: logitDiff(' Mary John', ' John') }), 'invalid-option', /one token/);
  const nan = customMetric('broken', () => NaN);
  await refuses(() => activationPatching(model, { ...options, metric: nan }), 'hook-failed', /number/);
  let calls = 0;
  const late = customMetric('late', (logits) => (++calls > 6 ? Infinity : logits.data[0]!));
  await refuses(() => activationPatching(model, { ...options, metric: late }), 'hook-failed', /layer \d+, position \d+/);
  await refuses(() => activationPatching(model, { ...options, site: 'residual' as PatchSite }), 'invalid-option', /resid_pre/);
  await refuses(() => activationPatching(model, { ...options, corrupted: CLEAN }), 'invalid-option', /normalize: false/);
  await refuses(() => activationPatching(model, { ...options, layers: [nLayer] }), 'invalid-option', /blocks/);
  await refuses(() => activationPatching(model, { ...options, positions: [99] }), 'invalid-option', /tokens per prompt/);
  await refuses(() => activationPatching(model, { ...options, heads: [0] }), 'invalid-option', /none/);
  await refuses(() => activationPatching(model, { ...options, site: 'head_out', heads: [nHead] }), 'invalid-option', /heads per block/);
  await refuses(() => activationPatching(model, { ...options, site: 'head_out', positions: [1] }), 'invalid-option', /head_out_by_pos/);
});

test('files with fused norms give what the plain file of the same model gives', skipWithoutShared('fixtures', 'llama-gqa'), async () => {
  const sites = ['resid_pre', 'resid_mid', 'mlp_out', 'head_out', 'head_out_by_pos'] as const;
  for (const [fused, plain, some] of [
    ['llama-gqa', 'llama-v3', sites],
    ['llama-gqa-packed', 'llama-v3', [...sites, 'head_v']],
    ['gpt2-ort', 'gpt2-v3', ['head_out', 'head_v']],
  ] as const) {
    const grids = new Map<string, Float32Array[]>();
    for (const name of [fused, plain]) {
      const fixture = readFixture(name, 'model.onnx');
      const other = await HookedModel.fromPretrained(fixture.folder, { file: 'onnx/model.onnx', device: 'cpu' });
      const [clean, corrupted] = pairOf(readFixture(plain, 'model.onnx'));
      for (const site of some) {
        const { grid } = await activationPatching(other, { clean, corrupted, metric: logitDiff(3, 5), site, skipUnchanged: false });
        grids.set(site, [...(grids.get(site) ?? []), grid.data]);
      }
      await other.dispose();
    }
    const worst = Math.max(...[...grids.values()].map(([one, two]) => largestDifference(one!, two!)));
    console.log(`${fused} against ${plain}: ${worst.toExponential(1)} (tolerance ${10 * TOLERANCE})`);
    assert.ok(worst < 10 * TOLERANCE);
  }
});

test('a site that the model lacks is named with the reason', skipWithoutShared('fixtures', 'llama-gqa'), async () => {
  const { folder } = readFixture('llama-gqa', 'model.onnx');
  const fused = await HookedModel.fromPretrained(folder, { file: 'onnx/model.onnx', device: 'cpu' });
  const ids = [1, 2, 3, 4];
  await refuses(
    () => activationPatching(fused, { clean: ids, corrupted: [1, 2, 5, 4], metric: logitDiff(3, 5), site: 'head_pattern' }),
    'hook-not-found-in-model',
    /Choose among/,
  );
  await fused.dispose();
});
