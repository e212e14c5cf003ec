// SPDX-License-Identifier: MIT

/**
 * Composition scores (Elhage et al. 2021): how much of what one head reads comes from what an earlier head writes, by weights alone:
 * ‖W_A W_B‖ / (‖W_A‖ ‖W_B‖) in Frobenius norms, where W_A is the OV circuit of the earlier head and W_B the QK circuit of the later one
 * (Q-composition), its transpose (K), or its OV circuit (V). Head 1.2 is an induction head because of K-composition with a previous-token head.
 *
 * Computed without a matrix of d_model by d_model: W_A = V O and W_B = L R, and ‖V O L R‖ = ‖(Cv O) (L Cr)‖, where VᵀV = Cvᵀ Cv and
 * R Rᵀ = Cr Crᵀ are the Cholesky roots. So each head is one matrix of d_head by d_model, and a layer against a layer is one product.
 *
 * Pitfalls: two random matrices of these ranks score about 1/sqrt(d_model) too, so compare with a baseline. Norms are left out unless
 * weights are processed. Rotary positions are left out.
 */
import { throwIfAborted, VitrineError, type OnProgress } from '../../errors.js';
import type { WeightAccess } from '../../model/model-weights.js';
import { Tensor } from '../../model/tensor.js';
import { product, productWithTransposed, transposed, triangularRoot, type Matrix } from '../numerics/matrix.js';
import { headOf, type HeadWeight } from './circuits.js';

/** By what the later head reads: its query, its key or its value. */
export type CompositionKind = 'q' | 'k' | 'v';

export interface CompositionOptions {
  /** @defaultValue all three */
  kinds?: readonly CompositionKind[];
  /** Stops between layers. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Scores by kind, each [layer, head, later_layer, later_head]; pairs that are not in order of layers are NaN. */
export type CompositionScores = Partial<Record<CompositionKind, Tensor>>;

/**
 * Composition scores of all pairs of heads.
 *
 * @throws VitrineError `weight-not-found` where a head's matrices were not found, `aborted`
 * @example
 * const { k } = await compositionScores(model.weights, { kinds: ['k'] });
 * k!.at(0, 1, 1, 2)          // how much head 1.2 looks for what head 0.1 writes
 */
export async function compositionScores(weights: WeightAccess, options: CompositionOptions = {}): Promise<CompositionScores> {
  const kinds = options.kinds ?? ['q', 'k', 'v'];
  const unknown = kinds.find((kind) => !['q', 'k', 'v'].includes(kind));
  if (unknown) throw new VitrineError('invalid-option', `kinds may be q, k and v; got "${unknown}".`);
  const { nLayer, nHead } = weights.architecture;
  const axes = ['layer', 'head', 'later_layer', 'later_head'];
  const scores: CompositionScores = {};
  for (const kind of kinds)
    scores[kind] = new Tensor(new Float32Array((nLayer * nHead) ** 2).fill(NaN), [nLayer, nHead, nLayer, nHead], axes);

  // Writers of all earlier layers grow by a layer at each step: the readers of layer l meet all of them in one product.
  const writers: Side[] = [];
  for (let layer = 0; layer < nLayer; layer++) {
    throwIfAborted(options.signal);
    const heads = await headsOf(weights, layer);
    if (layer > 0) {
      const written = writers.map(({ stacked }) => stacked);
      for (const kind of kinds) {
        const { stacked, norms } = readers(heads, kind);
        for (const [earlier, rows] of written.entries()) {
          const products = await weights.multiply(rows, stacked);
          fill(scores[kind]!, products, [earlier, layer], writers[earlier]!.norms, norms);
          throwIfAborted(options.signal);
        }
      }
    }
    writers.push(writersOf(heads));
    options.onProgress?.({ phase: 'run', loaded: layer + 1, total: nLayer, item: `blocks.${layer}` });
  }
  return scores;
}

interface Heads {
  q: Matrix[];
  k: Matrix[];
  v: Matrix[];
  o: Matrix[];
}

/** One factor per head of a layer, stacked, and the norm of every head's whole matrix. */
interface Side {
  stacked: Tensor;
  norms: number[];
}

async function headsOf(weights: WeightAccess, layer: number): Promise<Heads> {
  const { nHead } = weights.architecture;
  const all = async (name: HeadWeight): Promise<Matrix[]> => {
    const weight = await weights.get(name, layer);
    return Array.from({ length: nHead }, (_, head) => headOf(weight, nHead, head));
  };
  return { q: await all('W_Q'), k: await all('W_K'), v: await all('W_V'), o: await all('W_O') };
}

/** Cv O of every head, [head * d_head, d_model]. */
function writersOf({ v, o }: Heads): Side {
  const parts = v.map((values, head) => product(transposed(triangularRoot(product(transposed(values), values))), o[head]!));
  const [width, inner] = [parts[0]!.columns, parts[0]!.rows];
  const data = new Float32Array(parts.length * inner * width);
  parts.forEach((part, head) => data.set(part.data, head * inner * width));
  return { stacked: new Tensor(data, [parts.length * inner, width], ['writer', 'd_model']), norms: parts.map(norm) };
}

/** L Cr of every head, [d_model, head * d_head], where the matrix is read as L R. */
function readers({ q, k, v, o }: Heads, kind: CompositionKind): Side {
  const parts = q.map((queries, head) => {
    if (kind === 'q') return product(queries, triangularRoot(product(transposed(k[head]!), k[head]!)));
    if (kind === 'k') return product(k[head]!, triangularRoot(product(transposed(queries), queries)));
    return product(v[head]!, triangularRoot(productWithTransposed(o[head]!, o[head]!)));
  });
  const [rows, inner] = [parts[0]!.rows, parts[0]!.columns];
  const width = parts.length * inner;
  const data = new Float32Array(rows * width);
  parts.forEach((part, head) => {
    for (let row = 0; row < rows; row++) data.set(part.data.subarray(row * inner, (row + 1) * inner), row * width + head * inner);
  });
  return { stacked: new Tensor(data, [rows, width], ['d_model', 'reader']), norms: parts.map(norm) };
}

/** Norms of the blocks of a product [earlier head * d_head, later head * d_head], over those of the two heads. */
function fill(scores: Tensor, products: Tensor, [earlier, later]: [number, number], left: number[], right: number[]): void {
  const [rows, columns] = products.dims as [number, number];
  const [inner, width] = [rows / left.length, columns / right.length];
  const nHead = left.length;
  const squares = new Float64Array(nHead * nHead);
  for (let row = 0; row < rows; row++) {
    const head = Math.floor(row / inner);
    for (let other = 0; other < nHead; other++) {
      let sum = 0;
      const from = row * columns + other * width;
      for (let at = from; at < from + width; at++) sum += products.data[at]! ** 2;
      squares[head * nHead + other]! += sum;
    }
  }
  const nLayer = scores.dims[0]!;
  for (let head = 0; head < nHead; head++) {
    for (let other = 0; other < nHead; other++) {
      const index = ((earlier * nHead + head) * nLayer + later) * nHead + other;
      scores.data[index] = Math.sqrt(squares[head * nHead + other]!) / (left[head]! * right[other]!);
    }
  }
}

const norm = ({ data }: Matrix): number => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
