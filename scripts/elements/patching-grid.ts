// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { sentence, swapped } from '../figures/prompts.js';

/** The sentence about Mary and John against the same with the other giver. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const pair = { clean: sentence.prompt, corrupted: swapped.prompt, answer: sentence.receiver, wrong: sentence.giver };
  return {
    'patching-grid.json': await recordFigure(model, 'patching', { ...pair, site: 'resid_pre' }),
    'patching-grid-heads.json': await recordFigure(model, 'patching', { ...pair, site: 'head_every' }),
    'patching-grid-pattern.json': await recordFigure(model, 'patching', {
      ...pair,
      site: 'head_pattern_dest_src',
      layers: [2],
      heads: [5],
    }),
  };
}
