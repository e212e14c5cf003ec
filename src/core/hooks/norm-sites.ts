// SPDX-License-Identifier: MIT
import type { BlockContext } from './block-context.js';
import { normOf } from './norm.js';
import type { Norm } from './norm.js';
import { source, strip } from './projection.js';

/** Post-norm blocks: the stream itself, normalised after an addition. */
export function addPostNorm({ book, layer, dModel }: BlockContext, where: 'mid' | 'post', norm: Norm): void {
  const prefix = `blocks.${layer}`;
  const name = where === 'mid' ? 'ln1' : 'ln2';
  book.addNorm(`${prefix}.${name}`, norm, dModel);
  book.add(`${prefix}.${name}.out`, norm.output, { lengths: { d: dModel } });
  book.add(`${prefix}.hook_normalized_resid_${where}`, norm.output, { lengths: { d: dModel } });
}

/** Gemma 2 and the like: a norm between a sublayer and its addition to the stream. */
export function addPostSublayerNorm({ flow, book, layer, dModel }: BlockContext, name: string, term: string): void {
  const norm = normOf(flow, term);
  if (!norm) return;
  book.addNorm(`blocks.${layer}.${name}`, norm, dModel);
  book.add(`blocks.${layer}.${name}.out`, term, { lengths: { d: dModel } });
}

/** The norm of the stream that a sublayer reads, whatever the sublayer is. */
export function addMixerNorm({ flow, book, layer, dModel }: BlockContext, name: 'ln1' | 'ln2', base: string, term: string): void {
  const norms = flow.between(base, term).flatMap((tensor) => {
    const norm = normOf(flow, tensor);
    return norm && source(flow, norm.input) === source(flow, base) ? [{ ...norm, output: tensor }] : [];
  });
  const norm = norms.sort((one, two) => flow.depth(two.output) - flow.depth(one.output))[0];
  if (!norm) return;
  book.addNorm(`blocks.${layer}.${name}`, { ...norm, input: base }, dModel);
  book.add(`blocks.${layer}.${name}.out`, norm.output, { lengths: { d: dModel } });
}

/** Names ln1 where the attention reads a norm of the stream. */
export function addInputNorm(context: BlockContext, input: string): Norm | undefined {
  const { flow, book, block, layer, dModel } = context;
  if (strip(flow, block.input) === input) return undefined;
  const norm = normOf(flow, input);
  const prefix = `blocks.${layer}.ln1`;
  if (!norm) {
    book.lack(`${prefix}.out`, 'what the attention reads is neither the stream nor a norm of it');
    return undefined;
  }
  book.addNorm(prefix, { ...norm, input: block.input }, dModel);
  book.add(`${prefix}.out`, input, { lengths: { d: dModel } });
  return norm;
}

/** Names ln2, unless attention and MLP share one norm. */
export function addSecondNorm(
  { flow, book, layer, dModel }: BlockContext,
  input: string | undefined,
  from: string,
  shared: Norm | undefined,
): void {
  const prefix = `blocks.${layer}`;
  const norm = input === undefined || strip(flow, from) === input ? undefined : normOf(flow, input);
  if (!norm || input === undefined) {
    book.lack(`${prefix}.ln2.out`, 'the MLP reads the stream without a norm of its own');
    return;
  }
  const own = book.sites.get(`${prefix}.ln1.out`)?.tensor;
  if (shared && own === input) {
    for (const name of ['out', 'hook_scale', 'hook_normalized']) {
      book.lack(`${prefix}.ln2.${name}`, 'attention and MLP read the same norm, which is ln1');
    }
    return;
  }
  book.addNorm(`${prefix}.ln2`, { ...norm, input: from }, dModel);
  book.add(`${prefix}.ln2.out`, input, { lengths: { d: dModel } });
}
