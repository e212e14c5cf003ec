// SPDX-License-Identifier: MIT

export const defaultStrength = 4;
/** Tokens of each text of a live run. */
export const defaultTokens = 32;

/** About as much text as so many tokens make, after a prompt. */
export function roomText(prompt: string, tokens: number): string {
  return `${prompt || 'nnnn '.repeat(4)}${' nnnn'.repeat(Math.min(999, Math.max(0, tokens)))}`;
}
