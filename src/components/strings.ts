// SPDX-License-Identifier: MIT
import { attentionStrings } from './attention-view/strings.js';
import { tokensStrings } from './colored-tokens/strings.js';
import { lensStrings } from './logit-lens/strings.js';
import { strings } from './shared/strings.js';
import { headFinderStrings } from './head-finder/strings.js';
import { nextTokenStrings } from './next-token/strings.js';

/** Every sentence that a reader can meet. */
export type Strings = typeof strings &
  typeof attentionStrings &
  typeof lensStrings &
  typeof tokensStrings &
  typeof headFinderStrings &
  typeof nextTokenStrings;

/**
 * Replaces some sentences on the whole page, before the figures are drawn.
 *
 * @example
 * setStrings({ layer: 'Schicht', head: 'Kopf', prompt: 'Eingabe' });
 */
export function setStrings(changes: Partial<Strings>): void {
  for (const table of [strings, attentionStrings, lensStrings, tokensStrings, headFinderStrings, nextTokenStrings]) {
    for (const [name, value] of Object.entries(changes)) if (name in table) Object.assign(table, { [name]: value });
  }
}
