// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { capitalPrompt, sentence } from '../figures/prompts.js';

/** A fact that takes shape, and the sentence in which the likeliest name is followed. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  return {
    'logit-lens.json': await recordFigure(model, 'logit-lens', { prompt: capitalPrompt('France'), target: ' Paris' }),
    'logit-lens-names.json': await recordFigure(model, 'logit-lens', { prompt: sentence.prompt }),
    'logit-lens-italy.json': await recordFigure(model, 'logit-lens', { prompt: capitalPrompt('Italy') }),
  };
}
