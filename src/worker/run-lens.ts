// SPDX-License-Identifier: MIT
import { logitLens, type HookedModel, type LogitLensOptions, type ModelInput } from '../core/index.js';

/** A lens without the method that reads its ids, and the texts of all ids in it instead. */
export async function runLens(model: HookedModel, input: ModelInput, options: LogitLensOptions): Promise<unknown> {
  const { text, ...lens } = await logitLens(model, input, options);
  const ids = new Set([...lens.topIds.data, ...(lens.target ? [lens.target.id] : [])]);
  return { lens, vocabulary: new Map([...ids].map((id) => [id, text(id)])) };
}
