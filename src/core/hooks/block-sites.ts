// SPDX-License-Identifier: MIT
import { addAttention, lackAttention } from './attention-sites.js';
import type { BlockContext, BlockFacts } from './block-context.js';
import { addMlp, addSum } from './mlp-sites.js';
import { addMixerNorm, addPostNorm, addPostSublayerNorm } from './norm-sites.js';
import { leadsTo } from './stream.js';

/** Names everything in one block. */
export function addBlockSites(context: BlockContext): BlockFacts {
  const { flow, book, block, layer, dModel, stream } = context;
  const prefix = `blocks.${layer}`;
  const lengths = { d: dModel };
  const isLast = stream.blocks.at(-1) === block;
  const postNorm = block.attention.norm !== undefined && !(isLast && block.parallel) && block.mlp !== undefined;
  const { core } = block;
  const attentionTerm =
    (core && block.attention.terms.find((term) => leadsTo(flow, core.z, term, block.input))) ?? block.attention.terms[0]!;

  book.add(`${prefix}.hook_resid_pre`, block.input, { lengths });
  const facts = core ? addAttention({ ...context, core }, attentionTerm) : lackAttention(context);
  if (core) addSum(context, `${prefix}.hook_attn_out`, block.attention, attentionTerm);
  if (block.parallel) {
    book.lack(`${prefix}.hook_resid_mid`, 'the blocks are parallel: attention and MLP read the same stream, so there is no resid_mid');
  } else {
    book.add(`${prefix}.hook_resid_mid`, block.attention.sum, { lengths });
    if (postNorm && block.attention.norm) addPostNorm(context, 'mid', block.attention.norm);
    else book.lack(`${prefix}.hook_normalized_resid_mid`, 'the model is pre-norm: the stream itself is never normalised');
  }
  addPostSublayerNorm(context, 'ln1_post', attentionTerm);
  if (!core) addMixerNorm(context, 'ln1', block.input, attentionTerm);

  const mlp = addMlp(context, postNorm, facts.norm);
  const end = block.mlp ?? block.attention;
  book.add(`${prefix}.hook_resid_post`, end.sum, { lengths });
  if (postNorm && block.mlp?.norm) addPostNorm(context, 'post', block.mlp.norm);
  const output = postNorm ? (end.norm?.output ?? end.sum) : end.sum;
  return { ...facts, ...mlp, postNorm, output };
}
