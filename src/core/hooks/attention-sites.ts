// SPDX-License-Identifier: MIT
import { headsOf } from './block-context.js';
import type { AttentionContext, AttentionFacts, BlockContext } from './block-context.js';
import type { Flow } from './flow.js';
import { addFusedAttention } from './fused-sites.js';
import { addMix, addResult } from './mix-sites.js';
import { addInputNorm } from './norm-sites.js';
import { projectionOf } from './projection.js';
import type { Projection } from './projection.js';
import { attentionInput, strandOf } from './strand.js';
import { leadsTo } from './stream.js';

/** A block whose mixer is not attention: linear attention, a convolution, a recurrence. */
export function lackAttention({ book, layer }: BlockContext): AttentionFacts {
  const because =
    'positions are mixed by something other than softmax attention in this block (linear attention, convolution or recurrence)';
  const names = ['q', 'k', 'v', 'rot_q', 'rot_k', 'attn_scores', 'pattern', 'z', 'result'].map((name) => `attn.hook_${name}`);
  for (const name of [...names, 'hook_attn_out', 'attn.q_norm.out', 'attn.k_norm.out']) book.lack(`blocks.${layer}.${name}`, because);
  return { nHead: 0, nKeyValueHead: 0, dHead: 0, rotary: false };
}

/** Names the insides of an attention. */
export function addAttention(context: AttentionContext, term: string): AttentionFacts {
  const { flow, book, block, layer, dModel, position, core } = context;
  const prefix = `blocks.${layer}`;
  const out = outProjection(flow, term, core.z, block.input);
  if (core.fused) return addFusedAttention(context, out);

  const scoresDims = flow.dry.dims(core.scores!);
  const keyLength = scoresDims?.at(-1) ?? 0;
  const dHead = flow.dry.dims(core.z)?.at(-1) ?? 0;
  const dKey = flow.dry.dims(core.q)?.at(-1) ?? dHead;
  // Scores may be [b h q k], [(b h) q k] or [b (q h) k]: their size tells the number of heads in any case.
  const nHead = headsOf(context, core.scores, keyLength) ?? 0;

  const q = strandOf(flow, core.q, block.input);
  const k = core.k === undefined ? undefined : strandOf(flow, core.k, block.input);
  const v = core.v === undefined ? undefined : strandOf(flow, core.v, block.input);
  const norm = q ? addInputNorm(context, attentionInput(flow, q)) : undefined;
  const nKeyValueHead = headsOf(context, k?.forms[0], dKey) ?? nHead;
  const lengthsQ = { h: nHead, d: dKey };
  const lengthsK = { h: nKeyValueHead, d: dKey };
  const lengthsV = { h: headsOf(context, v?.forms[0], dHead) ?? nKeyValueHead, d: dHead };
  const attn = `${prefix}.attn`;
  const unfound = 'no projection (MatMul or Gemm with a weight) was found on its way to the scores';
  if (!book.addFirst(`${attn}.hook_q`, q?.forms, { lengths: lengthsQ })) book.lack(`${attn}.hook_q`, unfound);
  if (!book.addFirst(`${attn}.hook_k`, k?.forms, { lengths: lengthsK })) book.lack(`${attn}.hook_k`, unfound);
  if (!book.addFirst(`${attn}.hook_v`, v?.forms, { lengths: lengthsV })) book.lack(`${attn}.hook_v`, unfound);
  const steps: [string, string | undefined, Record<string, number>, string][] = [
    ['q_norm.out', q?.normed, lengthsQ, 'queries are not normalised'],
    ['k_norm.out', k?.normed, lengthsK, 'keys are not normalised'],
    ['hook_rot_q', q?.rotated, lengthsQ, 'queries are not rotated by position'],
    ['hook_rot_k', k?.rotated, lengthsK, 'keys are not rotated by position'],
  ];
  for (const [name, tensor, lengths, because] of steps) {
    if (tensor === undefined || !book.add(`${attn}.${name}`, tensor, { lengths })) book.lack(`${attn}.${name}`, because);
  }
  const square = { h: nHead, q: position, k: keyLength };
  book.add(`${attn}.hook_attn_scores`, core.scores, { lengths: square });
  book.addFirst(`${attn}.hook_pattern`, spread(flow, core.patterns ?? []), { lengths: square });
  addMix(context, out, nHead, dHead);
  addResult(context, out, nHead, dHead, dModel);
  return { nHead, nKeyValueHead, dHead, rotary: q?.rotated !== undefined, ...(norm ? { norm } : {}) };
}

/** Forms with four axes first: in "b (q h) k" the order of queries and heads cannot be told from the dims. */
const spread = (flow: Flow, tensors: readonly string[]): string[] => {
  const apart = (tensor: string): boolean => flow.dry.dims(tensor)?.length === 4;
  return [...tensors.filter(apart).reverse(), ...tensors.filter((tensor) => !apart(tensor)).reverse()];
};

/** The output projection: the first after z on the way to the term. */
function outProjection(flow: Flow, term: string, z: string, stop: string): Projection | undefined {
  return flow
    .chain(term, stop)
    .map((tensor) => projectionOf(flow, tensor))
    .filter((projection) => projection !== undefined && leadsTo(flow, z, projection.output, stop))
    .at(-1);
}
