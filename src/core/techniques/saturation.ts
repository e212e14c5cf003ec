// SPDX-License-Identifier: MIT

/**
 * Saturation events (Geva et al. 2022, arXiv:2203.14680): the layer from which the top token of the logit lens stays what the model says in
 * the end. What comes after it only strengthens a prediction that is already made.
 *
 * Pitfalls: it is the lens that saturates. Where the lens reads early layers badly, an early answer is not seen. The top token may stay and its
 * probability still change much; compare with the lens's `klToFinal`.
 */
import type { HookedModel } from '../model/hooked-model.js';
import type { ModelInput } from '../model/model-input.js';
import { Tensor } from '../model/tensor.js';
import { logitLens, type LogitLensOptions, type LogitLensResult } from './logit-lens.js';

export interface SaturationResult {
  /** First point from which the top token no longer changes, [batch, pos]: index into `lens.points`. */
  point: Tensor<Int32Array>;
  /** Block that the point lies in, [batch, pos]; nLayer where only the final stream says it. */
  layer: Tensor<Int32Array>;
  /** The lens that it was read from. */
  lens: LogitLensResult;
}

/**
 * Where each position's prediction is settled.
 *
 * @throws VitrineError all that {@link logitLens} throws
 * @example
 * const { layer } = await saturation(model, 'The capital of France is');
 * layer.at(0, -1)
 */
export async function saturation(model: HookedModel, input: ModelInput, options: LogitLensOptions = {}): Promise<SaturationResult> {
  const lens = await logitLens(model, input, { topK: 1, ...options });
  const [points, batch, pos, k] = lens.topIds.dims as [number, number, number, number];
  const rows = batch * pos;
  const { nLayer } = model.hooks.architecture;
  const layerOf = lens.points.map((name) => (/resid_post$/.test(name) ? nLayer : Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? 0)));
  const point = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const top = (at: number): number => lens.topIds.data[(at * rows + row) * k]!;
    let first = points - 1;
    while (first > 0 && top(first - 1) === top(points - 1)) first--;
    point[row] = first;
  }
  const shape = [batch, pos];
  const axes = ['batch', 'pos'];
  return {
    point: new Tensor(point, shape, axes),
    layer: new Tensor(
      point.map((at) => layerOf[at]!),
      shape,
      axes,
    ),
    lens,
  };
}
