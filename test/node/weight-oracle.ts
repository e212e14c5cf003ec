// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { Architecture } from '../../src/core/hooks/types.js';
import { Tensor, type ModelWeights } from '../../src/core/index.js';

/** Rows of x [.., in] times a matrix [in, out] plus a bias, in float64. */
function affine(x: ArrayLike<number>, weight: Tensor, bias: Tensor): Float64Array {
  const [inner, outer] = weight.dims as [number, number];
  const rows = x.length / inner;
  const result = new Float64Array(rows * outer);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < outer; column++) {
      let sum = bias.data[column]!;
      for (let at = 0; at < inner; at++) sum += x[row * inner + at]! * weight.data[at * outer + column]!;
      result[row * outer + column] = sum;
    }
  }
  return result;
}

/** W_Q and the like as one matrix [d_model, head * d_head]. */
function sideBySide(weight: Tensor): Tensor {
  const [heads, inner, width] = weight.dims as [number, number, number];
  const data = new Float32Array(weight.size);
  for (let head = 0; head < heads; head++)
    for (let row = 0; row < inner; row++)
      for (let at = 0; at < width; at++) data[(row * heads + head) * width + at] = weight.data[(head * inner + row) * width + at]!;
  return new Tensor(data, [inner, heads * width], ['in', 'out']);
}

/** A hook's numbers. */
interface Activation {
  data: ArrayLike<number>;
}

/**
 * How far hooks lie from what the weights, in float64, make of the hooks before them: every product, norm and look-up of which both ends show.
 */
export async function weightErrors(
  weights: ModelWeights,
  architecture: Architecture,
  sites: { has(hook: string): boolean },
  get: (hook: string) => Activation,
  ids: readonly number[],
): Promise<{ worst: { difference: number; what: string }; checked: number }> {
  const has = (hook: string): boolean => sites.has(hook);
  let worst = { difference: 0, what: '' };
  let checked = 0;
  const compare = (what: string, actual: ArrayLike<number>, hook: string): void => {
    const expected = get(hook);
    assert.equal(actual.length, expected.data.length, `${what}: another size`);
    // A file of a full vocabulary may give logits of one dtype and weights of another; all are compared alike.
    for (let at = 0; at < actual.length; at++) {
      const difference = Math.abs(actual[at]! - expected.data[at]!);
      if (!(difference <= worst.difference)) worst = { difference: Number.isNaN(difference) ? Infinity : difference, what };
    }
    checked++;
  };
  const norm = async (prefix: string): Promise<void> => {
    if (!has(`${prefix}.out`) || !has(`${prefix}.hook_normalized`)) return;
    const w = await weights.get(`${prefix}.w`);
    const b = weights.has(`${prefix}.b`) ? await weights.get(`${prefix}.b`) : w.map(() => 0);
    const x = get(`${prefix}.hook_normalized`).data;
    compare(
      `${prefix}.w`,
      Float64Array.from(x, (value, at) => value * w.data[at % w.size]! + b.data[at % w.size]!),
      `${prefix}.out`,
    );
  };
  const product = async (from: string, layer: number | undefined, part: string, to: string, heads: boolean): Promise<void> => {
    if (!has(from) || !has(to)) return;
    const stored = await weights.get(`W_${part}`, layer);
    const weight =
      part === 'O'
        ? new Tensor(stored.data, [stored.dims[0]! * stored.dims[1]!, stored.dims[2]!], ['in', 'out'])
        : heads
          ? sideBySide(stored)
          : stored;
    compare(`W_${part} ${to}`, affine(get(from).data, weight, await weights.get(`b_${part}`, layer)), to);
  };
  for (let layer = 0; layer < architecture.nLayer; layer++) {
    const prefix = `blocks.${layer}`;
    const post = architecture.normPosition === 'post';
    const attentionInput = post || !has(`${prefix}.ln1.out`) ? `${prefix}.hook_resid_pre` : `${prefix}.ln1.out`;
    const mlpInput = has(`${prefix}.ln2.out`) && !post ? `${prefix}.ln2.out` : `${prefix}.ln1.out`;
    await norm(`${prefix}.ln1`);
    await norm(`${prefix}.ln2`);
    for (const part of ['Q', 'K', 'V']) await product(attentionInput, layer, part, `${prefix}.attn.hook_${part.toLowerCase()}`, true);
    // A norm between a product and the stream (Gemma 2) is part of what the hook shows, but not of the product.
    if (!has(`${prefix}.ln1_post.out`)) await product(`${prefix}.attn.hook_z`, layer, 'O', `${prefix}.hook_attn_out`, true);
    await product(mlpInput, layer, architecture.gated ? 'gate' : 'in', `${prefix}.mlp.hook_pre`, false);
    if (architecture.gated) await product(mlpInput, layer, 'in', `${prefix}.mlp.hook_pre_linear`, false);
    if (!has(`${prefix}.ln2_post.out`)) await product(`${prefix}.mlp.hook_post`, layer, 'out', `${prefix}.hook_mlp_out`, false);
  }
  await norm('ln_final');
  if (architecture.family === 'decoder') {
    await product('ln_final.out', undefined, 'U', 'logits', false);
  }
  if (ids.length > 0 && has('hook_embed')) {
    const table = await weights.get('W_E');
    const width = table.dims[1]!;
    compare(
      'W_E',
      ids.flatMap((id) => [...table.data.subarray(id * width, (id + 1) * width)]),
      'hook_embed',
    );
  }
  if (
    ids.length > 0 &&
    weights.has('W_pos') &&
    has('hook_pos_embed') &&
    get('hook_pos_embed').data.length === ids.length * architecture.dModel
  ) {
    const table = await weights.get('W_pos');
    compare('W_pos', table.data.subarray(0, ids.length * architecture.dModel), 'hook_pos_embed');
  }
  return { worst, checked };
}
