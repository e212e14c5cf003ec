// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { sentence, START } from '../figures/prompts.js';

/** A sentence that comes twice: what a head does at the second copy, it does by looking at the first. */
const twice = `${START}The old king had a red horse. The old king had a red horse.`;

/** The sentence of the article, and one that comes twice. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  return {
    'attention-view.json': await recordFigure(model, 'attention', { prompt: sentence.prompt }),
    'attention-view-twice.json': await recordFigure(model, 'attention', { prompt: twice }),
  };
}
