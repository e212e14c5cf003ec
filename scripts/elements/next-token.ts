// SPDX-License-Identifier: MIT
// What docs/elements/next-token.html shows. The continuation is drawn with the settings and the seed of the page, so that its reader can
// follow it draw by draw.
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { START } from '../figures/prompts.js';

export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const prompt = `${START}The king said to his daughter, "`;
  const sampling = { temperature: 0.8, topP: 0.9, seed: 3 };
  return {
    'next-token.json': await recordFigure(model, 'next-token', { prompt, steps: 11, sampling }),
    'next-token-beams.json': await recordFigure(model, 'next-token', {
      prompt: `${prompt}I am so`,
      top: 20,
      beams: { width: 3, depth: 4 },
    }),
  };
}
