// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** What a site is, in words. */
export const states: Readonly<Record<string, string>> = {
  resid_pre: 'residual stream before each layer',
  resid_mid: 'residual stream between attention and MLP',
  attn_out: 'attention outputs',
  mlp_out: 'MLP outputs',
  head_out: 'head outputs',
  head_q: 'queries',
  head_k: 'keys',
  head_v: 'values',
  head_pattern: 'attention patterns',
  state: 'residual stream behind each layer',
  mlp: 'MLP outputs',
  attn: 'attention outputs',
  block_every: 'stream, attention and MLP',
  head_every: 'heads: output, queries, keys, values, pattern',
};

/** `head_q_by_pos` is about the same states as `head_q`. */
export const short = (site: string): string => site.replace(/_by_pos$|_by_dest$|_dest_src$|_by_pos(?=_every)/, '');

/** What is said outside the picture. */
export const patchingStrings = /* @__PURE__ */ sentences({
  /** What a site is, in a choice: "queries". */
  patchingSite: (site: string) => states[short(site)] ?? site,
  patchingProgress: (done: number, of: number) => `${done} of ${of} cells`,
  clean: 'clean',
  corrupted: 'corrupted',
  noised: 'noised',
  cleanField: 'Clean',
  corruptedField: 'Corrupted',
  answerField: 'Answer',
  wrongField: 'Instead of',
  siteField: 'Patch',
  patchingNeeds: 'A sweep needs an answer, and patching a second prompt. Fill in the fields, or the attributes answer and corrupted.',
});
