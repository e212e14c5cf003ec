// SPDX-License-Identifier: MIT
import { recordFigure, storable, type HookedModel, type Trace } from '../../src/core/index.js';
import { capitalPrompt, sentence, story } from './prompts.js';

/** The recorded figures of the article, by file name. */
export async function recordFigures(model: HookedModel): Promise<Record<string, Trace>> {
  const attention = async (prompt: string): Promise<Trace> => storable(await recordFigure(model, 'attention', { prompt }));
  const lens = async (prompt: string, target: string): Promise<Trace> =>
    storable(await recordFigure(model, 'logit-lens', { prompt, target }));
  return {
    'names.json': await attention(sentence.prompt),
    'habits.json': await attention(story),
    'capital.json': await lens(capitalPrompt('France'), ' Paris'),
    'names-lens.json': await lens(sentence.prompt, sentence.receiver),
  };
}
