// SPDX-License-Identifier: MIT
import { throwIfAborted } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import { logSumExp, topIds } from '../model/top-tokens.js';
import type { BeamNode } from '../trace/kinds/next-token.js';

interface Beam {
  ids: number[];
  node: number;
  logProbability: number;
}

/**
 * Beam search as a tree: at every depth each beam is continued by its likeliest tokens, and the `width` likeliest sequences of all are kept
 * (no length penalty, no end-of-text rule). What was not kept is in the list too.
 */
export async function beamTree(
  model: HookedModel,
  prompt: readonly number[],
  { width, depth, signal }: { width: number; depth: number; signal?: AbortSignal | undefined },
): Promise<BeamNode[]> {
  const nodes: BeamNode[] = [];
  let beams: Beam[] = [{ ids: [], node: -1, logProbability: 0 }];
  for (let level = 0; level < depth; level++) {
    throwIfAborted(signal);
    const rows = beams.map(({ ids }) => [...prompt, ...ids]);
    const { logits } = await model.run(rows, { logitsAt: 'last', ...(signal && { signal }) });
    const vocabulary = logits.dims.at(-1)!;
    const level0 = nodes.length;
    const next: Beam[] = [];
    beams.forEach((beam, row) => {
      const values = logits.data.subarray(row * vocabulary, (row + 1) * vocabulary);
      const norm = logSumExp(values);
      for (const id of topIds(values, width)) {
        const logProbability = beam.logProbability + values[id]! - norm;
        next.push({ ids: [...beam.ids, id], node: nodes.length, logProbability });
        nodes.push({ parent: beam.node, id, logProbability, kept: false });
      }
    });
    beams = next.sort((one, other) => other.logProbability - one.logProbability || one.node - other.node).slice(0, width);
    for (const { node } of beams) if (node >= level0) nodes[node]!.kept = true;
  }
  return nodes;
}
