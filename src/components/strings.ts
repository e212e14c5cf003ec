// SPDX-License-Identifier: MIT
import { replaceSentences } from './shared/sentences.js';
import type { attentionStrings } from './attention-view/strings.js';
import type { viewStrings } from './attention-view/view-strings.js';
import type { tokensStrings } from './colored-tokens/strings.js';
import type { attributionFieldStrings } from './logit-attribution/field-strings.js';
import type { attributionStrings } from './logit-attribution/strings.js';
import type { lensStrings } from './logit-lens/strings.js';
import type { lensCurveStrings } from './logit-lens/trajectories/strings.js';
import type { mapStrings } from './model-map/strings.js';
import type { strings } from './shared/strings.js';
import type { headFinderStrings } from './head-finder/strings.js';
import type { nextTokenStrings } from './next-token/strings.js';
import type { steeringStrings } from './steering-lab/strings.js';
import type { pictureStrings } from './patching-grid/picture/strings.js';
import type { patchingStrings } from './patching-grid/strings.js';

/** Every sentence that a reader can meet. */
export type Strings = typeof strings &
  typeof attentionStrings &
  typeof attributionStrings &
  typeof attributionFieldStrings &
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
 * Replaces some sentences on the whole page; figures that are drawn are drawn again. A sentence with something in it is a function.
 *
 * @example
 * setStrings({ layer: 'Schicht', prompt: 'Eingabe', liveFrom: (model) => `Live, ${model}` });
 */
export function setStrings(changes: Partial<Strings>): void {
  replaceSentences(changes);
}
