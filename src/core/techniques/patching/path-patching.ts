// SPDX-License-Identifier: MIT

/**
 * Path patching (Wang et al. 2022, "Interpretability in the Wild", arXiv:2211.00593; Goldowsky-Dill et al. 2023, arXiv:2304.05969): the effect
 * that a sender has through one receiver, and through nothing else.
 *
 * 1. Run the base prompt with the sender's output taken from the other prompt and the output of every other head frozen to the base run, so
 *    that the change travels along the stream alone (through the MLPs, which are recomputed, or not even those: `mlps: 'freeze'`). Keep what
 *    arrives at the receivers' inputs.
 * 2. Run the base prompt again with the receivers' inputs set to that, everything else recomputed, and measure.
 *
 * Receivers are the query, key or value input of heads, the input of MLPs, or `'final'`, the stream before the unembedding (then one run
 * does). A normalised cell is (m_patched - m_base) / (m_source - m_base), as in activation patching. As in the paper the default direction
 * is noising: senders from the corrupted prompt into the clean run.
 *
 * Pitfalls. With recomputed MLPs the effect is not a sum over receivers. Freezing means that a path through a head in between does not
 * count as this one; name that head as receiver, or as sender, to find it. Where keys and values are shared among heads (grouped queries),
 * a receiver's key input belongs to all heads of its group.
 *
 * Memory: hook_z (and mlp_out if frozen) and the streams of the base run, the senders of the other one, the receivers' inputs of one batch.
 */
import { throwIfAborted, VitrineError } from '../../errors.js';
import { edit, type Edit } from '../../model/edits/edit.js';
import type { HookFunction } from '../../model/edits/hook-function.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import type { Tensor } from '../../model/tensor.js';
import { meanOf, type Metric } from '../metrics/metric.js';
import { headOf, indexIn, layerOf, layersOf, requireHook } from '../where.js';
import { contextOf, emptyGrid, type SweepOptions } from './activation-patching.js';
import { editable } from './patch-sites.js';
import { repeatRows, withPlaces, type Place } from './places.js';
import { measureRun, requireAlike, runPrompts, type PromptRun } from './prompt-run.js';
import { RowRunner } from './row-runner.js';
import { Sweep, type SweepPlan } from './sweep.js';

/** Where a path ends: an input of a head, or of a block's MLP. Negative numbers count from the last. */
export type PathReceiver =
  { readonly layer: number; readonly head: number; readonly input: 'q' | 'k' | 'v' } | { readonly layer: number; readonly input: 'mlp' };

export interface PathPatchingOptions extends SweepOptions {
  clean: ModelInput;
  corrupted: ModelInput;
  metric: Metric;
  /** Heads, at hook_z, or MLPs, at hook_mlp_out; `layers` and `heads` restrict them. @defaultValue 'heads' */
  senders?: 'heads' | 'mlps';
  /** `positions` of the sender: one cell each. Left out, a sender is patched at all positions at once. */
  positions?: readonly number[];
  receivers: readonly PathReceiver[] | 'final';
  /** Whether the change may pass through MLPs on its way. @defaultValue 'recompute' */
  mlps?: 'recompute' | 'freeze';
  /** `noise`: senders from the corrupted prompt into the clean run; `denoise` the other way. @defaultValue 'noise' */
  direction?: 'denoise' | 'noise';
  /** As in activation patching. @defaultValue true */
  normalize?: boolean;
}

/** What a batch of senders is run with. */
interface Path {
  runner: RowRunner;
  base: PromptRun;
  source: PromptRun;
  senders: 'heads' | 'mlps';
  receivers: readonly Receiver[] | 'final';
  frozen: readonly string[];
}

interface Receiver {
  layer: number;
  hook: string;
  head?: number;
  /** The first sender layers (of heads, of MLPs) that are too late to reach it. */
  after: { heads: number; mlps: number };
}

interface Sender {
  index: number[];
  layer: number;
  hook: string;
  place: Place;
  label: string;
}

/**
 * Patches the paths from every sender to the receivers, one sender at a time.
 *
 * @returns cells as they come, or awaited the grid: [layer, head] or [layer] of senders, with `pos` between or behind where positions are given
 * @throws VitrineError as {@link activationPatching}
 * @example
 * // Which heads feed the queries of head 9.9?
 * const { grid } = await pathPatching(model, { clean, corrupted, metric, receivers: [{ layer: 9, head: 9, input: 'q' }] });
 */
export function pathPatching(model: HookedModel, options: PathPatchingOptions): Sweep {
  return new Sweep(() => planPaths(model, options), options.signal);
}

async function planPaths(model: HookedModel, options: PathPatchingOptions): Promise<SweepPlan> {
  const { senders = 'heads', mlps = 'recompute', direction = 'noise', normalize = true, signal } = options;
  const oneOf = <T>(name: string, value: T, allowed: readonly T[]): void => {
    if (!allowed.includes(value))
      throw new VitrineError(
        'invalid-option',
        `${name} must be one of ${allowed.map((choice) => JSON.stringify(choice)).join(', ')}; got ${JSON.stringify(value)}.`,
      );
  };
  oneOf('senders', senders, ['heads', 'mlps']);
  oneOf('mlps', mlps, ['recompute', 'freeze']);
  oneOf('direction', direction, ['noise', 'denoise']);
  if (senders === 'mlps' && options.heads)
    throw new VitrineError('invalid-option', '`heads` was given, and the senders are MLPs. Leave it out.');
  const { nLayer, nHead } = model.hooks.architecture;
  const layers = layersOf(model, options.layers);
  const receivers = options.receivers === 'final' ? 'final' : receiversOf(model, options.receivers);
  const all = Array.from({ length: nLayer }, (_, layer) => layer);
  const zs = all.map((layer) => editable(requireHook(model, 'z', layer)).name);
  const outs = senders === 'mlps' || mlps === 'freeze' ? all.map((layer) => editable(requireHook(model, 'mlp_out', layer)).name) : [];
  const streams = all.map((layer) => requireHook(model, 'resid_pre', layer).name);
  const inputs = receivers === 'final' ? [] : receivers.map(({ hook }) => hook);
  const run = { ...options.input, ...(signal ? { signal } : {}) };
  const names = [...zs, ...outs, ...streams, ...inputs];
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
  const path: Path = {
    runner: await RowRunner.create(model, base, prepared, signal),
    base,
    source,
    senders,
    receivers,
    frozen: mlps === 'freeze' ? [...zs, ...outs] : zs,
  };
  const axes = Object.keys(coordinates);
  const goal =
    receivers === 'final'
      ? 'the final stream'
      : receivers.map(({ hook, head }) => (head === undefined ? hook : `${hook} of head ${head}`)).join(', ');
  const change = `${prepared.name} after patching ${from} values into the ${into} run along the path to ${goal}`;
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
      const atOnce = path.runner.copiesAtOnce(options.batchSize);
      let done = 0;
      for (const layer of layers) {
        const here = cells.filter((cell) => cell.layer === layer);
        for (let first = 0; first < here.length; first += atOnce) {
          throwIfAborted(signal);
          const batch = here.slice(first, first + atOnce);
          const measured = await runPaths(path, batch, before.values);
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

/** One batch of senders of the same layer. */
async function runPaths(path: Path, batch: readonly Sender[], baseValues: Float64Array): Promise<Float64Array[]> {
  const { runner, base, source, receivers, senders } = path;
  const { layer, hook } = batch[0]!;
  const copies = batch.length;
  const describe = (copy: number): string => batch[copy]!.label;
  const patched = edit.patch(
    hook,
    withPlaces(
      base.cache.get(hook),
      source.cache.get(hook),
      batch.map(({ place }) => place),
    ),
  );
  const frozen = (until: number): Edit[] =>
    path.frozen
      .filter((name) => name !== hook && layerOfName(name) >= layer && layerOfName(name) <= until)
      .map((name) => edit.patch(name, repeatRows(base.cache.get(name), copies)));
  if (receivers === 'final') return runner.measure({ layer, copies, edits: [patched, ...frozen(Infinity)] }, describe);

  const reachable = receivers.filter((receiver) => layer < receiver.after[senders]);
  if (reachable.length === 0) return batch.map(() => baseValues);
  const arrived = new Map<string, Tensor>();
  const keep: HookFunction = (activation, { hook: name }) => {
    arrived.set(name, activation.clone());
  };
  const hooks = Object.fromEntries(reachable.map((receiver) => [receiver.hook, keep]));
  const until = Math.max(...reachable.map((receiver) => receiver.layer));
  await runner.run({ layer, copies, edits: [patched, ...frozen(until)], hooks });
  const edits = reachable.map(({ hook: input, head }) => edit.patch(input, arrived.get(input)!, head === undefined ? {} : { heads: head }));
  return runner.measure({ layer: Math.min(...reachable.map((receiver) => receiver.layer)), copies, edits }, describe);
}

function receiversOf(model: HookedModel, given: readonly PathReceiver[]): Receiver[] {
  if (given.length === 0)
    throw new VitrineError('invalid-option', "`receivers` must name at least one input, or be 'final'; got an empty list.");
  const { nHead, nKeyValueHead, parallel, gated } = model.hooks.architecture;
  return given.flatMap((receiver): Receiver[] => {
    const layer = layerOf(model, receiver.layer, 'the layer of a receiver');
    if (receiver.input === 'mlp') {
      // An MLP reads the stream after its block's attention, unless the two are parallel.
      const after = { heads: parallel ? layer : layer + 1, mlps: layer };
      const shorts = gated ? ['pre', 'pre_linear'] : ['pre'];
      return shorts.map((short) => ({ layer, hook: editable(requireHook(model, short, layer)).name, after }));
    }
    const { input } = receiver as { input: string };
    if (!['q', 'k', 'v'].includes(input))
      throw new VitrineError('invalid-option', `The input of a receiver must be 'q', 'k', 'v' or 'mlp'; got ${JSON.stringify(input)}.`);
    const head = headOf(model, receiver.head, 'the head of a receiver');
    const site = editable(requireHook(model, input, layer));
    return [
      {
        layer,
        hook: site.name,
        head: input === 'q' ? head : Math.floor((head * nKeyValueHead) / nHead),
        after: { heads: layer, mlps: layer },
      },
    ];
  });
}

function layerOfName(name: string): number {
  return Number(/^blocks\.(\d+)\./.exec(name)![1]);
}
