// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';

/** Picks hooks: a name, a pattern with `*`, a regular expression, a predicate, or a list of these. */
export type NameSelector = string | RegExp | ((name: string) => boolean) | readonly (string | RegExp | ((name: string) => boolean))[];

/** Names inside `blocks.L.` by the short form that people type. */
const shortNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['q', 'k', 'v', 'z', 'rot_q', 'rot_k', 'pattern', 'attn_scores', 'result'].map((name) => [name, `attn.hook_${name}`]),
  ),
  ...Object.fromEntries(['pre', 'pre_linear', 'post'].map((name) => [name, `mlp.hook_${name}`])),
  ...Object.fromEntries(
    ['resid_pre', 'resid_mid', 'resid_post', 'attn_out', 'mlp_out', 'normalized_resid_mid', 'normalized_resid_post'].map((name) => [
      name,
      `hook_${name}`,
    ]),
  ),
  scale: 'ln1.hook_scale',
  normalized: 'ln1.hook_normalized',
  attn: 'attn.hook_pattern',
  attn_logits: 'attn.hook_attn_scores',
  scores: 'attn.hook_attn_scores',
  mlp_pre: 'mlp.hook_pre',
  mlp_post: 'mlp.hook_post',
  key: 'attn.hook_k',
  query: 'attn.hook_q',
  value: 'attn.hook_v',
  resid: 'hook_resid_post',
};

/** Names without a layer. */
const shortGlobals: Readonly<Record<string, string>> = {
  embed: 'hook_embed',
  pos_embed: 'hook_pos_embed',
  token_type_embed: 'hook_token_type_embed',
  full_embed: 'hook_full_embed',
  final_scale: 'ln_final.hook_scale',
  final_normalized: 'ln_final.hook_normalized',
  logits: 'logits',
  'embed.hook_out': 'hook_embed',
  'pos_embed.hook_out': 'hook_pos_embed',
  'unembed.hook_in': 'ln_final.out',
  'unembed.hook_out': 'logits',
  'ln_final.hook_out': 'ln_final.out',
};

/** Names of TransformerLens 3's bridge inside `blocks.L.`, and what they are called here. */
const bridgeNames: Readonly<Record<string, string>> = {
  hook_in: 'hook_resid_pre',
  hook_out: 'hook_resid_post',
  'attn.q.hook_out': 'attn.hook_q',
  'attn.k.hook_out': 'attn.hook_k',
  'attn.v.hook_out': 'attn.hook_v',
  'attn.o.hook_in': 'attn.hook_z',
  'attn.o.hook_out': 'hook_attn_out',
  'attn.hook_in': 'ln1.out',
  'attn.hook_out': 'hook_attn_out',
  'mlp.hook_in': 'ln2.out',
  'mlp.hook_out': 'hook_mlp_out',
  'mlp.in.hook_out': 'mlp.hook_pre',
  'mlp.gate.hook_out': 'mlp.hook_pre',
  'mlp.out.hook_in': 'mlp.hook_post',
  'mlp.out.hook_out': 'hook_mlp_out',
  'ln1.hook_in': 'hook_resid_pre',
  'ln1.hook_out': 'ln1.out',
  'ln2.hook_in': 'hook_resid_mid',
  'ln2.hook_out': 'ln2.out',
};

/**
 * The full TransformerLens name of a short one, an alias or a v3 bridge name; a name that is full already comes back as it is.
 *
 * @param name - `'k'`, `'attn'`, `'mlp_pre'`, `'hook_resid_post'`, `'mlp.hook_pre'`, `'blocks.3.attn.q.hook_out'`, ...
 * @param layer - block number, for names that live in a block
 * @example
 * actName('k', 6)               // 'blocks.6.attn.hook_k'
 * actName('embed')              // 'hook_embed'
 * actName('normalized', 2, 'ln2') // 'blocks.2.ln2.hook_normalized'
 */
export function actName(name: string, layer?: number, part?: string): string {
  const inBlock = /^blocks\.(\d+|\*)\.(.+)$/.exec(name);
  if (inBlock) return `blocks.${inBlock[1]}.${blockName(inBlock[2]!)}`;
  if (layer === undefined) return shortGlobals[name] ?? name;
  if (part) return `blocks.${layer}.${part}.${name.startsWith('hook_') ? name : `hook_${name}`}`;
  return `blocks.${layer}.${blockName(name)}`;
}

function blockName(name: string): string {
  const bare = name.replace(/^hook_(?!in$|out$)/, '');
  return bridgeNames[name] ?? shortNames[name] ?? shortNames[bare] ?? name;
}

/** Axis names and their layout letters by the last part of a hook name. */
export interface HookAxes {
  axes: string[];
  letters: string[];
}

const stream: HookAxes = { axes: ['batch', 'pos', 'd_model'], letters: ['b', 's', 'd'] };
const heads: HookAxes = { axes: ['batch', 'pos', 'head', 'd_head'], letters: ['b', 's', 'h', 'd'] };
const square: HookAxes = { axes: ['batch', 'head', 'query', 'key'], letters: ['b', 'h', 'q', 'k'] };
const neurons: HookAxes = { axes: ['batch', 'pos', 'd_mlp'], letters: ['b', 's', 'd'] };

/** The axes of a hook, by its full name. */
export function hookAxes(name: string): HookAxes {
  if (name === 'logits') return { axes: ['batch', 'pos', 'd_vocab'], letters: ['b', 's', 'd'] };
  if (/\.hook_(attn_scores|pattern)$/.test(name)) return square;
  if (/attn\.(hook_(q|k|v|z|rot_q|rot_k)|[qk]_norm\.(out|hook_normalized))$/.test(name)) return heads;
  if (/attn\.[qk]_norm\.hook_scale$/.test(name)) return { axes: ['batch', 'pos', 'head', 'scale'], letters: ['b', 's', 'h', 'd'] };
  if (name.endsWith('.hook_result')) return { axes: ['batch', 'pos', 'head', 'd_model'], letters: ['b', 's', 'h', 'd'] };
  if (/mlp\.hook_(pre|pre_linear|post)$/.test(name)) return neurons;
  if (name.endsWith('.hook_scale')) return { axes: ['batch', 'pos', 'scale'], letters: ['b', 's', 'd'] };
  return stream;
}

/**
 * The known names that a selector picks, in the order of the forward pass. Strings may be short names, aliases or patterns in
 * which `*` stands for anything within one part: `blocks.*.hook_resid_pre`.
 *
 * @throws VitrineError `unknown-hook` where a string or a regular expression picks nothing; it proposes the nearest names
 * @example
 * selectNames(table, ['blocks.*.attn.hook_pattern', /resid_post$/])
 */
export function selectNames(
  table: { sites: ReadonlyMap<string, unknown>; missing?: readonly { name: string; because: string }[] },
  selector: NameSelector,
): string[] {
  const known = [...table.sites.keys()];
  const picked = new Set<string>();
  const parts = Array.isArray(selector)
    ? (selector as readonly (string | RegExp | ((name: string) => boolean))[])
    : [selector as string | RegExp];
  for (const part of parts) {
    const test = matcher(part, known);
    const found = known.filter(test);
    if (found.length === 0 && typeof part !== 'function') throw nothingPicked(part, known, table.missing ?? []);
    for (const name of found) picked.add(name);
  }
  return known.filter((name) => picked.has(name));
}

function matcher(part: string | RegExp | ((name: string) => boolean), known: readonly string[]): (name: string) => boolean {
  if (typeof part === 'function') return part;
  if (part instanceof RegExp) return (name) => name.search(part) >= 0;
  const full = actName(part);
  if (!full.includes('*')) {
    // A short name without a layer means all layers.
    const everywhere = known.includes(full) || full.startsWith('blocks.') ? undefined : actName(part, 0).slice('blocks.0.'.length);
    return everywhere === undefined
      ? (name) => name === full
      : (name) => /^blocks\.\d+\./.test(name) && name.replace(/^blocks\.\d+\./, '') === everywhere;
  }
  const pattern = full.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]*');
  const test = new RegExp(`^${pattern}$`);
  return (name) => test.test(name);
}

function nothingPicked(
  part: string | RegExp,
  known: readonly string[],
  missing: readonly { name: string; because: string }[],
): VitrineError {
  if (part instanceof RegExp) {
    return new VitrineError(
      'unknown-hook',
      `No hook of this model matches ${String(part)}. Its hooks have names such as ${known.slice(0, 4).join(', ')}.`,
    );
  }
  const full = actName(part);
  const reason = missing.find(({ name }) => name === full || matcher(part, [])(name));
  if (reason)
    return new VitrineError(
      'hook-not-found-in-model',
      `This model has no "${part}": ${reason.because}. Choose among ${known.length} others, such as ${nearestNames(full, known).join(', ')}.`,
    );
  return new VitrineError('unknown-hook', `This model has no hook "${part}". Nearest: ${nearestNames(full, known).join(', ')}.`);
}

/** The `count` names that are fewest edits away from `name` (Levenshtein), nearest first. */
export function nearestNames(name: string, names: Iterable<string>, count = 3): string[] {
  const layer = /^blocks\.(\d+)\./.exec(name)?.[1];
  const scored = [...names].map((candidate) => {
    const other = /^blocks\.(\d+)\./.exec(candidate)?.[1];
    // Another layer of the same hook is farther away than another hook of the same layer with a letter changed.
    const distance = editDistance(name, candidate) + (layer !== undefined && other !== undefined && layer !== other ? 2 : 0);
    return { candidate, distance };
  });
  scored.sort((one, two) => one.distance - two.distance);
  return scored.slice(0, count).map(({ candidate }) => candidate);
}

/** Levenshtein distance: insertions, deletions and replacements of one character. */
export function editDistance(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= two.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === two[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[two.length]!;
}
