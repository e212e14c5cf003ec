// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import { layersOf, requireHook } from '../where.js';
import { directionOf } from './directions.js';
import { checkPairs, readPairs, type PromptPair, type ReadPairsOptions } from './read-pairs.js';
import { STEERING_METHODS, type SteeringMethod, type SteeringPlace, type SteeringVectorInit } from './types.js';

export interface SteeringOptions extends ReadPairsOptions {
  /** @defaultValue 'mean-difference' */
  method?: SteeringMethod;
  /** Blocks; negative from the last. @defaultValue all but the first (as repeng); for `actadd` there is none, give one */
  layers?: readonly number[];
  /** Before or after the block. @defaultValue 'resid_pre' for `actadd`, else 'resid_post', as their authors do */
  hook?: SteeringPlace;
}

/** @throws VitrineError `empty-input`, `invalid-input`, `invalid-option`, `unknown-hook` */
export async function trainDirections(
  model: HookedModel,
  pairs: readonly PromptPair[],
  options: SteeringOptions,
): Promise<SteeringVectorInit> {
  const { method = 'mean-difference', layers: given, hook: place = method === 'actadd' ? 'resid_pre' : 'resid_post', ...read } = options;
  if (!STEERING_METHODS.includes(method))
    throw new VitrineError('invalid-option', `method must be one of ${STEERING_METHODS.join(', ')}; got ${JSON.stringify(method)}.`);
  if (place !== 'resid_pre' && place !== 'resid_post')
    throw new VitrineError('invalid-option', `hook must be 'resid_pre' or 'resid_post'; got ${JSON.stringify(place)}.`);
  checkPairs(pairs);
  const layers = layersOf(model, given ?? defaultLayers(model, method, place));
  const hooks = layers.map((layer) => requireHook(model, place, layer).name);
  const directions = new Map<number, Tensor>();
  if (method === 'actadd') {
    const means = await alignedDifferences(model, pairs, hooks, read);
    layers.forEach((layer, index) => directions.set(layer, means[index]!));
  } else {
    const rows = await readPairs(model, pairs, hooks, read);
    layers.forEach((layer, index) => {
      const direction = directionOf(method, rows.get(hooks[index]!)!, hooks[index]!);
      directions.set(layer, new Tensor(Float32Array.from(direction), [direction.length], ['d_model']));
    });
  }
  return { place, method, directions };
}

/** All blocks but the first; without those whose stream lies inside a fused node of the file. */
function defaultLayers(model: HookedModel, method: SteeringMethod, place: SteeringPlace): number[] {
  const { nLayer } = model.hooks.architecture;
  if (method === 'actadd') {
    throw new VitrineError(
      'invalid-option',
      `actadd adds at one block of your choice: give layers, such as [${Math.floor(nLayer / 3)}], from 0 to ${nLayer - 1}.`,
    );
  }
  const all = Array.from({ length: nLayer - 1 || 1 }, (_, index) => (nLayer === 1 ? 0 : index + 1));
  const found = all.filter((layer) => model.hooks.sites.has(`blocks.${layer}.hook_${place}`));
  return found.length > 0 ? found : all;
}

/** Positive minus negative at every position, averaged over the pairs: [pos, d_model] per hook. */
async function alignedDifferences(
  model: HookedModel,
  pairs: readonly PromptPair[],
  hooks: readonly string[],
  options: ReadPairsOptions,
): Promise<Tensor[]> {
  const run = { ...options };
  delete run.readPosition;
  delete run.batchSize;
  const sums: Float64Array[] = [];
  let dims: readonly number[] = [];
  for (const [index, pair] of pairs.entries()) {
    const { cache, tokens } = await model.runWithCache([...pair] as ModelInput, { ...run, names: hooks, logits: false });
    const lengths = tokens!.mask.map((row) => row.filter(Boolean).length);
    const expected = dims[0] ?? lengths[0];
    if (lengths[0] !== lengths[1] || lengths[0] !== expected) {
      throw new VitrineError(
        'invalid-input',
        `actadd subtracts position by position, so all its prompts need the same number of tokens: pair ${index} has ${lengths[0]} and ` +
          `${lengths[1]}${index > 0 ? `, pair 0 has ${expected}` : ''}. Add spaces or filler words to the shorter, or take 'mean-difference'.`,
      );
    }
    hooks.forEach((hook, place) => {
      const activation = cache.get(hook);
      dims = activation.dims.slice(1);
      const half = activation.size / 2;
      const sum = (sums[place] ??= new Float64Array(half));
      for (let at = 0; at < half; at++) sum[at] = sum[at]! + (activation.data[at]! - activation.data[half + at]!) / pairs.length;
    });
  }
  return sums.map((sum) => new Tensor(Float32Array.from(sum), dims, ['pos', 'd_model']));
}
