// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { HeadsTrace } from '../trace/kinds/heads.js';
import { patternColumns, patternRows } from './patterns.js';
import type { TableCell, TablesOf } from './types.js';

export const headsTables: TablesOf<HeadsTrace> = {
  scores: (trace) => ({ columns: ['layer', 'head', 'kind', 'convention', 'score'], rows: scores(trace) }),
  patterns: (trace) =>
    trace.patternHeads.length === 0 ? undefined : { columns: ['layer', 'head', ...patternColumns, 'weight'], rows: patterns(trace) },
};

function* scores({ kinds, convention, scores, others = [] }: HeadsTrace): Iterable<TableCell[]> {
  const [, layers, heads] = scores.shape as [number, number, number];
  for (const by of [{ convention, scores }, ...others]) {
    const { data } = decodeArray(by.scores);
    for (const [at, kind] of kinds.entries()) {
      for (let head = 0; head < layers * heads; head++) {
        yield [Math.floor(head / heads), head % heads, kind, by.convention, data[at * layers * heads + head]];
      }
    }
  }
}

function* patterns({ patternHeads, patterns, tokens, causal }: HeadsTrace): Iterable<TableCell[]> {
  const { data } = decodeArray(patterns);
  for (const [at, head] of patternHeads.entries()) {
    yield* patternRows(data, at * tokens.length ** 2, tokens, tokens, causal, head);
  }
}
