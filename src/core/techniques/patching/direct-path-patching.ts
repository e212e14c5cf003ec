// SPDX-License-Identifier: MIT

/**
 * Direct path patching (Goldowsky-Dill et al. 2023, arXiv:2304.05969; TransformerLens's `direct_path_patching`): what a sender changes at a
 * receiver's input through the stream alone, past everything in between, attention and MLPs.
 *
 * A sender writes r to the stream, and the receiver reads the stream through its norm and a matrix. With the norm's scale taken from the
 * base run this is linear, and a query at the same position becomes q + (centre(r_source - r_base) / scale_base * w) W_Q; keys, values and
 * an MLP's inputs likewise. Everything after the receiver is recomputed. Because it is linear, the changes of several senders at one
 * receiver add up; their effects on the metric do not, as what follows is not linear.
 *
 * Pitfalls. The scale is held, so that a change which mostly makes the stream longer counts for too much. Only pre-norm models, whose
 * stream is a sum. A direct path to the logits is direct logit attribution: see `logitAttribution`.
 *
 * Memory: senders and streams of the base run, W_Q, W_K, W_V or W_in of the receivers' blocks, one W_O at a time.
 */
import { VitrineError } from '../../errors.js';
import { edit, type Edit } from '../../model/edits/edit.js';
import type { HookedModel } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import { requireAdditive } from '../attribution/answer-direction.js';
import { requireHook } from '../where.js';
import {
  namesOf,
  planPaths,
  receiversOf,
  type PathOptions,
  type PathReceiver,
  type Paths,
  type Receiver,
  type Sender,
} from './path-plan.js';
import { forEachRun } from './places.js';
import { Sweep } from './sweep.js';

export interface DirectPathPatchingOptions extends PathOptions {
  receivers: readonly PathReceiver[];
}

/** What a receiver reads the stream through. */
export interface ReceiverInput extends Receiver {
  /** [d_model], the norm's factor. */
  weight: Float32Array;
  centred: boolean;
  /** The base run's scale, [prompts, pos]. */
  scale: Float32Array;
  /** [d_model, width] */
  matrix: Tensor;
}

/**
 * Patches the direct path from every sender to the receivers, one sender at a time.
 *
 * @returns cells as they come, or awaited the grid, as {@link pathPatching}
 * @throws VitrineError `unsupported-model` for post-norm models; `weight-not-found`; as {@link activationPatching} otherwise
 * @example
 * const { grid } = await directPathPatching(model, { clean, corrupted, metric, receivers: [{ layer: 5, head: 5, input: 'k' }] });
 */
export function directPathPatching(model: HookedModel, options: DirectPathPatchingOptions): Sweep {
  return new Sweep(() => {
    requireAdditive(model);
    if (options.senders !== 'mlps' && model.weights.has('ln1_post.w', 0)) {
      throw new VitrineError(
        'unsupported-model',
        'This model normalises what attention writes before adding it to the stream, so that single heads have no direct path. Use pathPatching().',
      );
    }
    const receivers = receiversOf(model, options.receivers);
    return planPaths(model, options, {
      hooks: receivers.flatMap((receiver) => scaleHooks(model, receiver)),
      goal: namesOf(receivers),
      route: async (paths) => {
        const inputs = await Promise.all(receivers.map((receiver) => inputOf(paths, receiver)));
        const written = senderReader(paths);
        return (batch) => runDirect(paths, inputs, written, batch);
      },
    });
  }, options.signal);
}

/** Which norm a receiver reads through: heads through ln1, MLPs through ln2. */
function normOf({ input }: Receiver): 'ln1' | 'ln2' {
  return input === 'pre' || input === 'pre_linear' ? 'ln2' : 'ln1';
}

/** The scale of a receiver's norm; none where the model has no norms. @internal */
export function scaleHooks(model: HookedModel, receiver: Receiver): string[] {
  if (model.hooks.architecture.norm === 'none') return [];
  return [requireHook(model, `blocks.${receiver.layer}.${normOf(receiver)}.hook_scale`).name];
}

/** How a receiver reads the stream. @internal */
export async function inputOf({ model, base }: Pick<Paths, 'model' | 'base'>, receiver: Receiver): Promise<ReceiverInput> {
  const { layer, input, head } = receiver;
  const { gated, dModel } = model.hooks.architecture;
  const matrix = { q: 'W_Q', k: 'W_K', v: 'W_V', pre: gated ? 'W_gate' : 'W_in', pre_linear: 'W_in' }[input];
  const whole = await model.weights.get(matrix, layer);
  const own = { ...receiver, matrix: head === undefined ? whole : whole.select('head', head) };
  const [name] = scaleHooks(model, receiver);
  const rows = base.batch * base.pos;
  if (name === undefined)
    return { ...own, weight: new Float32Array(dModel).fill(1), centred: false, scale: new Float32Array(rows).fill(1) };
  const { derived } = requireHook(model, name);
  const centred = derived?.kind === 'norm-scale' && derived.centred;
  const { data: weight } = await model.weights.get(`${normOf(receiver)}.w`, layer);
  return { ...own, weight, centred, scale: base.cache.get(name).data };
}

/** What each sender would write more to the stream, [prompts, pos, d_model]; one W_O is held at a time. @internal */
export function senderReader({ model, base, source, senders }: Omit<Paths, 'runner'>): (sender: Sender) => Promise<Float32Array> {
  let held: { layer: number; weight: Tensor } | undefined;
  return async ({ layer, hook, place }) => {
    const [before, after] = [base.cache.get(hook), source.cache.get(hook)];
    const change = new Tensor(new Float32Array(before.size), before.dims, before.axes);
    const width = before.size / before.dims[0]!;
    for (let row = 0; row < before.dims[0]!; row++) {
      forEachRun(before, place, (start, length) => {
        for (let at = row * width + start; at < row * width + start + length; at++) change.data[at] = after.data[at]! - before.data[at]!;
      });
    }
    if (senders === 'mlps') return change.data;
    if (held?.layer !== layer) held = { layer, weight: await model.weights.get('W_O', layer) };
    const head = place.head!;
    return product(change.select('head', head).data, held.weight.select('head', head).data, model.hooks.architecture.dModel);
  };
}

async function runDirect(
  { runner, base, senders, model }: Paths,
  receivers: readonly ReceiverInput[],
  written: (sender: Sender) => Promise<Float32Array>,
  batch: readonly Sender[],
): Promise<Float64Array[] | undefined> {
  const reachable = receivers.filter((receiver) => batch[0]!.layer < receiver.after[senders]);
  if (reachable.length === 0) return undefined;
  const copies = batch.length;
  const changes: Float32Array[] = [];
  for (const sender of batch) changes.push(await written(sender));
  const edits = reachable.map((receiver): Edit => {
    const site = model.hooks.sites.get(receiver.hook)!;
    const width = receiver.matrix.dims.at(-1)!;
    const data = new Float32Array(copies * base.batch * base.pos * width);
    changes.forEach((change, copy) => data.set(throughNorm(change, receiver), copy * base.batch * base.pos * width));
    const added = new Tensor(data, [copies * base.batch, base.pos, width], ['batch', 'pos', site.axes.at(-1)!]);
    return edit.add(receiver.hook, added, receiver.head === undefined ? {} : { heads: receiver.head });
  });
  return runner.measure({ layer: Math.min(...reachable.map(({ layer }) => layer)), copies, edits }, (copy) => batch[copy]!.label);
}

/** (centre(change) / scale * weight) matrix, the norm's scale held. @internal */
export function throughNorm(change: Float32Array, { weight, centred, scale, matrix }: ReceiverInput): Float32Array {
  const dModel = weight.length;
  const read = new Float32Array(change.length);
  for (let row = 0; row < change.length / dModel; row++) {
    let mean = 0;
    if (centred) for (let at = 0; at < dModel; at++) mean += change[row * dModel + at]! / dModel;
    for (let at = 0; at < dModel; at++) read[row * dModel + at] = ((change[row * dModel + at]! - mean) / scale[row]!) * weight[at]!;
  }
  return product(read, matrix.data, matrix.dims[1]!);
}

/** rows [n, inner] times matrix [inner, width]; rows of zeros, such as positions that do not change, cost nothing. */
function product(rows: Float32Array, matrix: Float32Array, width: number): Float32Array {
  const inner = matrix.length / width;
  const count = rows.length / inner;
  const result = new Float32Array(count * width);
  const sum = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    sum.fill(0);
    for (let at = 0; at < inner; at++) {
      const value = rows[row * inner + at]!;
      if (value === 0) continue;
      const from = at * width;
      for (let column = 0; column < width; column++) sum[column] = sum[column]! + value * matrix[from + column]!;
    }
    result.set(sum, row * width);
  }
  return result;
}
