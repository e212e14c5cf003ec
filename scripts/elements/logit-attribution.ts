// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { capitalPrompt, swapped } from '../figures/prompts.js';

/** Which part of the model knows the capital, and which reads the names. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const capital = { prompt: capitalPrompt('France'), answer: ' Paris', wrong: ' London', norm: 'recompute' as const };
  const names = { prompt: swapped.prompt, answer: swapped.receiver, wrong: swapped.giver };
  return {
    'logit-attribution.json': await recordFigure(model, 'attribution', capital),
    'logit-attribution-names.json': await recordFigure(model, 'attribution', names),
  };
}
