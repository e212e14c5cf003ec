// SPDX-License-Identifier: MIT
import type { HookedModel } from '../../model/hooked-model.js';
import type { AnswerDirection } from './answer-direction.js';

/** Answers whose folds are kept per model and matrix: with 12 layers of 768 head dimensions and 3,072 neurons, 0.4 MB each. */
const KEPT = 16;
const folds = new WeakMap<HookedModel, Map<string, Map<string, Float64Array[]>>>();

/**
 * Output matrices folded with directions: what one unit of each head dimension (W_O), or of each neuron (W_out), adds along them. [n] for
 * every layer instead of [n, d_model], which is never built. The matrices pass by in blocks, each once, however many directions there are.
 *
 * @param keys - says which directions are the same
 * @returns by direction and layer, [head * d_head] or [d_mlp]; nothing for a layer without an MLP
 * @throws VitrineError `weight-not-found`
 */
export async function fold(
  model: HookedModel,
  matrix: 'W_O' | 'W_out',
  keys: readonly string[],
  directions: readonly AnswerDirection[],
): Promise<Float64Array[][]> {
  let kept = folds.get(model);
  if (!kept) folds.set(model, (kept = new Map()));
  const known = kept.get(matrix) ?? new Map<string, Float64Array[]>();
  kept.set(matrix, known);
  const made = new Map<string, Float64Array[]>();
  const wanted = [...new Set(keys)].filter((key) => !known.has(key));
  for (const key of wanted) made.set(key, []);
  const along = wanted.map((key) => directions[keys.indexOf(key)]!.direction);
  for (let layer = 0; wanted.length > 0 && layer < model.hooks.architecture.nLayer; layer++) {
    const lacking = matrix === 'W_out' && !model.weights.has('W_out', layer) && !model.hooks.sites.has(`blocks.${layer}.hook_mlp_out`);
    const folded = lacking ? wanted.map(() => new Float32Array(0)) : await model.weights.times(matrix, along, layer);
    wanted.forEach((key, at) => made.get(key)!.push(Float64Array.from(folded[at]!)));
  }
  const result = keys.map((key) => known.get(key) ?? made.get(key)!);
  for (const [key, layers] of made) known.set(key, layers);
  for (const key of known.keys()) if (known.size > KEPT) known.delete(key);
  return result;
}

/** Dot product of a vector and as many values from `start`. Four sums, so that additions do not wait for one another. */
export function dot(values: Float32Array, start: number, vector: Float64Array): number {
  const width = vector.length;
  // Declared one by one: taken out of an array literal, they made this loop four times as slow in V8.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
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
