// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import { metricOf } from '../techniques/metrics/metric-spec.js';
import { ablationSweep } from '../techniques/patching/ablation-sweep.js';
import { activationPatching } from '../techniques/patching/activation-patching.js';
import { causalTracing, type TracedState } from '../techniques/patching/causal-tracing.js';
import { hookOfSite, type PatchSite } from '../techniques/patching/patch-sites.js';
import type { Sweep } from '../techniques/patching/sweep.js';
import { rawArray } from '../trace/arrays.js';
import { writeBase, writeToken } from '../trace/base.js';
import type { PatchedRunOutput, PatchingTrace, StatePlace } from '../trace/kinds/patching.js';
import { metricSpecOf, OutputReader, type PatchingPair } from './patched-output.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What a `<patching-grid>` asks for: a sweep of one of the patching techniques, whose own options these are. */
export interface PatchingFigureOptions extends Omit<PatchingPair, 'corrupted'> {
  /** @defaultValue 'patching' */
  technique?: 'patching' | 'ablation' | 'tracing';
  /** The prompt that does not show the behaviour, with as many tokens; `ablation` and `tracing` need none. */
  corrupted?: string;
  /** What is changed: a site of `activationPatching`; for `tracing` `state`, `mlp` or `attn`. @defaultValue 'resid_pre', or 'state' */
  site?: string;
  /** Of `patching`: fractions of the difference, or the metric itself. @defaultValue true */
  normalize?: boolean;
  layers?: readonly number[];
  positions?: readonly number[];
  heads?: readonly number[];
  batchSize?: number;
  /** Of `ablation`: what comes in the place of a part. @defaultValue 'zero' */
  baseline?: 'zero' | 'mean' | 'resample';
  /** Of `ablation`: the prompts of the baselines `mean` and `resample`. */
  reference?: readonly string[];
  /** Of `tracing`: positions of the subject's tokens, which get noise; negative from the last. */
  subject?: readonly number[];
  /** Of `tracing`, for `mlp` and `attn`: blocks restored together. @defaultValue a fifth of the model's blocks, at most 10 */
  window?: number;
  samples?: number;
  sigma?: number;
  seed?: number;
  /** Of `patching`, of one site: how many of the strongest cells also tell the tokens that the patched model says. @defaultValue 0 */
  outputs?: number;
  /** Of `patching`, of one site: states put elsewhere than where they come from, of which the patched model's tokens are told. */
  moves?: readonly { from: StatePlace; to: StatePlace }[];
}

/** What comes on the way: first the empty grid, then cells as [place in `values`, value]. */
export type PatchingPart = { trace: PatchingTrace } | { cells: [number, number][] };

export type PatchingFigure = FigureKind<PatchingFigureOptions, PatchingTrace, PatchingPart>;

/** Cells are sent together when this much time has passed: more often than a page paints would be in vain. */
const sendEveryMs = 30;

/** Runs a sweep; a cancelled one gives what it has. @throws VitrineError what the technique throws, before the first part */
export async function recordPatching(
  model: HookedModel,
  options: PatchingFigureOptions,
  context: FigureContext<PatchingPart>,
): Promise<PatchingTrace> {
  const sweep = sweepOf(model, options, context);
  const prepared = await sweep.prepare();
  const { grid } = prepared;
  const trace = await emptyTrace(model, options, prepared);
  const pair = options.technique === undefined || options.technique === 'patching' ? singleSite(options) : undefined;
  const reader = pair && (await OutputReader.open(model, pair, prepared.coordinates['layer']!.map(Number), context));
  if (reader) trace.outputs = { clean: reader.clean, corrupted: reader.corrupted, patched: [] };
  context.onPart?.({ trace });

  const values = grid.data.map((value) => (Number.isFinite(value) ? value : 0));
  const missing = new Set(grid.data.keys());
  let cells: [number, number][] = [];
  let sentMs = -Infinity;
  const send = (): void => {
    if (cells.length > 0) context.onPart?.({ cells });
    cells = [];
    sentMs = performance.now();
  };
  for await (const { index, value } of sweep) {
    const place = index.reduce((offset, at, axis) => offset * grid.dims[axis]! + at, 0);
    values[place] = value;
    missing.delete(place);
    cells.push([place, value]);
    if (performance.now() - sentMs > sendEveryMs) send();
  }
  send();
  const whole: PatchingTrace = { ...trace, values: rawArray(values, grid.dims), missing: [...missing] };
  if (!reader || missing.size > 0) return whole;
  const patched: PatchedRunOutput[] = [];
  for (const { from, to } of [...strongest(whole, options.outputs ?? 0), ...(options.moves ?? [])])
    patched.push(await reader.patched(from, to));
  return { ...whole, outputs: { clean: reader.clean, corrupted: reader.corrupted, patched } };
}

/** The pair of prompts with the one site whose states are told of; undefined for a bundle of sites. */
function singleSite(options: PatchingFigureOptions) {
  const { corrupted, site = 'resid_pre' } = options;
  if (corrupted !== undefined && hookOfSite(site) !== undefined) return { ...options, corrupted, site };
  if (!options.outputs && !options.moves?.length) return undefined;
  throw new VitrineError(
    'invalid-option',
    '`outputs` and `moves` tell of one kind of state. Choose a single `site`, not a bundle, or leave them out.',
  );
}

/** The trace before the first cell. */
async function emptyTrace(
  model: HookedModel,
  options: PatchingFigureOptions,
  { grid, coordinates, metric, meaning, base, source }: Awaited<ReturnType<Sweep['prepare']>>,
): Promise<PatchingTrace> {
  const { technique = 'patching', direction = 'denoise', clean, corrupted, answer, wrong, subject } = options;
  const patching = technique === 'patching';
  const normalized = patching && (options.normalize ?? true);
  const [prompt, other] = patching && direction === 'denoise' ? [corrupted ?? '', clean] : [clean, corrupted];
  const tokens = await model.tokenize(prompt);
  return {
    ...writeBase({ provenance: provenanceOf(model), prompt, tokens }),
    kind: 'patching',
    technique,
    site: options.site ?? (technique === 'tracing' ? 'state' : 'resid_pre'),
    ...(patching && { direction }),
    normalized,
    causal: model.hooks.architecture.causal,
    axes: [...grid.axes],
    coordinates: Object.fromEntries(grid.axes.map((axis) => [axis, [...coordinates[axis]!]])),
    values: rawArray(new Float32Array(grid.size), grid.dims),
    missing: [...grid.data.keys()],
    metric,
    meaning,
    base,
    neutral: patching && !normalized ? base : 0,
    ...(answer !== undefined && { answer }),
    ...(wrong !== undefined && { wrong }),
    ...(technique === 'tracing' && subject && { subject: subject.map((at) => (at < 0 ? at + tokens.length : at)) }),
    ...(patching &&
      source !== undefined &&
      other !== undefined && { source: { value: source, prompt: other, tokens: (await model.tokenize(other)).map(writeToken) } }),
  };
}

function sweepOf(model: HookedModel, options: PatchingFigureOptions, context: FigureContext<PatchingPart>): Sweep {
  const { technique = 'patching', clean, corrupted, layers, positions, heads, batchSize } = options;
  const metric = metricOf(metricSpecOf(options));
  const common = {
    metric,
    ...(layers && { layers }),
    ...(positions && { positions }),
    ...(batchSize !== undefined && { batchSize }),
    ...techniqueOptions(context),
  };
  // The site is checked by the technique, whose error names what there is.
  if (technique === 'tracing') {
    const { subject = [], site = 'state', samples, sigma, seed } = options;
    const window = options.window ?? Math.max(1, Math.min(10, Math.round(model.hooks.architecture.nLayer / 5)));
    const noise = { ...(samples !== undefined && { samples }), ...(sigma !== undefined && { sigma }), ...(seed !== undefined && { seed }) };
    return causalTracing(model, { prompt: clean, subject, restore: site as TracedState, window, ...noise, ...common });
  }
  const site = (options.site ?? 'resid_pre') as PatchSite;
  const range = { ...common, ...(heads && { heads }) };
  if (technique === 'ablation') {
    const { baseline, reference } = options;
    return ablationSweep(model, { prompts: clean, site, ...range, ...(baseline && { baseline }), ...(reference && { reference }) });
  }
  if (technique !== 'patching') {
    throw new VitrineError('invalid-option', `\`technique\` must be patching, ablation or tracing; got ${JSON.stringify(technique)}.`);
  }
  if (corrupted === undefined) {
    throw new VitrineError('invalid-option', 'Patching needs two prompts: give `corrupted`, with as many tokens as `clean`.');
  }
  const { direction, normalize } = options;
  return activationPatching(model, {
    clean,
    corrupted,
    site,
    ...(direction && { direction }),
    ...(normalize !== undefined && { normalize }),
    ...range,
  });
}

/** The states of the cells with the largest effects. */
function strongest({ axes, coordinates, values, neutral }: PatchingTrace, count: number): { from: StatePlace; to: StatePlace }[] {
  const data = 'values' in values ? values.values : [];
  const shape = values.shape;
  const order = [...data.keys()].sort((a, b) => Math.abs(data[b]! - neutral) - Math.abs(data[a]! - neutral));
  return order.slice(0, count).map((place) => {
    const found: Record<string, number> = {};
    let rest = place;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      found[axes[axis]!] = Number(coordinates[axes[axis]!]![rest % shape[axis]!]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    const { layer, head, pos, dest, src } = found;
    const position = pos ?? dest;
    const state: StatePlace = {
      layer: layer!,
      ...(head !== undefined && { head }),
      ...(position !== undefined && { position }),
      ...(src !== undefined && { key: src }),
    };
    return { from: state, to: state };
  });
}
