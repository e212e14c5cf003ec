// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { capitalPrompt, START } from '../figures/prompts.js';

export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const prompt = `${START}Once upon a time there was a little`;
  return {
    'next-token.json': await recordFigure(model, 'next-token', { prompt: capitalPrompt('France'), steps: 8, top: 200 }),
    'next-token-beams.json': await recordFigure(model, 'next-token', { prompt, top: 20, beams: { width: 3, depth: 4 } }),
  };
}
