// SPDX-License-Identifier: MIT
const globals: Readonly<Record<string, string>> = {
  W_E: 'embed.W_E',
  W_pos: 'pos_embed.W_pos',
  W_token_type: 'token_type_embed.W_token_type',
  W_U: 'unembed.W_U',
  b_U: 'unembed.b_U',
};

/**
 * The full name of a weight: `weightName('W_Q', 3)` is `blocks.3.attn.W_Q`.
 */
export function weightName(name: string, layer?: number): string {
  if (layer === undefined) return globals[name] ?? name;
  if (/^[Wb]_[QKVO]$/.test(name)) return `blocks.${layer}.attn.${name}`;
  if (/^[Wb]_(in|gate|out)$/.test(name)) return `blocks.${layer}.mlp.${name}`;
  return `blocks.${layer}.${name}`;
}
