// SPDX-License-Identifier: MIT
import { throwIfAborted } from '../../errors.js';
import { edit } from '../../model/edits/edit.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import { requireHook } from '../where.js';
import { answersTo, readAnswers } from './answers.js';
import type { FewShotPrompt } from './few-shot.js';

export interface HeadEffectOptions extends Pick<RunOptions, 'signal' | 'onProgress' | 'paddingSide'> {
  /** Rows per run. */
  batchSize: number;
}

/**
 * The causal indirect effect of every head: how much the probability of the right answer grows when the head's output at the last token is
 * replaced by its mean over other prompts.
 *
 * Several heads share a run, each in rows of its own, and every run starts at the block of its heads, from the streams of one plain run.
 *
 * @param prompts - prompts in which the task's rule cannot be seen
 * @param means - mean hook_z of every block at the last token, each [head, d_head]
 * @returns [prompt, layer, head]: probability with the head replaced minus without
 */
export async function headEffects(
  model: HookedModel,
  prompts: readonly FewShotPrompt[],
  means: readonly Tensor[],
  options: HeadEffectOptions,
): Promise<Tensor> {
  const { batchSize, onProgress, ...running } = options;
  const { nLayer, nHead } = model.hooks.architecture;
  const streams = Array.from({ length: nLayer }, (_, layer) => requireHook(model, 'resid_pre', layer).name);
  const effects = new Tensor(
    new Float32Array(prompts.length * nLayer * nHead),
    [prompts.length, nLayer, nHead],
    ['prompt', 'layer', 'head'],
  );
  for (let start = 0; start < prompts.length; start += batchSize) {
    const chunk = prompts.slice(start, start + batchSize);
    const base = await answersTo(model, chunk, { ...running, batchSize });
    const ids = chunk.map((prompt) => prompt.ids);
    const { cache } = await model.runWithCache(ids, { ...running, names: streams, logits: false });
    const heads = Math.min(nHead, Math.max(1, Math.floor(batchSize / chunk.length)));
    const tiledIds = Array.from({ length: heads }, () => ids).flat();
    for (const [layer, mean] of means.entries()) {
      const checkpoint = await model.checkpointAt(tiledIds, layer, tiled(cache.get(streams[layer]!), heads), running);
      for (let first = 0; first < nHead; first += heads) {
        throwIfAborted(options.signal);
        const count = Math.min(heads, nHead - first);
        const edits = Array.from({ length: count }, (_, group) =>
          edit.mean(`blocks.${layer}.attn.hook_z`, mean.select('head', first + group), {
            heads: first + group,
            positions: -1,
            rows: chunk.map((_prompt, row) => group * chunk.length + row),
          }),
        );
        const { logits } = await model.runFrom(checkpoint, undefined, { ...running, edits, logitsAt: 'last' });
        const said = readAnswers(logits, chunk);
        for (let row = 0; row < count * chunk.length; row++) {
          const [prompt, head] = [row % chunk.length, first + Math.floor(row / chunk.length)];
          effects.data[((start + prompt) * nLayer + layer) * nHead + head] = said[row]!.probability - base[prompt]!.probability;
        }
      }
      onProgress?.({ phase: 'run', loaded: start * nLayer + (layer + 1) * chunk.length, total: prompts.length * nLayer });
    }
  }
  return effects;
}

/** A batch [batch, pos, d_model] several times over, along the batch. */
function tiled(stream: Tensor, times: number): Tensor {
  const data = new Float32Array(stream.size * times);
  for (let copy = 0; copy < times; copy++) data.set(stream.data, copy * stream.size);
  return new Tensor(data, [stream.dims[0]! * times, ...stream.dims.slice(1)], stream.axes);
}
