// SPDX-License-Identifier: MIT

/**
 * Causal tracing (Meng et al. 2022, "Locating and Editing Factual Associations in GPT", arXiv:2202.05262): which states carry a fact?
 *
 * The subject's token embeddings get Gaussian noise, so that the model no longer knows the answer; then the clean value of a single state is
 * restored, and what comes back of the metric is that state's indirect effect. With p the metric averaged over the noised copies:
 * TE = p_clean - p_noised, IE(layer, position) = p_restored - p_noised. Restoring attention or MLP outputs takes a window of layers around
 * each, [l - floor(w/2), l - floor(w/2) + w) cut off at the ends, as single ones hardly matter: 10 for GPT-2-XL's 48 blocks.
 *
 * Noise has 3 times the standard deviation of the embeddings. Meng et al. take that over the subjects of their data set, here it is over
 * the embeddings of `reference` or of the prompt itself; give `sigma` for a number of your own. The numbers follow from the seed alone,
 * but they are not those of the original code's generator: compare patterns and totals, not single digits.
 *
 * Pitfalls. Noise takes the model out of its distribution, and results depend on its size; patching from a prompt with another subject asks
 * nearly the same and does not (Zhang and Nanda 2023, arXiv:2309.16042). Windows overlap: neighbours in a window grid are not independent.
 *
 * Memory: as activation patching, with `samples` rows for the base run.
 */
import { VitrineError } from '../../errors.js';
import { edit } from '../../model/edits/edit.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import type { Tensor } from '../../model/tensor.js';
import { meanOf, type Metric } from '../metrics/metric.js';
import type { PromptSet } from '../prompt-set.js';
import { indexIn, layersOf, requireHook } from '../where.js';
import { contextOf, emptyGrid, type SweepOptions } from './activation-patching.js';
import { editable, patchable } from './patch-sites.js';
import { measureRun, repeatInput, runPrompts } from './prompt-run.js';
import { RowRunner } from './row-runner.js';
import { repeatRows } from './places.js';
import { runCells, type PlannedCell } from './run-cells.js';
import { Sweep, type SweepPlan, type SweepResult } from './sweep.js';

/** What a {@link causalTracing} restores: the stream behind a block, or a window of MLP or attention outputs. */
export type TracedState = 'state' | 'mlp' | 'attn';

export interface CausalTracingOptions extends Omit<SweepOptions, 'heads'> {
  /** One prompt. */
  prompt: ModelInput;
  /** Positions of the subject's tokens, which get noise; negative from the last. */
  subject: readonly number[];
  /** What is measured; `probability(answer)` in the paper. */
  metric: Metric;
  /** @defaultValue 'state' */
  restore?: TracedState;
  /** Blocks restored together, for `mlp` and `attn`. Take fewer for models of few blocks: a window over most of them restores everything. @defaultValue 10 */
  window?: number;
  /** Noised copies to average over. @defaultValue 10 */
  samples?: number;
  /** Standard deviation of the noise. @defaultValue 3 times that of the embeddings */
  sigma?: number;
  /** Prompts whose token embeddings the standard deviation is taken from. @defaultValue the prompt itself */
  reference?: PromptSet;
  /** @defaultValue 0 */
  seed?: number;
}

/** What {@link causalTracing} finds: IE as [layer, pos]. */
export interface CausalTracingResult extends SweepResult {
  /** The metric without noise. */
  readonly clean: number;
  /** The metric with noise, averaged over the samples; the same as `base`. */
  readonly noised: number;
  /** clean - noised. */
  readonly totalEffect: number;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  /** Blocks restored together. */
  readonly window: number;
}

/**
 * Traces what carries a prompt's subject to its answer.
 *
 * @returns cells as they come, or awaited the grid of indirect effects [layer, pos]; of a cell, `values` has one value per sample
 * @throws VitrineError `invalid-option` for a subject outside the prompt, a window or number of samples below 1; `invalid-input` for several
 *   prompts; `hook-not-found-in-model` for a model whose embeddings were not found; as {@link activationPatching} otherwise
 * @example
 * const prompt = 'The Space Needle is in the city of';
 * const { grid, totalEffect } = await causalTracing(model, { prompt, subject: [1, 2, 3], metric: probability(' Seattle'), restore: 'mlp' });
 */
export function causalTracing(model: HookedModel, options: CausalTracingOptions): Sweep<CausalTracingResult> {
  let more: Pick<CausalTracingResult, 'clean' | 'noised' | 'totalEffect' | 'sigma' | 'window'>;
  const start = async (): Promise<SweepPlan> => {
    const planned = await planTracing(model, options);
    more = planned.more;
    return planned.plan;
  };
  return new Sweep<CausalTracingResult>(
    start,
    options.signal,
    (result) => Object.defineProperties({ ...more }, Object.getOwnPropertyDescriptors(result)) as CausalTracingResult,
  );
}

async function planTracing(
  model: HookedModel,
  options: CausalTracingOptions,
): Promise<{ plan: SweepPlan; more: Pick<CausalTracingResult, 'clean' | 'noised' | 'totalEffect' | 'sigma' | 'window'> }> {
  const { restore = 'state', samples = 10, seed = 0, signal } = options;
  const { nLayer } = model.hooks.architecture;
  const window = restore === 'state' ? 1 : (options.window ?? 10);
  for (const [name, value] of [
    ['samples', samples],
    ['window', window],
  ] as const) {
    if (!Number.isInteger(value) || value < 1)
      throw new VitrineError('invalid-option', `\`${name}\` must be a whole number from 1 up; got ${value}.`);
  }
  const layers = layersOf(model, options.layers);
  const windows = layers.map((layer) => windowOf(model, restore, layer, window));
  const embed = editable(requireHook(model, 'hook_embed')).name;
  const streams = [...new Set([0, ...windows.map(({ start }) => start)])]
    .filter((layer) => layer < nLayer)
    .map((layer) => requireHook(model, 'resid_pre', layer).name);
  const names = [...windows.flatMap(({ hooks }) => hooks), ...streams, embed];
  const run = { ...options.input, ...(signal ? { signal } : {}) };

  const clean = await runPrompts(model, options.prompt, names, run);
  if (clean.batch !== 1)
    throw new VitrineError('invalid-input', `Causal tracing takes one prompt; got ${clean.batch}. Trace each on its own.`);
  if (options.subject.length === 0)
    throw new VitrineError('invalid-option', '`subject` must name the positions of the subject; got an empty list.');
  const subject = options.subject.map((at) => indexIn(clean.pos, at, 'subject', 'tokens'));
  const sigma = options.sigma ?? 3 * (await embeddingDeviation(model, options.reference, clean.cache.get(embed), embed, run));
  const noised = await runPrompts(model, repeatInput(clean.input, samples), names, {
    ...(signal ? { signal } : {}),
    edits: [edit.noise(embed, sigma, { positions: subject, seed })],
  });
  const single = await options.metric.prepare(contextOf(model, clean));
  const before = measureRun(single, clean, 'clean').mean;
  const prepared = {
    ...single,
    positions: Array.from({ length: samples }, () => single.positions[0]!),
    measure: (logits: Tensor) => single.measure(logits, 0),
  };
  const { values: noisedValues, mean } = measureRun(prepared, noised, 'noised');
  const positions = (options.positions ?? Array.from({ length: clean.pos }, (_, at) => at)).map((at) =>
    indexIn(clean.pos, at, 'positions', 'tokens'),
  );
  const cells: PlannedCell[] = windows.flatMap(({ start, hooks }, layerAt) =>
    positions.map((position, at) => ({
      index: [layerAt, at],
      layer: start,
      changes: hooks.map((hook) => ({ hook, place: { position } })),
      label: `${restore}, layer ${layers[layerAt]!}, position ${position}`,
    })),
  );
  const runner = await RowRunner.create(model, noised, prepared, signal);
  const grid = { axes: ['layer', 'pos'], dims: [layers.length, positions.length], coordinates: { layer: layers, pos: positions } };
  const sources = {
    base: (hook: string) => noised.cache.get(hook),
    source: (hook: string) => repeatRows(clean.cache.get(hook), samples),
    replaces: (hook: string) => requireHook(model, hook).editable,
    baseValues: noisedValues,
    prompts: samples,
  };
  const result = {
    ...emptyGrid(grid),
    metric: single.name,
    meaning: `${single.name} that restoring ${restore === 'state' ? 'the stream behind a block' : `${window} ${restore} outputs`} brings back`,
    base: mean,
    source: before,
    tokens: clean.tokens,
  };
  return {
    more: { clean: before, noised: mean, totalEffect: before - mean, sigma, window },
    plan: {
      result,
      cells: (async function* () {
        for await (const { cell, values } of runCells(runner, cells, sources, { ...options, skipUnchanged: true })) {
          yield { index: cell.index, values, value: meanOf(values) - mean };
        }
      })(),
    },
  };
}

/** The hooks restored together, and the first block that has to run. */
function windowOf(model: HookedModel, restore: TracedState, layer: number, window: number): { start: number; hooks: string[] } {
  const { nLayer } = model.hooks.architecture;
  if (restore === 'state') {
    const post = patchable(model, requireHook(model, 'resid_post', layer));
    const next = model.hooks.sites.get(`blocks.${layer + 1}.hook_resid_pre`);
    // The same stream by its next name, from where one block less has to run.
    return next?.tensor === post.tensor ? { start: layer + 1, hooks: [next.name] } : { start: layer, hooks: [post.name] };
  }
  const short = { mlp: 'mlp_out', attn: 'attn_out' }[restore] as string | undefined;
  if (short === undefined)
    throw new VitrineError('invalid-option', `restore must be 'state', 'mlp' or 'attn'; got ${JSON.stringify(restore)}.`);
  const first = Math.max(0, layer - Math.floor(window / 2));
  const last = Math.min(nLayer, layer - Math.floor(window / 2) + window);
  return { start: first, hooks: Array.from({ length: last - first }, (_, at) => editable(requireHook(model, short, first + at)).name) };
}

async function embeddingDeviation(
  model: HookedModel,
  reference: PromptSet | undefined,
  own: Tensor,
  embed: string,
  run: { signal?: AbortSignal },
): Promise<number> {
  const values = [own];
  if (reference) {
    values.length = 0;
    for (const prompt of reference)
      values.push((await model.runWithCache(prompt, { ...run, names: embed, logits: false })).cache.get(embed));
  }
  let [count, sum, squares] = [0, 0, 0];
  for (const { data } of values) {
    count += data.length;
    for (const value of data) {
      sum += value;
      squares += value * value;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
