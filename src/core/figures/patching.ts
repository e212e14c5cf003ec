// SPDX-License-Identifier: MIT
import type { HookedModel } from '../model/hooked-model.js';
import { metricOf, type MetricSpec } from '../techniques/metrics/metric-spec.js';
import { ablationSweep } from '../techniques/patching/ablation-sweep.js';
import { activationPatching } from '../techniques/patching/activation-patching.js';
import { causalTracing } from '../techniques/patching/causal-tracing.js';
import type { PatchSite } from '../techniques/patching/patch-sites.js';
import type { Sweep } from '../techniques/patching/sweep.js';
import { rawArray } from '../trace/arrays.js';
import { writeBase } from '../trace/base.js';
import type { PatchingTrace } from '../trace/kinds/patching.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What a `<patching-grid>` asks for. */
export interface PatchingFigureOptions {
  /** @defaultValue 'patching' */
  technique?: 'patching' | 'ablation' | 'tracing';
  /** The prompt that shows the behaviour; for `ablation` and `tracing` the only one. */
  clean: string;
  /** The prompt that does not, with as many tokens. */
  corrupted?: string;
  /** The right answer: one token, with its leading space. */
  answer: string;
  /** The wrong one; the metric is then the difference of their logits, else the probability of the answer. */
  wrong?: string;
  /** What is changed; for `tracing` `state`, `mlp` or `attn`. @defaultValue 'resid_pre' */
  site?: string;
  /** @defaultValue 'denoise' */
  direction?: 'denoise' | 'noise';
  /** Fractions of the difference, or the metric itself. @defaultValue true */
  normalize?: boolean;
  layers?: readonly number[];
  positions?: readonly number[];
  heads?: readonly number[];
  /** For `tracing`: positions of the subject's tokens. */
  subject?: readonly number[];
}

/** What comes on the way: first the empty grid, then cells as [place in `values`, value]. */
export type PatchingPart = { trace: PatchingTrace } | { cells: [number, number][] };

export type PatchingFigure = FigureKind<PatchingFigureOptions, PatchingTrace, PatchingPart>;

/** Cells are sent together when this much time has passed: more often than a page paints would be in vain. */
const sendEveryMs = 30;

/** Runs a sweep; a cancelled one gives what it has. */
export async function recordPatching(
  model: HookedModel,
  options: PatchingFigureOptions,
  context: FigureContext<PatchingPart>,
): Promise<PatchingTrace> {
  const { technique = 'patching', direction = 'denoise', normalize = true } = options;
  const sweep = sweepOf(model, options, context);
  const prepared = await sweep.prepare();
  const { grid, coordinates, metric, meaning, base, source } = prepared;
  const [changed, other] =
    technique === 'patching' && direction === 'denoise' ? [options.corrupted ?? '', options.clean] : [options.clean, options.corrupted];
  const missing = new Set(grid.data.keys());
  const now = async (): Promise<PatchingTrace> => ({
    ...writeBase({ provenance: provenanceOf(model), prompt: changed, tokens: await model.tokenize(changed) }),
    kind: 'patching',
    technique,
    site: options.site ?? (technique === 'tracing' ? 'state' : 'resid_pre'),
    axes: [...grid.axes],
    coordinates: Object.fromEntries(grid.axes.map((axis) => [axis, [...coordinates[axis]!]])),
    values: rawArray(
      grid.data.map((value) => (Number.isFinite(value) ? value : 0)),
      grid.dims,
    ),
    missing: [...missing],
    metric,
    meaning,
    base,
    neutral: technique === 'patching' && !normalize ? base : 0,
    answer: options.answer,
    ...(options.wrong !== undefined && { wrong: options.wrong }),
    ...(technique === 'patching' &&
      source !== undefined &&
      other !== undefined && { source: { value: source, prompt: other, tokens: await sourceTokens(model, other) } }),
  });
  context.onPart?.({ trace: await now() });
  let cells: [number, number][] = [];
  let sentMs = performance.now();
  const send = (): void => {
    if (cells.length > 0) context.onPart?.({ cells });
    cells = [];
    sentMs = performance.now();
  };
  for await (const { index, value } of sweep) {
    const place = index.reduce((offset, at, axis) => offset * grid.dims[axis]! + at, 0);
    missing.delete(place);
    cells.push([place, value]);
    if (performance.now() - sentMs > sendEveryMs) send();
  }
  send();
  return now();
}

async function sourceTokens(model: HookedModel, prompt: string) {
  return writeBase({ provenance: provenanceOf(model), prompt, tokens: await model.tokenize(prompt) }).tokens;
}

function sweepOf(model: HookedModel, options: PatchingFigureOptions, context: FigureContext<PatchingPart>): Sweep {
  const { technique, clean, corrupted = '', answer, wrong, layers, positions, heads, direction, normalize, subject = [] } = options;
  const spec: MetricSpec = wrong === undefined ? { kind: 'probability', answer } : { kind: 'logitDiff', answer, wrong };
  const metric = metricOf(spec);
  const range = { ...(layers && { layers }), ...(positions && { positions }), ...(heads && { heads }) };
  const common = { metric, ...range, ...techniqueOptions(context) };
  // The site is checked by the technique, whose error names what there is.
  if (technique === 'tracing') {
    const restore = (options.site ?? 'state') as 'state' | 'mlp' | 'attn';
    return causalTracing(model, { prompt: clean, subject, restore, window: 3, ...common });
  }
  const site = (options.site ?? 'resid_pre') as PatchSite;
  if (technique === 'ablation') return ablationSweep(model, { prompts: clean, site, ...common });
  return activationPatching(model, {
    clean,
    corrupted,
    site,
    ...(direction && { direction }),
    ...(normalize !== undefined && { normalize }),
    ...common,
  });
}
