// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { toHookLayout } from '../hooks/layout.js';
import type { HookSite } from '../hooks/types.js';
import { toFloat32, type NumericArray } from '../runtime/element-types.js';
import { Tensor } from './tensor.js';

/** A raw tensor as the runtime gave it. */
export interface RawActivation {
  type: string;
  data: NumericArray;
  dims: readonly number[];
}

/** Lengths that a layout may need beyond the tensor's own dims: batch size and positions, where the graph has merged them. */
export interface BatchShape {
  batch: number;
  pos: number;
}

/**
 * The activation that a hook promises, made from the graph's own tensor: float32, axes in TransformerLens order, derived values computed.
 */
export function materialise(site: HookSite, raw: RawActivation, shape: BatchShape): Tensor {
  const floats = toFloat32(raw.type, raw.data);
  if (site.derived?.kind === 'head-result') throw headResultNeedsWeights(site);
  const { data, dims } = toHookLayout(floats, raw.dims, site, { b: shape.batch, s: shape.pos });
  if (site.derived?.kind === 'norm-scale') {
    const { scale } = rowStatistics(data, dims.at(-1)!, site.derived);
    return new Tensor(Float32Array.from(scale), [...dims.slice(0, -1), 1], site.axes);
  }
  if (site.derived?.kind === 'norm-normalized') return new Tensor(normalise(data, dims.at(-1)!, site.derived), dims, site.axes);
  if (site.derived?.kind === 'constant-multiple') {
    const { factor } = site.derived;
    return new Tensor(data, dims, site.axes).map((value) => value * factor);
  }
  return new Tensor(data, dims, site.axes);
}

interface Norm {
  centred: boolean;
  epsilon: number;
}

/** Mean (0 for RMS norm) and sqrt(variance + epsilon) of every row. Sums in float64, as the reference implementations do. */
export function rowStatistics(values: Float32Array, width: number, norm: Norm): { mean: Float64Array; scale: Float64Array } {
  const rows = values.length / width;
  const mean = new Float64Array(rows);
  const scale = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    let sum = 0;
    if (norm.centred) for (let column = 0; column < width; column++) sum += values[start + column]!;
    const average = sum / width;
    let squares = 0;
    for (let column = 0; column < width; column++) squares += (values[start + column]! - average) ** 2;
    mean[row] = average;
    scale[row] = Math.sqrt(squares / width + norm.epsilon);
  }
  return { mean, scale };
}

function normalise(values: Float32Array, width: number, norm: Norm): Float32Array {
  const { mean, scale } = rowStatistics(values, width, norm);
  const result = new Float32Array(values.length);
  for (let row = 0; row < scale.length; row++) {
    for (let column = 0; column < width; column++) {
      result[row * width + column] = (values[row * width + column]! - mean[row]!) / scale[row]!;
    }
  }
  return result;
}

/**
 * Output of every head: result[b, p, h] = z[b, p, h] W_O[h], [batch, pos, head, d_model]. The bias of the output projection belongs to no
 * head and is left out, as in TransformerLens.
 *
 * @param z - [batch, pos, head, d_head]
 * @param weight - W_O as [head * d_head, d_model], or [d_model, head * d_head] if `transposed`
 */
export function headResult(z: Tensor, weight: Float32Array, dModel: number, transposed: boolean): Tensor {
  const [batch, pos, nHead, dHead] = z.dims as [number, number, number, number];
  const width = nHead * dHead;
  const result = new Float32Array(batch * pos * nHead * dModel);
  for (let row = 0; row < batch * pos * nHead; row++) {
    const head = row % nHead;
    const out = result.subarray(row * dModel, (row + 1) * dModel);
    for (let inner = 0; inner < dHead; inner++) {
      const value = z.data[row * dHead + inner]!;
      if (value === 0) continue;
      const column = head * dHead + inner;
      if (transposed) for (let index = 0; index < dModel; index++) out[index] = out[index]! + value * weight[index * width + column]!;
      else {
        const start = column * dModel;
        for (let index = 0; index < dModel; index++) out[index] = out[index]! + value * weight[start + index]!;
      }
    }
  }
  return new Tensor(result, [batch, pos, nHead, dModel], ['batch', 'pos', 'head', 'd_model']);
}

function headResultNeedsWeights(site: HookSite): VitrineError {
  return new VitrineError('runtime', `"${site.name}" is computed from hook_z and W_O and cannot be made from one tensor alone.`);
}
