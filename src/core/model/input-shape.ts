// SPDX-License-Identifier: MIT
import type { RuntimeTensor } from '../runtime/types.js';
import type { Chain } from '../stages/chain.js';
import type { BatchShape } from './materialise.js';

/** Batch and positions of an input given as tensors: those of its ids, else of the stream that the embedding makes of it. */
export async function inputShape(chain: Chain, feeds: ReadonlyMap<string, RuntimeTensor>, signal?: AbortSignal): Promise<BatchShape> {
  const cut = chain.graph.cuts[0]!;
  const known = feeds.get('input_ids') ?? feeds.get(cut);
  const stream =
    known ?? (await chain.run({ known: feeds, from: 0, to: 0, wanted: new Set([cut]), ...(signal ? { signal } : {}) })).get(cut);
  const [batch = 1, pos = 1] = stream?.dims ?? [];
  if (!known) stream?.dispose?.();
  return { batch, pos };
}
