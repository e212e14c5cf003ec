// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';

/** Heads scored on random tokens that are repeated, where nothing but looking back helps. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  return { 'head-finder.json': await recordFigure(model, 'heads', { length: 24, rows: 8 }) };
}
