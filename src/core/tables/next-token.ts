// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { NextTokenTrace } from '../trace/kinds/next-token.js';
import type { TableCell, TablesOf } from './types.js';

export const nextTokenTables: TablesOf<NextTokenTrace> = {
  candidates: (trace) => ({
    columns: ['step', 'position', 'rank', 'id', 'token', 'logit', 'probability', 'chosen'],
    rows: candidates(trace),
  }),
  beams: ({ beams, vocabulary }) => {
    if (!beams) return undefined;
    const depths: number[] = [];
    const rows = beams.nodes.map(({ parent, id, logProbability, kept }, node) => {
      depths.push(parent < 0 ? 1 : depths[parent]! + 1);
      return [node, parent < 0 ? undefined : parent, depths[node], id, vocabulary[id], logProbability, kept];
    });
    return { columns: ['node', 'parent', 'depth', 'id', 'token', 'log_probability', 'kept'], rows };
  },
};

/** Probabilities are those of temperature 1; `position` is the place that the token would take. A token that is listed for standing in the text has no rank. */
function* candidates({ tokens, chosen, ids, logits, temperatures, rest, below, vocabulary }: NextTokenTrace): Iterable<TableCell[]> {
  const [steps, count] = ids.shape as [number, number];
  const [allIds, allLogits, allRest] = [decodeArray(ids).data, decodeArray(logits).data, decodeArray(rest).data];
  const largestOthers = below && decodeArray(below).data;
  const plain = temperatures.indexOf(1);
  for (let step = 0; step < steps; step++) {
    const largestOther = largestOthers?.[step] ?? -Infinity;
    const listed = Array.from({ length: count }, (_, at) => ({
      id: allIds[step * count + at]!,
      logit: allLogits[step * count + at]!,
    }))
      .filter(({ id }) => id >= 0)
      .sort((a, b) => b.logit - a.logit);
    const others = allRest[step * temperatures.length + plain]!;
    const highest = Math.max(others, listed[0]?.logit ?? others);
    const sum = listed.reduce((all, { logit }) => all + Math.exp(logit - highest), Math.exp(others - highest));
    for (const [rank, { id, logit }] of listed.entries()) {
      const ranked = logit >= largestOther ? rank : undefined;
      const taken = step < chosen.length ? chosen[step] === id : undefined;
      yield [step, tokens.length + step, ranked, id, vocabulary[id], logit, Math.exp(logit - highest) / sum, taken];
    }
  }
}
