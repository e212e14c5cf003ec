// SPDX-License-Identifier: MIT

/**
 * Singular vectors of weights: the directions that a head or an MLP reads, and what it writes for each, strongest first. Projected to the
 * vocabulary, many of them are readable (Millidge and Black, "The Singular Value Decompositions of Transformer Weight Matrices are Highly
 * Interpretable", 2022). Signs are arbitrary: look at both ends of a direction.
 */
import type { WeightAccess } from '../../model/model-weights.js';
import { singularValues } from '../numerics/svd.js';
import { Tensor } from '../../model/tensor.js';
import { ovCircuit } from './circuits.js';
import { asMatrix, tensor, type Svd, type TwoAxes } from './factored-matrix.js';

/**
 * Singular values and vectors of any matrix, all of them, in float64. Takes some 10 s for 768 by 3072.
 *
 * @param matrix - [rows, columns]
 * @returns u [rows, count], values [count] from the largest, v [columns, count]; count = min(rows, columns)
 */
export function svd(matrix: TwoAxes): Svd {
  const { u, values, v } = singularValues(asMatrix(matrix));
  return {
    u: tensor(u, ['row', 'component']),
    values: new Tensor(values, [values.length], ['component']),
    v: tensor(v, ['column', 'component']),
  };
}

/** Of a head's OV circuit: u are directions that it reads, v what it writes for them, both [d_model, d_head]. */
export async function ovSvd(weights: WeightAccess, layer: number, head: number): Promise<Svd> {
  return (await ovCircuit(weights, layer, head)).svd();
}

/** Of an MLP's matrix: of `W_out`, v are the directions that it writes to; of `W_in` (or `W_gate`), u are those that it reads. */
export async function mlpSvd(weights: WeightAccess, layer: number, matrix: 'W_in' | 'W_gate' | 'W_out' = 'W_out'): Promise<Svd> {
  return svd(await weights.get(matrix, layer));
}
