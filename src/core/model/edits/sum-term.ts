// SPDX-License-Identifier: MIT
import type { HookSite, HookTable } from '../../hooks/types.js';
import type { Edit } from './edit.js';

/**
 * Where an addition to the stream goes in a file that makes the sum and its norm in one node: to the last term of the sum, which gives the
 * same stream up to rounding. What attention writes stands for `hook_resid_mid`, what the MLP writes for `hook_resid_post` and for the next
 * block's `hook_resid_pre`.
 *
 * @returns undefined where the edit is no plain addition, or that term cannot be changed either
 */
export function sumTerm(edit: Edit, site: HookSite, table: HookTable): HookSite | undefined {
  if (edit.op !== 'add' || edit.keepNorm || site.editable) return undefined;
  const [, layer, place] = /^blocks\.(\d+)\.hook_resid_(pre|mid|post)$/.exec(site.name) ?? [];
  if (layer === undefined) return undefined;
  // Behind a post-norm the next block reads the norm, not the sum.
  if (place === 'pre' && table.architecture.normPosition !== 'pre') return undefined;
  const term = place === 'mid' ? `blocks.${layer}.hook_attn_out` : `blocks.${Number(layer) - (place === 'pre' ? 1 : 0)}.hook_mlp_out`;
  const found = table.sites.get(term);
  return found?.editable ? found : undefined;
}
