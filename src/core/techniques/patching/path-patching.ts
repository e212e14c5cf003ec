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
import { edit, type Edit } from '../../model/edits/edit.js';
import type { HookFunction } from '../../model/edits/hook-function.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { Tensor } from '../../model/tensor.js';
import { requireHook } from '../where.js';
import { editable } from './patch-sites.js';
import {
  namesOf,
  oneOf,
  planPaths,
  receiversOf,
  type PathOptions,
  type PathReceiver,
  type Paths,
  type Receiver,
  type Sender,
} from './path-plan.js';
import { repeatRows, withPlaces } from './places.js';
import { Sweep } from './sweep.js';

export interface PathPatchingOptions extends PathOptions {
  receivers: readonly PathReceiver[] | 'final';
  /** Whether the change may pass through MLPs on its way. @defaultValue 'recompute' */
  mlps?: 'recompute' | 'freeze';
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
  return new Sweep(() => {
    const { mlps = 'recompute' } = options;
    oneOf('mlps', mlps, ['recompute', 'freeze']);
    const receivers = options.receivers === 'final' ? 'final' : receiversOf(model, options.receivers);
    const layers = Array.from({ length: model.hooks.architecture.nLayer }, (_, layer) => layer);
    const frozen = (mlps === 'freeze' ? ['z', 'mlp_out'] : ['z']).flatMap((short) =>
      layers.map((layer) => editable(requireHook(model, short, layer)).name),
    );
    return planPaths(model, options, {
      hooks: frozen,
      goal: receivers === 'final' ? 'the final stream' : namesOf(receivers),
      route: (paths) => Promise.resolve((batch) => runPaths(paths, receivers, frozen, batch)),
    });
  }, options.signal);
}

/** One batch of senders of the same layer. */
async function runPaths(
  { runner, base, source, senders }: Paths,
  receivers: readonly Receiver[] | 'final',
  frozenHooks: readonly string[],
  batch: readonly Sender[],
): Promise<Float64Array[] | undefined> {
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
    frozenHooks
      .filter((name) => name !== hook && layerOfName(name) >= layer && layerOfName(name) <= until)
      .map((name) => edit.patch(name, repeatRows(base.cache.get(name), copies)));
  if (receivers === 'final') return runner.measure({ layer, copies, edits: [patched, ...frozen(Infinity)] }, describe);

  const reachable = receivers.filter((receiver) => layer < receiver.after[senders]);
  if (reachable.length === 0) return undefined;
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

function layerOfName(name: string): number {
  return Number(/^blocks\.(\d+)\./.exec(name)![1]);
}
