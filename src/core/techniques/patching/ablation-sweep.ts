// SPDX-License-Identifier: MIT

/**
 * Ablation of every cell of a grid, one at a time: which layers, heads and positions does a behaviour need? See `ablation.ts` for what the
 * baselines mean and for single components; this runs them batched from the block that changes, with the same grids as activation patching.
 *
 * Zero ablation of a head at hook_z also takes its value bias away, unlike TransformerLens on processed weights.
 */
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import { meanActivations } from '../mean-activation.js';
import type { Metric } from '../metrics/metric.js';
import type { PromptSet } from '../prompt-set.js';
import { requireHook } from '../where.js';
import { contextOf, sweepHooks, sweepPlan, type SweepOptions } from './activation-patching.js';
import { planGrid, type PatchSite } from './patch-sites.js';
import { measureRun, requireAlike, requireOneLength, runPrompts, type PromptRun } from './prompt-run.js';
import { RowRunner } from './row-runner.js';
import { Sweep, type SweepPlan } from './sweep.js';

export interface AblationSweepOptions extends SweepOptions {
  /** The prompts, all of one length. */
  prompts: ModelInput;
  metric: Metric;
  /** What is ablated, and along which axes; the names of activation patching. */
  site: PatchSite;
  /** @defaultValue 'zero' */
  baseline?: 'zero' | 'mean' | 'resample';
  /** For `mean`: the prompts to average over. For `resample`: other prompts, as many and as long as `prompts`. */
  reference?: PromptSet;
  /** For `mean`: one mean per position; patterns always have one. @defaultValue false */
  perPosition?: boolean;
  /** Whether the grid holds the change of the metric (ablated - base) or the metric itself. @defaultValue 'change' */
  values?: 'change' | 'metric';
}

/**
 * Ablates every cell of a grid.
 *
 * @returns cells as they come, or awaited the grid, of the axes that {@link PatchSite} says
 * @throws VitrineError as {@link activationPatching}; `invalid-option` for a baseline without its reference
 * @example
 * const { grid } = await ablationSweep(model, { prompts, metric: logitDiff(' Mary', ' John'), site: 'head_out' });
 * grid.at(9, 9)                                       // what the metric loses without head 9.9
 */
export function ablationSweep(model: HookedModel, options: AblationSweepOptions): Sweep {
  return new Sweep(() => planAblation(model, options), options.signal);
}

async function planAblation(model: HookedModel, options: AblationSweepOptions): Promise<SweepPlan> {
  const { baseline = 'zero', values = 'change', signal } = options;
  const names = sweepHooks(model, options.site, options);
  const run = { ...options.input, ...(signal ? { signal } : {}) };
  const base = await runPrompts(model, options.prompts, names, run);
  requireOneLength(base, 'prompts');
  const prepared = await options.metric.prepare(contextOf(model, base));
  const before = measureRun(prepared, base, 'unchanged');
  const grid = planGrid(model, options.site, options, base.pos);
  const source = await sourceOf(model, options, base, grid.hooks);
  return sweepPlan({
    grid,
    runner: await RowRunner.create(model, base, prepared, signal),
    sources: {
      base: (hook) => base.cache.get(hook),
      source,
      replaces: (hook) => requireHook(model, hook).editable,
      baseValues: before.values,
      prompts: base.batch,
    },
    options: { ...options, skipUnchanged: true },
    scale: (mean) => (values === 'change' ? mean - before.mean : mean),
    result: {
      metric: prepared.name,
      meaning: `${values === 'change' ? 'change of ' : ''}${prepared.name} after ${baseline} ablation`,
      base: before.mean,
      tokens: base.tokens,
    },
  });
}

/** What comes in the place of a hook's activation, in the shape of the base run's. */
async function sourceOf(
  model: HookedModel,
  options: AblationSweepOptions,
  base: PromptRun,
  hooks: readonly string[],
): Promise<(hook: string) => Tensor> {
  const { baseline = 'zero', reference } = options;
  const like = (hook: string, fill: (data: Float32Array) => void): Tensor => {
    const { dims, axes, size } = base.cache.get(hook);
    const data = new Float32Array(size);
    fill(data);
    return new Tensor(data, dims, axes);
  };
  if (baseline === 'zero') return remembered((hook) => like(hook, () => undefined));
  if (baseline !== 'mean' && baseline !== 'resample')
    throw new VitrineError('invalid-option', `baseline must be 'zero', 'mean' or 'resample'; got ${JSON.stringify(baseline)}.`);
  if (!reference) {
    const what = baseline === 'mean' ? 'prompts to average over' : 'other prompts of the same length';
    throw new VitrineError('invalid-option', `The baseline '${baseline}' needs \`reference\`: ${what}.`);
  }
  const run = { ...options.input, ...(options.signal ? { signal: options.signal } : {}) };
  if (baseline === 'resample') {
    const other = await runPrompts(model, reference as ModelInput, hooks, run);
    requireAlike(base, other, ['prompts', 'reference']);
    return (hook) => other.cache.get(hook);
  }
  const perPosition = (options.perPosition ?? false) || hooks.some((hook) => requireHook(model, hook).axes.includes('key'));
  const means = await meanActivations(model, reference, [...hooks], { ...run, perPosition });
  return remembered((hook) =>
    like(hook, (data) => {
      const mean = means.get(hook)!;
      const { dims } = base.cache.get(hook);
      const perRow = data.length / dims[0]!;
      const pooled = perRow / dims[1]! === mean.size;
      if (!pooled && mean.size !== perRow) {
        throw new VitrineError(
          'invalid-input',
          `The means of ${hook} per position are [${mean.dims.join(', ')}] and the prompts need [${dims.slice(1).join(', ')}]. Give references of the same length as the prompts.`,
        );
      }
      for (let at = 0; at < data.length; at += mean.size) data.set(mean.data, at);
    }),
  );
}

function remembered(make: (hook: string) => Tensor): (hook: string) => Tensor {
  let last: { hook: string; tensor: Tensor } | undefined;
  return (hook) => {
    if (last?.hook !== hook) last = { hook, tensor: make(hook) };
    return last.tensor;
  };
}
