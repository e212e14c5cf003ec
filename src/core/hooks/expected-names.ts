// SPDX-License-Identifier: MIT
import type { BlockFacts } from './block-context.js';
import type { SiteBook } from './site-book.js';
import type { Stream } from './stream.js';

const inBlock = [
  'hook_resid_pre',
  'ln1.hook_scale',
  'ln1.hook_normalized',
  'ln1.out',
  'attn.hook_q',
  'attn.hook_k',
  'attn.hook_v',
  'attn.q_norm.out',
  'attn.k_norm.out',
  'attn.hook_rot_q',
  'attn.hook_rot_k',
  'attn.hook_attn_scores',
  'attn.hook_pattern',
  'attn.hook_z',
  'attn.hook_result',
  'hook_attn_out',
  'hook_resid_mid',
  'ln2.hook_scale',
  'ln2.hook_normalized',
  'ln2.out',
  'mlp.hook_pre',
  'mlp.hook_pre_linear',
  'mlp.hook_post',
  'hook_mlp_out',
  'hook_resid_post',
];

const crossNames = ['hook_q', 'hook_k', 'hook_v', 'hook_attn_scores', 'hook_pattern', 'hook_z'];

/** Makes sure that every name people look for is either found or missing with a reason. */
export function completeMissing(book: SiteBook, stream: Stream, blocks: readonly BlockFacts[]): void {
  for (const name of ['hook_embed', 'hook_pos_embed', 'ln_final.out', 'ln_final.hook_scale', 'ln_final.hook_normalized', 'logits']) {
    const final = book.missing.find((missing) => missing.name === 'ln_final.out')?.because;
    const postNorm = 'the model is post-norm: the last block ends in its own ln2, and no final norm follows';
    const because = name.startsWith('ln_final.') ? (final ?? (blocks.at(-1)?.postNorm ? postNorm : undefined)) : undefined;
    book.lack(name, because ?? 'nothing in the graph has its place');
  }
  if (!book.sites.has('hook_token_type_embed'))
    book.lack('hook_token_type_embed', 'no table of token types (segments) is added to the embedding');
  stream.blocks.forEach((block, layer) => {
    const prefix = `blocks.${layer}`;
    for (const name of inBlock) {
      if (book.sites.has(`${prefix}.${name}`)) continue;
      // Scale and normalized vector of a norm are missing for the same reason as the norm.
      const norm = /^(ln\d)\.hook_/.exec(name)?.[1];
      const reason = norm && book.missing.find((missing) => missing.name === `${prefix}.${norm}.out`)?.because;
      book.lack(`${prefix}.${name}`, reason || 'nothing in the block has its place');
    }
    if (block.cross.length === 0) return;
    const because = 'cross-attention of encoder-decoder models is not named yet; the hooks of the self-attention and the MLP are there';
    for (const name of crossNames) book.lack(`${prefix}.cross_attn.${name}`, because);
    for (const name of ['hook_cross_attn_out', 'hook_resid_cross']) book.lack(`${prefix}.${name}`, because);
  });
  if (stream.stray.length > 0) {
    book.lack(
      'attention outside the stream',
      `${stream.stray.length} more attention${stream.stray.length > 1 ? 's do' : ' does'} not add to this residual stream (a pooling head, a second tower or another sequence)`,
    );
  }
}
