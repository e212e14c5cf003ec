// SPDX-License-Identifier: MIT
import { attentionStrings } from './attention-view/strings.js';
import { viewStrings } from './attention-view/view-strings.js';
import { tokensStrings } from './colored-tokens/strings.js';
import { attributionStrings } from './logit-attribution/strings.js';
import { lensStrings } from './logit-lens/strings.js';
import { lensCurveStrings } from './logit-lens/trajectories/strings.js';
import { mapStrings } from './model-map/strings.js';
import { strings } from './shared/strings.js';
import { headFinderStrings } from './head-finder/strings.js';
import { nextTokenStrings } from './next-token/strings.js';
import { steeringStrings } from './steering-lab/strings.js';
import { pictureStrings } from './patching-grid/picture/strings.js';
import { patchingStrings } from './patching-grid/strings.js';

/** Every sentence that a reader can meet. */
export type Strings = typeof strings &
  typeof attentionStrings &
  typeof attributionStrings &
  typeof viewStrings &
  typeof lensStrings &
  typeof lensCurveStrings &
  typeof mapStrings &
  typeof tokensStrings &
  typeof headFinderStrings &
  typeof nextTokenStrings &
  typeof patchingStrings &
  typeof pictureStrings &
  typeof steeringStrings;

/**
 * Replaces some sentences on the whole page, before the figures are drawn.
 *
 * @example
 * setStrings({ layer: 'Schicht', head: 'Kopf', prompt: 'Eingabe' });
 */
export function setStrings(changes: Partial<Strings>): void {
  for (const table of [
    strings,
    attentionStrings,
    viewStrings,
    attributionStrings,
    lensStrings,
    lensCurveStrings,
    mapStrings,
    tokensStrings,
    headFinderStrings,
    nextTokenStrings,
    patchingStrings,
    pictureStrings,
    steeringStrings,
  ]) {
    for (const [name, value] of Object.entries(changes)) if (name in table) Object.assign(table, { [name]: value });
  }
}
