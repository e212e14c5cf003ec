// SPDX-License-Identifier: MIT
import type { DisplayToken } from '../shared/token-display.js';
import { runsOf, type PatchingData } from './patching-data.js';
import { patchingStrings as words } from './strings.js';
import type { GridView } from './view.js';

/** The prompts along the columns, the one that values come from first. */
export interface PromptStrip {
  name: string;
  tokens: readonly DisplayToken[];
}

export function stripsOf(figure: PatchingData): PromptStrip[] {
  const { source, tokens } = figure;
  if (tokens.length === 0) return [];
  const { from, into } = runsOf(figure);
  const changed = { name: source ? words[into] : figure.technique === 'tracing' ? words.noised : '', tokens };
  return source ? [{ name: words[from], tokens: source.tokens }, changed] : [changed];
}

/** Whether columns are positions of the prompts. */
export function alongTokens({ figure, view }: { figure: PatchingData; view: GridView }): boolean {
  return figure.tokens.length > 0 && ['pos', 'dest', 'src'].includes(view.across);
}
