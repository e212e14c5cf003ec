// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';

/** Heads scored on random tokens that are repeated, where nothing but looking back helps, and on a sentence that repeats its names. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const prompt = 'When Mary and John went to the store, John gave a drink to Mary';
  return {
    'head-finder.json': await recordFigure(model, 'heads', { length: 24, rows: 8 }),
    'head-finder-names.json': await recordFigure(model, 'heads', { prompt }),
  };
}
