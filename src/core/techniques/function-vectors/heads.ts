// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { edit } from '../../model/edits/edit.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import { meanActivations } from '../mean-activation.js';
import { headOf, layerOf, requireHook } from '../where.js';

/** A head, and what replacing its output by its mean over the task does. */
export interface TaskHead {
  layer: number;
  head: number;
  /** Mean growth of the right answer's probability; NaN where heads were given, not searched. */
  effect: number;
}

/**
 * The heads with the largest mean effects. Given the effects of several tasks, those that matter over all of them, as the paper chooses its
 * heads; pass them on as `heads`.
 *
 * @param effects - [prompt, layer, head], of one task or of several
 * @example
 * const found = [antonyms, capitals].map(({ effects }) => effects!);
 * const plurals = await functionVector(model, pluralTask, { heads: strongestHeads(found, 10) });
 */
export function strongestHeads(effects: Tensor | readonly Tensor[], count: number): TaskHead[] {
  const tasks: readonly Tensor[] = effects instanceof Tensor ? [effects] : (effects as readonly Tensor[]);
  const [, nLayer, nHead] = (tasks[0]?.dims ?? []) as number[];
  if (nLayer === undefined || nHead === undefined) {
    throw new VitrineError('invalid-input', 'strongestHeads needs the effects [prompt, layer, head] of one task or more; got none.');
  }
  const mean = new Float64Array(nLayer * nHead);
  for (const { data, dims } of tasks) {
    data.forEach((effect, index) => (mean[index % mean.length] = mean[index % mean.length]! + effect / dims[0]! / tasks.length));
  }
  return Array.from(mean, (effect, index) => ({ layer: Math.floor(index / nHead), head: index % nHead, effect }))
    .sort((one, two) => two.effect - one.effect)
    .slice(0, count);
}

/** Heads that a user names, checked. */
export function givenHeads(model: HookedModel, heads: readonly { layer: number; head: number }[]): TaskHead[] {
  if (heads.length === 0) throw new VitrineError('invalid-option', '`heads` must name at least one head; got an empty list.');
  return heads.map(({ layer, head }) => ({
    layer: layerOf(model, layer, 'layer of `heads`'),
    head: headOf(model, head, 'head of `heads`'),
    effect: NaN,
  }));
}

/** Mean hook_z of every block at the last token, each [head, d_head]. */
export async function meanHeads(model: HookedModel, prompts: number[][], options: RunOptions & { batchSize: number }): Promise<Tensor[]> {
  const names = Array.from({ length: model.hooks.architecture.nLayer }, (_, layer) => requireHook(model, 'z', layer).name);
  const means = await meanActivations(model, prompts, names, { ...options, positions: -1 });
  return names.map((name) => means.get(name)!);
}

/** What heads write to the stream, [layer, head, d_model]: one token is run whose hook_z are the means, and hook_result is read. */
export async function projectHeads(model: HookedModel, means: readonly Tensor[]): Promise<Tensor> {
  const edits = means.map((mean, layer) => edit.mean(`blocks.${layer}.attn.hook_z`, mean));
  const { cache } = await model.runWithCache([[0]], { edits, names: 'blocks.*.attn.hook_result', logits: false });
  return cache.stack('result').select('batch', 0).select('pos', 0);
}

/** The sum of the outputs of some heads, [d_model]. */
export function sumOfHeads(outputs: Tensor, heads: readonly TaskHead[]): Tensor {
  const width = outputs.dims.at(-1)!;
  const sum = new Float64Array(width);
  for (const { layer, head } of heads) {
    const output = outputs.select('layer', layer).select('head', head).data;
    for (let index = 0; index < width; index++) sum[index] = sum[index]! + output[index]!;
  }
  return new Tensor(Float32Array.from(sum), [width], ['d_model']);
}
