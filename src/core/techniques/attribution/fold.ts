// SPDX-License-Identifier: MIT
import type { HookedModel } from '../../model/hooked-model.js';
import type { AnswerDirection } from './answer-direction.js';

/**
 * Output matrices folded with a direction: what one unit of each head dimension, or of each neuron, adds along it. [n] instead of
 * [n, d_model], which is never built.
 */
export interface Folded {
  /** By layer, [head * d_head]. */
  readonly heads: Float64Array[];
  /** By layer, [d_mlp]; empty where the layer has no MLP. */
  readonly neurons: Float64Array[];
}

/** Folds kept per model: 12 layers of 768 + 3,072 numbers are 0.4 MB. */
const KEPT = 8;
const folds = new WeakMap<HookedModel, Map<string, Promise<Float64Array[]>>>();

/** W_O or W_out of every layer, times the direction. @throws VitrineError `weight-not-found` */
export function fold(model: HookedModel, matrix: 'W_O' | 'W_out', key: string, { direction }: AnswerDirection): Promise<Float64Array[]> {
  let kept = folds.get(model);
  if (!kept) folds.set(model, (kept = new Map()));
  const name = `${matrix} ${key}`;
  const known = kept.get(name);
  if (known) return known;
  const made = foldLayers(model, matrix, direction);
  kept.set(name, made);
  made.catch(() => kept.delete(name));
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return made;
}

async function foldLayers(model: HookedModel, matrix: 'W_O' | 'W_out', direction: Float64Array): Promise<Float64Array[]> {
  const layers: Float64Array[] = [];
  for (let layer = 0; layer < model.hooks.architecture.nLayer; layer++) {
    if (matrix === 'W_out' && !model.weights.has('W_out', layer) && !model.hooks.sites.has(`blocks.${layer}.hook_mlp_out`)) {
      layers.push(new Float64Array(0));
      continue;
    }
    const { data } = await model.weights.get(matrix, layer);
    layers.push(timesVector(data, direction));
  }
  return layers;
}

/** matrix [rows, width] times vector [width], in float64. */
function timesVector(matrix: Float32Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  const result = new Float64Array(matrix.length / width);
  for (let row = 0; row < result.length; row++) result[row] = dot(matrix, row * width, vector);
  return result;
}

/** Dot product of a vector and as many values from `start`. Four sums, so that additions do not wait for one another. */
export function dot(values: Float32Array, start: number, vector: Float64Array): number {
  const width = vector.length;
  let [a, b, c, d] = [0, 0, 0, 0];
  let index = 0;
  for (; index + 3 < width; index += 4) {
    a += values[start + index]! * vector[index]!;
    b += values[start + index + 1]! * vector[index + 1]!;
    c += values[start + index + 2]! * vector[index + 2]!;
    d += values[start + index + 3]! * vector[index + 3]!;
  }
  for (; index < width; index++) a += values[start + index]! * vector[index]!;
  return a + b + (c + d);
}
