// SPDX-License-Identifier: MIT
import type { HeadsTrace } from '../trace/kinds/heads.js';
import type { RawArray } from '../trace/types.js';
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
    for (const [at, kind] of kinds.entries()) {
      for (let head = 0; head < layers * heads; head++) {
        const score = (by.scores as RawArray).values[at * layers * heads + head];
        yield [Math.floor(head / heads), head % heads, kind, by.convention, score];
      }
    }
  }
}

function* patterns({ patternHeads, patterns, tokens, causal }: HeadsTrace): Iterable<TableCell[]> {
  for (const [at, head] of patternHeads.entries()) {
    yield* patternRows(patterns as RawArray, at * tokens.length ** 2, tokens, tokens, causal, head);
  }
}
