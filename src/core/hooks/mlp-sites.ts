// SPDX-License-Identifier: MIT
import type { BlockContext } from './block-context.js';
import { mlpParts } from './mlp-parts.js';
import type { MlpParts } from './mlp-parts.js';
import type { Norm } from './norm.js';
import { addMixerNorm, addPostSublayerNorm, addSecondNorm } from './norm-sites.js';
import { leadsTo } from './stream.js';
import type { Addition } from './stream.js';

/** A term of a sum; in fused residual norms its bias may hide in the node. */
export function addSum({ flow, book, dModel }: BlockContext, name: string, addition: Addition, term: string): void {
  const sum = flow.node(addition.sum.split('\u0000')[0]!);
  if (sum?.opType === 'SkipLayerNormalization' && sum.inputs[4]) {
    book.lack(name, 'its bias is added inside the fused node SkipLayerNormalization');
    return;
  }
  book.add(name, term, { lengths: { d: dModel } });
}

/** Names the insides of an MLP. */
export function addMlp(context: BlockContext, postNorm: boolean, attentionNorm: Norm | undefined): { mlp?: MlpParts; dMlp?: number } {
  const { flow, book, block, layer } = context;
  const prefix = `blocks.${layer}`;
  const names = ['mlp.hook_pre', 'mlp.hook_post', 'hook_mlp_out', 'ln2.out'];
  const { core } = block;
  const term = block.mlp?.terms.find((candidate) => !block.parallel || !core || !leadsTo(flow, core.z, candidate, block.input));
  if (!block.mlp || term === undefined) {
    for (const name of names)
      book.lack(`${prefix}.${name}`, 'no addition to the stream follows that of the attention: this block has no MLP');
    return {};
  }
  const stop = block.parallel ? block.input : block.mlp.base;
  const parts = mlpParts(flow, term, stop);
  if (!parts) {
    addSum(context, `${prefix}.hook_mlp_out`, block.mlp, term);
    if (!block.parallel && !postNorm) addMixerNorm(context, 'ln2', block.mlp.base, term);
    for (const name of names) book.lack(`${prefix}.${name}`, 'the second sublayer is not two matrices with an activation between them');
    return {};
  }
  const dMlp = flow.dry.dims(parts.post)?.at(-1);
  if (!postNorm) addSecondNorm(context, parts.input, stop, attentionNorm);
  const lengths = { d: dMlp ?? 0 };
  if (parts.hidden) book.lack(`${prefix}.mlp.hook_pre`, parts.hidden);
  else if (!book.add(`${prefix}.mlp.hook_pre`, parts.pre, { lengths }))
    book.lack(`${prefix}.mlp.hook_pre`, 'what the activation reads was not found');
  if (parts.linear === undefined)
    book.lack(`${prefix}.mlp.hook_pre_linear`, 'the MLP has no gate: it is two matrices with an activation between them');
  else book.add(`${prefix}.mlp.hook_pre_linear`, parts.linear, { lengths });
  book.add(`${prefix}.mlp.hook_post`, parts.post, { lengths });
  addSum(context, `${prefix}.hook_mlp_out`, block.mlp, term);
  addPostSublayerNorm(context, 'ln2_post', term);
  return { mlp: parts, ...(dMlp === undefined ? {} : { dMlp }) };
}
