// SPDX-License-Identifier: MIT

/** What direct and full path patching share: senders and receivers, the two prompts, the grid, and the order of the cells. */
import { throwIfAborted, VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { meanOf, type Metric } from '../metrics/metric.js';
import { headOf, indexIn, layerOf, layersOf, requireHook } from '../where.js';
import { contextOf, emptyGrid, type SweepOptions } from './activation-patching.js';
import { editable } from './patch-sites.js';
import type { Place } from './places.js';
import { measureRun, requireAlike, runPrompts, type PromptRun } from './prompt-run.js';
import { RowRunner } from './row-runner.js';
import type { SweepPlan } from './sweep.js';

/** Where a path ends: an input of a head, or of a block's MLP. Negative numbers count from the last. */
export type PathReceiver =
  { readonly layer: number; readonly head: number; readonly input: 'q' | 'k' | 'v' } | { readonly layer: number; readonly input: 'mlp' };

export interface PathOptions extends SweepOptions {
  /** The prompt that shows the behaviour, or several. */
  clean: ModelInput;
  /** The prompt that does not, with the same number of tokens; as many as in `clean`. */
  corrupted: ModelInput;
  metric: Metric;
  /** Heads, at hook_z, or MLPs, at hook_mlp_out; `layers` and `heads` restrict them. @defaultValue 'heads' */
  senders?: 'heads' | 'mlps';
  /** `positions` of the sender: one cell each. Left out, a sender is patched at all positions at once. */
  positions?: readonly number[];
  /** `noise`: senders from the corrupted prompt into the clean run; `denoise` the other way. @defaultValue 'noise' */
  direction?: 'denoise' | 'noise';
  /** As in activation patching. @defaultValue true */
  normalize?: boolean;
}

/** The two runs that paths lead between. */
export interface Paths {
  model: HookedModel;
  runner: RowRunner;
  base: PromptRun;
  source: PromptRun;
  senders: 'heads' | 'mlps';
}

/** One hook that a path ends at. */
export interface Receiver {
  layer: number;
  hook: string;
  input: 'q' | 'k' | 'v' | 'pre' | 'pre_linear';
  /** Its head, counted as the hook counts them. */
  head?: number;
  /** The first sender layers (of heads, of MLPs) that are too late to reach it. */
  after: { heads: number; mlps: number };
}

/** One sender at one place. */
export interface Sender {
  index: number[];
  layer: number;
  hook: string;
  place: Place;
  label: string;
}

/** Measures a batch of senders of one layer; undefined where none of them reaches a receiver. */
export type RunSenders = (batch: readonly Sender[]) => Promise<Float64Array[] | undefined>;

/**
 * Plans the cells of a grid of senders.
 *
 * @param how - further hooks that both runs capture, what the paths lead to (for the legend), and what runs a batch
 */
export async function planPaths(
  model: HookedModel,
  options: PathOptions,
  how: { hooks: readonly string[]; goal: string; route: (paths: Paths) => Promise<RunSenders> },
): Promise<SweepPlan> {
  const { senders = 'heads', direction = 'noise', normalize = true, signal } = options;
  oneOf('senders', senders, ['heads', 'mlps']);
  oneOf('direction', direction, ['noise', 'denoise']);
  if (senders === 'mlps' && options.heads)
    throw new VitrineError('invalid-option', '`heads` was given, and the senders are MLPs. Leave it out.');
  const { nLayer, nHead } = model.hooks.architecture;
  const layers = layersOf(model, options.layers);
  const all = Array.from({ length: nLayer }, (_, layer) => layer);
  const zs = all.map((layer) => editable(requireHook(model, 'z', layer)).name);
  const outs = senders === 'mlps' ? all.map((layer) => editable(requireHook(model, 'mlp_out', layer)).name) : [];
  const streams = all.map((layer) => requireHook(model, 'resid_pre', layer).name);
  const run = { ...options.input, ...(signal ? { signal } : {}) };
  const names = [...zs, ...outs, ...streams, ...how.hooks];
  const clean = await runPrompts(model, options.clean, names, run);
  const corrupted = await runPrompts(model, options.corrupted, names, run);
  requireAlike(clean, corrupted);
  const [base, source] = direction === 'noise' ? [clean, corrupted] : [corrupted, clean];
  const [into, from] = direction === 'noise' ? ['clean', 'corrupted'] : ['corrupted', 'clean'];
  const prepared = await options.metric.prepare(contextOf(model, clean));
  const before = measureRun(prepared, base, into!);
  const after = measureRun(prepared, source, from!);
  if (normalize && after.mean === before.mean) {
    throw new VitrineError(
      'invalid-option',
      `The metric "${prepared.name}" is ${before.mean} for both prompts, so there is no difference to take fractions of. Choose prompts that differ, or normalize: false.`,
    );
  }

  const heads =
    senders === 'mlps'
      ? [undefined]
      : [...new Set(options.heads?.map((head) => headOf(model, head)) ?? Array.from({ length: nHead }, (_, head) => head))].sort(
          (a, b) => a - b,
        );
  const positions = options.positions?.map((at) => indexIn(base.pos, at, 'positions', 'tokens per prompt')) ?? [undefined];
  const coordinates: Record<string, (number | string)[]> = {
    layer: layers,
    ...(positions[0] === undefined ? {} : { pos: positions as number[] }),
    ...(heads[0] === undefined ? {} : { head: heads as number[] }),
  };
  const cells = layers.flatMap((layer, layerAt) =>
    positions.flatMap((position, positionAt) =>
      heads.map((head, headAt): Sender => {
        const place = { ...(position === undefined ? {} : { position }), ...(head === undefined ? {} : { head }) };
        return {
          index: [layerAt, ...(position === undefined ? [] : [positionAt]), ...(head === undefined ? [] : [headAt])],
          layer,
          hook: (senders === 'heads' ? zs : outs)[layer]!,
          place,
          label: `path from ${senders === 'heads' ? `head ${layer}.${head!}` : `MLP ${layer}`}${position === undefined ? '' : `, position ${position}`}`,
        };
      }),
    ),
  );
  const runner = await RowRunner.create(model, base, prepared, signal);
  const runSenders = await how.route({ model, runner, base, source, senders });
  const axes = Object.keys(coordinates);
  const change = `${prepared.name} after patching ${from} values into the ${into} run along the path to ${how.goal}`;
  return {
    result: {
      ...emptyGrid({ axes, dims: axes.map((axis) => coordinates[axis]!.length), coordinates }),
      metric: prepared.name,
      meaning: normalize ? `${change}: 0 as ${into}, 1 as ${from}` : change,
      base: before.mean,
      source: after.mean,
      tokens: base.tokens,
    },
    cells: (async function* () {
      const atOnce = runner.copiesAtOnce(options.batchSize);
      let done = 0;
      for (const layer of layers) {
        const here = cells.filter((cell) => cell.layer === layer);
        for (let first = 0; first < here.length; first += atOnce) {
          throwIfAborted(signal);
          const batch = here.slice(first, first + atOnce);
          const measured = (await runSenders(batch)) ?? batch.map(() => before.values);
          for (const [copy, { index, label }] of batch.entries()) {
            const values = measured[copy]!;
            const mean = meanOf(values);
            options.onProgress?.({ phase: 'run', loaded: ++done, total: cells.length, item: label });
            yield { index, values, value: normalize ? (mean - before.mean) / (after.mean - before.mean) : mean };
          }
        }
      }
    })(),
  };
}

/** The hooks of receivers. @throws VitrineError `invalid-option`, `not-editable`, `hook-not-found-in-model` */
export function receiversOf(model: HookedModel, given: readonly PathReceiver[]): Receiver[] {
  if (given.length === 0)
    throw new VitrineError('invalid-option', "`receivers` must name at least one input, or be 'final'; got an empty list.");
  const { nHead, nKeyValueHead, parallel, gated } = model.hooks.architecture;
  return given.flatMap((receiver): Receiver[] => {
    const layer = layerOf(model, receiver.layer, 'the layer of a receiver');
    if (receiver.input === 'mlp') {
      // An MLP reads the stream after its block's attention, unless the two are parallel.
      const after = { heads: parallel ? layer : layer + 1, mlps: layer };
      const inputs = gated ? (['pre', 'pre_linear'] as const) : (['pre'] as const);
      return inputs.map((input) => ({ layer, hook: editable(requireHook(model, input, layer)).name, input, after }));
    }
    const { input } = receiver;
    oneOf('the input of a receiver', input, ['q', 'k', 'v']);
    const head = headOf(model, receiver.head, 'the head of a receiver');
    const site = editable(requireHook(model, input, layer));
    return [
      {
        layer,
        hook: site.name,
        input,
        head: input === 'q' ? head : Math.floor((head * nKeyValueHead) / nHead),
        after: { heads: layer, mlps: layer },
      },
    ];
  });
}

/** How a legend calls receivers. */
export function namesOf(receivers: readonly Receiver[]): string {
  return receivers.map(({ hook, head }) => (head === undefined ? hook : `${hook} of head ${head}`)).join(', ');
}

/** @throws VitrineError `invalid-option` for a value that is not allowed, with those that are */
export function oneOf<T>(name: string, value: T, allowed: readonly T[]): void {
  if (allowed.includes(value)) return;
  throw new VitrineError(
    'invalid-option',
    `${name} must be one of ${allowed.map((choice) => JSON.stringify(choice)).join(', ')}; got ${JSON.stringify(value)}.`,
  );
}
