// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** The sentences of `<logit-attribution>` that stand there before the picture. */
export const attributionFieldStrings = /* @__PURE__ */ sentences({
  attributionAnswer: 'Answer',
  attributionWrong: 'against',
});
