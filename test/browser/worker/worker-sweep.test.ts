// SPDX-License-Identifier: MIT
/** Sweeps in a worker give the cells that they give on the page, as they are computed, and leave the page free meanwhile. */
import { expect } from 'chai';
import {
  ablationSweep,
  activationPatching,
  causalTracing,
  customMetric,
  HookedModel,
  klDivergence,
  logitDiff,
  logOdds,
  logProbability,
  metricOf,
  probability,
  rank,
  VitrineError,
  type Metric,
  type Progress,
  type Sweep,
  type SweepCell,
} from '../../../src/core/index.js';
import { createWorkerModel, type WorkerModel } from '../../../src/worker/index.js';
import { HELLO, type Reply, type Request } from '../../../src/worker/protocol.js';

const STORYTELLER = '/models/storyteller/';
const script = new URL('../../../src/worker/worker.ts', import.meta.url);
const clean = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const corrupted = '<|endoftext|>When Mary and John went to the store, Mary gave a drink to';
const metric = logitDiff(' Mary', ' John');

async function cellsOf(sweep: Sweep): Promise<SweepCell[]> {
  const cells: SweepCell[] = [];
  for await (const cell of sweep) cells.push(cell);
  return cells;
}

/** The largest difference of two grids; NaN equals NaN. */
function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).equal(b.length);
  return Array.from(a).reduce((worst, value, index) => Math.max(worst, Object.is(value, b[index]) ? 0 : Math.abs(value - b[index]!)), 0);
}

async function failure(work: PromiseLike<unknown>): Promise<VitrineError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).instanceOf(VitrineError);
  return error as VitrineError;
}

describe('a sweep in a worker', () => {
  let here: HookedModel;
  let there: WorkerModel;

  before(async () => {
    here = await HookedModel.fromPretrained(STORYTELLER, { device: 'wasm' });
    there = await createWorkerModel(STORYTELLER, { device: 'wasm', worker: script });
  });
  after(async () => {
    await here.dispose();
    await there.dispose();
  });

  it('patches as on the page, cell by cell, to the last bit, and the page stays free', async () => {
    const options = { clean, corrupted, metric, site: 'head_out' } as const;
    const expected = activationPatching(here, options);
    const mine = await cellsOf(expected);

    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    await new Promise((resolve) => setTimeout(resolve, 100)); // what ran on this page until now is no task of the sweep's
    observer.observe({ entryTypes: ['longtask'] });
    const reports: Progress[] = [];
    const sweep = there.activationPatching({ ...options, batchSize: 4, onProgress: (report) => reports.push(report) });
    const { grid } = await sweep.prepare();
    expect(grid.data.every(Number.isNaN)).equal(true);
    const its: SweepCell[] = [];
    const turns = new Set<number>();
    let turn = 0;
    const counting = setInterval(() => turn++, 1);
    for await (const cell of sweep) {
      its.push(cell);
      turns.add(turn);
      expect(grid.at(...cell.index)).equal(Math.fround(cell.value));
    }
    clearInterval(counting);
    await new Promise((resolve) => setTimeout(resolve, 100));
    observer.disconnect();
    console.log(
      `longest task on the page during ${its.length} cells in a worker: ${tasks.length ? `${Math.max(...tasks)} ms` : 'none over 50 ms'}`,
    );

    expect(its.map(({ place }) => place)).deep.equal(mine.map(({ place }) => place));
    const worst = largest(
      its.flatMap(({ value }) => value),
      mine.flatMap(({ value }) => value),
    );
    console.log(`largest difference of a cell between worker and page: ${worst}`);
    expect(worst).at.most(1e-5);
    expect(its.length).equal(32);
    expect(turns.size, 'moments at which cells came').greaterThan(3);
    expect(reports.map(({ loaded }) => loaded)).deep.equal(its.map((_, index) => index + 1));
    const [result, wanted] = [await sweep, await expected];
    expect(result.grid).equal(grid);
    expect({ ...result, grid: undefined }).deep.equal({ ...wanted, grid: undefined });
    expect(result.complete).equal(true);
  });

  it('ablates and traces as on the page', async () => {
    const ablation = {
      prompts: clean,
      metric: probability(' Mary'),
      site: 'attn_out',
      baseline: 'resample',
      reference: [corrupted],
    } as const;
    const [mine, its] = [await ablationSweep(here, ablation), await there.ablationSweep(ablation)];
    expect(largest(its.grid.data, mine.grid.data)).at.most(1e-5);
    expect(its.grid.axes).deep.equal(mine.grid.axes);
    const tracing = {
      prompt: clean,
      subject: [2, 4],
      metric: probability(' Mary'),
      samples: 2,
      restore: 'mlp',
      window: 2,
      layers: [1, 2],
    } as const;
    const [one, other] = [await causalTracing(here, tracing), await there.causalTracing(tracing)];
    expect(largest(other.grid.data, one.grid.data)).at.most(1e-5);
    expect(other.totalEffect).equal(one.totalEffect);
    expect([other.sigma, other.window]).deep.equal([one.sigma, one.window]);
  });

  it('takes every built-in metric along, as data that makes the same metric again', async () => {
    const base = await here.run([clean]);
    const answers = { prompts: [clean], site: 'mlp_out', layers: [2], positions: [-1], values: 'metric' } as const;
    const metrics = [
      logitDiff([' Mary'], ' John', { position: -2 }),
      probability(' Mary'),
      logProbability(' Mary'),
      rank(' Mary'),
      logOdds([' Mary', ' John']),
      klDivergence(base),
    ];
    for (const given of metrics) {
      const again: Metric = metricOf(given.spec!);
      expect([again.name, again.reads, again.spec]).deep.equal([given.name, given.reads, given.spec]);
      const [mine, its] = [
        await ablationSweep(here, { ...answers, metric: given }),
        await there.ablationSweep({ ...answers, metric: given }),
      ];
      expect(largest(its.grid.data, mine.grid.data), given.name).at.most(1e-5);
      expect(its.metric).equal(given.name);
    }
  });

  it('keeps what came when its signal is aborted or its loop is left, and the worker is free again', async () => {
    const controller = new AbortController();
    const options = { clean, corrupted, metric, site: 'head_out_by_pos', batchSize: 1 } as const;
    const aborted = there.activationPatching({ ...options, signal: controller.signal });
    let came = 0;
    for await (const cell of aborted) if (cell && ++came === 100) controller.abort();
    const left = there.activationPatching(options);
    let before = 0;
    for await (const cell of left) if (cell && ++before === 100) break;
    for (const [sweep, cells] of [
      [aborted, came],
      [left, before],
    ] as const) {
      const { grid, complete } = await sweep;
      expect(complete).equal(false);
      expect(cells).at.least(100);
      expect(grid.data.filter(Number.isFinite).length).equal(cells);
      expect(cells).lessThan(grid.size);
    }
    expect((await there.run(clean)).logits.size).greaterThan(0);
  });

  it('the worker itself stops when it is cancelled', async () => {
    const worker = new Worker(script, { type: 'module' });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(HELLO, [port2]);
    const ask = (request: Request, onStep?: () => void): Promise<Reply> =>
      new Promise((resolve) => {
        port1.onmessage = ({ data }: MessageEvent<Reply>) => ('step' in data ? onStep?.() : resolve(data));
        port1.postMessage(request);
      });
    const source = new URL(STORYTELLER, location.href).href;
    expect(await ask({ id: 1, call: 'open', args: [source, { device: 'wasm' }, {}], progress: false })).property('value');
    const options = { clean, corrupted, metric: metric.spec, site: 'head_out_by_pos', batchSize: 1, skipUnchanged: false };
    let steps = 0;
    const cancelled = await ask({ id: 2, call: 'sweep', args: ['activationPatching', options], progress: false }, () => {
      if (++steps === 3) port1.postMessage({ id: 2, cancel: true });
    });
    worker.terminate();
    console.log(`the worker sent ${steps} of 480 cells before it stopped`);
    expect(cancelled).property('value'); // the page has given up by then, and reads no more
    expect(steps).lessThan(481); // the grid and every cell
  });

  it('refuses functions with advice, and carries errors over', async () => {
    const options = { clean, corrupted, metric, site: 'resid_pre' } as const;
    const own = customMetric('largest logit', (logits) => Math.max(...logits.data));
    const refused = await failure(there.activationPatching({ ...options, metric: own }));
    expect(refused.code).equal('invalid-option');
    expect(refused.message).match(/"largest logit" is a function.*Use a built-in metric.*on this page/);
    const wrong = { ...options, corrupted: `${corrupted} the` };
    const [mine, its] = [await failure(activationPatching(here, wrong)), await failure(there.activationPatching(wrong))];
    expect([its.code, its.message]).deep.equal([mine.code, mine.message]);
    expect((await failure(there.activationPatching({ ...options, signal: AbortSignal.abort() }))).code).equal('aborted');
  });
});
