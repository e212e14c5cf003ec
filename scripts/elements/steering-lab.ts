// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';

const names = ['Mary', 'John', 'Tom', 'Lily', 'Anna', 'Jack'];
/** The same sentences twice, with the one mood and with the other. */
const told = (very: string, felt: string): string[] =>
  names.flatMap((name) => [`${name} was very ${very}, for`, `${name} felt ${felt} that day.`]);
const mood = { positive: told('happy', 'glad'), negative: told('sad', 'sorry') };
const common = { vector: mood, layers: [2], maxNewTokens: 24, prependBos: true };

/** A mood as a direction: a text that could go either way, and one that begins against it. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const strengths = [-8, -6, -4, -2, 0, 2, 4, 6, 8];
  return {
    'steering-lab.json': await recordFigure(model, 'steering', { prompt: 'Rose was very', strengths, ...common }),
    'steering-lab-against.json': await recordFigure(model, 'steering', {
      prompt: 'Lily was very sad, for',
      strengths,
      ...common,
      keepNorm: true,
    }),
  };
}
