// SPDX-License-Identifier: MIT

/**
 * Activation patching (Vig et al. 2020, arXiv:2004.12265; Meng et al. 2022, arXiv:2202.05262; the grids are those of TransformerLens's
 * `patching` module): run one prompt, put in a single activation of another, and see how much of the difference comes along.
 *
 * Denoising patches clean values into the corrupted run and finds what is enough to restore the behaviour; noising patches corrupted values
 * into the clean run and finds what is needed for it. With m the metric's mean over the prompts, a normalised cell is
 * (m_patched - m_base) / (m_source - m_base): 0 where the patch does nothing, 1 where it does all that the other prompt does. For denoising
 * this is (LD_patched - LD_corrupted) / (LD_clean - LD_corrupted).
 *
 * Why it is exact though most of the model is not run: a patch at block l leaves the stream before block l as the base run had it, so each
 * row of a batch starts at l with that stream and its own patch, and the unembedding runs at the positions that the metric reads. Cells
 * whose two values agree to the last bit (positions before the first different token of a causal model, masked entries of a pattern) are
 * the base run itself and are not run. Positions before the patched one are recomputed with their row: leaving them out needs a key-value
 * cache per row, whose many short runs cost more than they save at the lengths that are patched.
 *
 * Files whose norms are fused with the sums before them (SkipLayerNormalization) cannot be entered between blocks: there the rows, batched
 * all the same, run from the first block, and a stream is replaced by adding the difference to its last term.
 *
 * Pitfalls. Prompts must have the same number of tokens, and differ in as little as possible; where their metrics hardly differ,
 * normalised values are large and mean nothing. Prefer differences of logits to probabilities (Zhang and Nanda 2023, arXiv:2309.16042).
 * A patched head may matter because other heads make up for it: a small effect is no proof that it was unused. Files with dynamically
 * quantised activations (`q8`) scale a whole batch at once, so that a row's numbers depend on its neighbours: there, `batchSize: 1` and
 * one prompt per sweep give what single runs give.
 *
 * Memory: the activations of the site and the streams before the layers in use, of both prompts; one batch of about 512 tokens in passing.
 */
import { VitrineError, type OnProgress } from '../../errors.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import { meanOf, type Metric } from '../metrics/metric.js';
import { requireHook } from '../where.js';
import { planGrid, type Grid, type PatchSite, type SweepRange } from './patch-sites.js';
import { measureRun, requireAlike, runPrompts, type PromptRun } from './prompt-run.js';
import { RowRunner } from './row-runner.js';
import { runCells, type CellSources } from './run-cells.js';
import { Sweep, type SweepPlan } from './sweep.js';

/** How a sweep runs. */
export interface SweepOptions extends SweepRange {
  /** Rows (copies of a prompt) that run at a time. More hold more memory. @defaultValue about 512 tokens */
  batchSize?: number;
  /** Ends the sweep early; it keeps the cells it has. */
  signal?: AbortSignal;
  /** Called for every cell. */
  onProgress?: OnProgress;
  /** How the prompts are tokenised. */
  input?: Pick<RunOptions, 'addSpecialTokens' | 'prependBos'>;
}

export interface ActivationPatchingOptions extends SweepOptions {
  /** The prompt that shows the behaviour, or several. */
  clean: ModelInput;
  /** The prompt that does not, with the same number of tokens; as many as in `clean`. */
  corrupted: ModelInput;
  /** What is measured, on the prompts as paired: answers are one per pair, or one for all. */
  metric: Metric;
  /** What is patched, and along which axes. */
  site: PatchSite;
  /** `denoise`: clean values into the corrupted run; `noise`: corrupted values into the clean run. @defaultValue 'denoise' */
  direction?: 'denoise' | 'noise';
  /** Whether the grid holds fractions of the difference (see the head of this module) or the metric itself. @defaultValue true */
  normalize?: boolean;
  /** Whether cells that change nothing get the base run's value without a run. @defaultValue true */
  skipUnchanged?: boolean;
}

/**
 * Patches every cell of a grid, one at a time.
 *
 * @returns cells as they come, or awaited the grid: [layer, pos], [layer, head], [layer, pos, head] or what {@link PatchSite} says
 * @throws VitrineError `invalid-input` where prompts differ in length; `invalid-option` for answers of several tokens, ranges outside the
 *   model, or normalisation between equal metrics; `hook-not-found-in-model` with the reason where the model lacks the site;
 *   `hook-failed` where the metric gives no finite number
 * @example
 * const sweep = activationPatching(model, {
 *   clean: 'When Mary and John went to the store, John gave a drink to',
 *   corrupted: 'When Mary and John went to the store, Mary gave a drink to',
 *   metric: logitDiff(' Mary', ' John'),
 *   site: 'resid_pre',
 * });
 * for await (const { place, value } of sweep) console.log(place.layer, place.pos, value);
 * const { grid } = await sweep;                       // Tensor [layer, pos]
 */
export function activationPatching(model: HookedModel, options: ActivationPatchingOptions): Sweep {
  return new Sweep(() => planPatching(model, options), options.signal);
}

async function planPatching(model: HookedModel, options: ActivationPatchingOptions): Promise<SweepPlan> {
  const { direction = 'denoise', normalize = true, skipUnchanged = true } = options;
  if (direction !== 'denoise' && direction !== 'noise')
    throw new VitrineError('invalid-option', `direction must be 'denoise' or 'noise'; got ${JSON.stringify(direction)}.`);
  const names = sweepHooks(model, options.site, options);
  const run = { ...options.input, ...(options.signal ? { signal: options.signal } : {}) };
  const clean = await runPrompts(model, options.clean, names, run);
  const corrupted = await runPrompts(model, options.corrupted, names, run);
  requireAlike(clean, corrupted);
  const [base, source] = direction === 'denoise' ? [corrupted, clean] : [clean, corrupted];
  const prepared = await options.metric.prepare(contextOf(model, clean));
  const before = measureRun(prepared, base, direction === 'denoise' ? 'corrupted' : 'clean');
  const after = measureRun(prepared, source, direction === 'denoise' ? 'clean' : 'corrupted');
  if (normalize && after.mean === before.mean) {
    throw new VitrineError(
      'invalid-option',
      `The metric "${prepared.name}" is ${before.mean} for both prompts, so there is no difference to take fractions of. Choose prompts that differ, or normalize: false.`,
    );
  }
  const grid = planGrid(model, options.site, options, base.pos);
  const runner = await RowRunner.create(model, base, prepared, options.signal);
  const scale = (mean: number): number => (normalize ? (mean - before.mean) / (after.mean - before.mean) : mean);
  const sources = {
    base: (hook: string) => base.cache.get(hook),
    source: (hook: string) => source.cache.get(hook),
    replaces: (hook: string) => requireHook(model, hook).editable,
    baseValues: before.values,
    prompts: base.batch,
  };
  const [from, into] = direction === 'denoise' ? ['clean', 'corrupted'] : ['corrupted', 'clean'];
  return sweepPlan({
    grid,
    runner,
    sources,
    options: { ...options, skipUnchanged },
    scale,
    result: {
      metric: prepared.name,
      meaning: normalize
        ? `${prepared.name} after patching ${from} values into the ${into} run: 0 as ${into}, 1 as ${from}`
        : `${prepared.name} after patching ${from} values into the ${into} run`,
      base: before.mean,
      source: after.mean,
      tokens: base.tokens,
    },
  });
}

/** Hooks that a sweep must capture: the site at every layer, and the streams that rows start from. */
export function sweepHooks(model: HookedModel, site: PatchSite, range: SweepRange): string[] {
  // Positions are checked once the prompts are known; any length serves to name the hooks.
  const withoutPositions = { ...range };
  delete withoutPositions.positions;
  const { hooks, layers } = planGrid(model, site, withoutPositions, 1);
  return [...hooks, ...[0, ...layers].map((layer) => requireHook(model, 'resid_pre', layer).name)];
}

/** What a metric is prepared with. */
export function contextOf(model: HookedModel, run: PromptRun): Parameters<Metric['prepare']>[0] {
  const pos = run.logits.dims.length === 3 ? run.logits.dims[1]! : 1;
  return { model, tokens: run.logits.dims.length === 3 ? run.tokens : undefined, batch: run.batch, pos };
}

/** Puts planned cells, the runner and the empty grid together. */
export function sweepPlan(parts: {
  grid: Grid;
  runner: RowRunner;
  sources: CellSources;
  options: SweepOptions & { skipUnchanged: boolean };
  scale: (mean: number) => number;
  result: Pick<SweepPlan['result'], 'metric' | 'meaning' | 'base' | 'source' | 'tokens'>;
}): SweepPlan {
  const { grid, runner, sources, options, scale, result } = parts;
  return {
    result: { ...result, ...emptyGrid(grid) },
    cells: (async function* () {
      for await (const { cell, values } of runCells(runner, grid.cells, sources, options)) {
        yield { index: cell.index, values, value: scale(meanOf(values)) };
      }
    })(),
  };
}

/** A grid of NaN. */
export function emptyGrid({
  dims,
  axes,
  coordinates,
}: Pick<Grid, 'dims' | 'axes' | 'coordinates'>): Pick<SweepPlan['result'], 'grid' | 'coordinates'> {
  const size = dims.reduce((product, length) => product * length, 1);
  return { grid: new Tensor(new Float32Array(size).fill(NaN), dims, axes), coordinates };
}
