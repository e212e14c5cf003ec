// SPDX-License-Identifier: MIT
import { readInt } from './attributes.js';
import type { AttentionContext, AttentionFacts } from './block-context.js';
import { addMix, addResult } from './mix-sites.js';
import { addInputNorm } from './norm-sites.js';
import type { Norm } from './norm.js';
import { strip } from './projection.js';
import type { Projection } from './projection.js';
import { attentionInput, strandOf } from './strand.js';

/** Names what a fused attention operator leaves visible, and says what it hides. */
export function addFusedAttention(context: AttentionContext, out: Projection | undefined): AttentionFacts {
  const { flow, book, block, layer, dModel, core } = context;
  const node = core.fused!;
  const attn = `blocks.${layer}.attn`;
  const mixed = flow.dry.dims(core.z);
  // The standard Attention may take [batch, head, pos, d_head], and says nothing of heads then.
  const apart = mixed?.length === 4 ? mixed[1]! : undefined;
  const nHead = apart ?? (readInt(node, 'num_heads', 0) || readInt(node, 'q_num_heads', 0) || 1);
  const keys = apart === undefined ? undefined : flow.dry.dims(core.k ?? '')?.[1];
  const nKeyValueHead = keys ?? (readInt(node, 'kv_num_heads', 0) || nHead);
  const dHead = (mixed?.at(-1) ?? 0) / (apart === undefined ? nHead : 1);
  const inside = (what: string): string => `${what} exists only inside the fused node ${node.opType}`;
  const rotates = readInt(node, 'do_rotary', 0) === 1;
  const ownWeights = core.k === undefined && (node.opType === 'Attention' || node.opType === 'QAttention');

  const lengths = { h: nHead, d: dHead };
  const lengthsK = { h: nKeyValueHead, d: dHead };
  let norm: Norm | undefined;
  let rotary = rotates;
  if (ownWeights) {
    for (const name of ['q', 'k', 'v']) book.lack(`${attn}.hook_${name}`, inside(`the projection to ${name}`));
    norm = addInputNorm(context, strip(flow, core.q));
  } else {
    const q = strandOf(flow, core.q, block.input);
    const k = core.k === undefined ? undefined : strandOf(flow, core.k, block.input);
    const v = core.v === undefined ? undefined : strandOf(flow, core.v, block.input);
    norm = q && addInputNorm(context, attentionInput(flow, q));
    if (core.k === undefined) {
      const widths = [nHead, nKeyValueHead, nKeyValueHead].map((heads) => heads * dHead);
      let start = 0;
      ['q', 'k', 'v'].forEach((name, at) => {
        const end = start + widths[at]!;
        book.addFirst(`${attn}.hook_${name}`, q?.forms.slice(0, 1), { lengths: at === 0 ? lengths : lengthsK, slice: { start, end } });
        start = end;
      });
    } else {
      const bias = node.opType === 'MultiHeadAttention' && node.inputs[3] ? inside('the bias of the projections') : undefined;
      (
        [
          ['q', q, lengths],
          ['k', k, lengthsK],
          ['v', v, lengthsK],
        ] as const
      ).forEach(([name, strand, size]) => {
        if (bias) book.lack(`${attn}.hook_${name}`, bias);
        else if (!book.addFirst(`${attn}.hook_${name}`, strand?.forms, { lengths: size }))
          book.lack(`${attn}.hook_${name}`, 'its projection was not found');
        if (name === 'v') return;
        if (strand?.normed === undefined || !book.add(`${attn}.${name}_norm.out`, strand.normed, { lengths: size })) {
          book.lack(`${attn}.${name}_norm.out`, 'heads are not normalised');
        }
        if (strand?.rotated !== undefined) {
          rotary = true;
          book.add(`${attn}.hook_rot_${name}`, strand.rotated, { lengths: size });
        }
      });
    }
  }
  for (const name of ['q', 'k'])
    book.lack(`${attn}.hook_rot_${name}`, rotates ? inside('the rotation by position') : 'there is no rotation by position');
  book.lack(`${attn}.hook_attn_scores`, inside('the table of scores'));
  book.lack(`${attn}.hook_pattern`, inside('the attention pattern'));
  addMix(context, out, nHead, dHead);
  addResult(context, out, nHead, dHead, dModel);
  return { nHead, nKeyValueHead, dHead, rotary, ...(norm ? { norm } : {}) };
}
