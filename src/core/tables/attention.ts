// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { decodeArray } from '../trace/arrays.js';
import type { readAttentionTrace } from '../trace/kinds/attention.js';
import { patternColumns, patternRows } from './patterns.js';
import type { TableCell, TableOptions, TablesOf } from './types.js';

type Attention = ReturnType<typeof readAttentionTrace>;

export const attentionTables: TablesOf<Attention> = {
  weights: (trace, options) => ({
    columns: ['layer', 'head', ...(trace.headNames ? ['head_name'] : []), ...patternColumns, 'weight'],
    rows: weights(trace, headsOf(trace, options)),
  }),
  scores: ({ layers, headNames, scores }) =>
    scores && {
      columns: ['layer', 'head', ...(headNames ? ['head_name'] : []), scores.kind],
      rows: layers.flatMap((layer, at) => {
        const { data, shape } = decodeArray(scores.values);
        return Array.from({ length: shape[1]! }, (_, head) => [...named(layer, head, headNames), data[at * shape[1]! + head]]);
      }),
    },
};

function* weights(trace: Attention, heads: readonly (readonly [number, number])[]): Iterable<TableCell[]> {
  const { layers, tokens, keyTokens = tokens, causal, pattern, headNames } = trace;
  const size = tokens.length * keyTokens.length;
  for (const [layer, head] of heads) {
    const start = (layers.indexOf(layer) * pattern.shape[1]! + head) * size;
    yield* patternRows(pattern.values, start, tokens, keyTokens, causal, named(layer, head, headNames));
  }
}

function named(layer: number, head: number, names: readonly string[] | undefined): TableCell[] {
  return names ? [layer, head, names[head]] : [layer, head];
}

function headsOf({ layers, pattern }: Attention, { heads }: TableOptions): readonly (readonly [number, number])[] {
  const count = pattern.shape[1]!;
  if (!heads) return layers.flatMap((layer) => Array.from({ length: count }, (_, head) => [layer, head] as const));
  const unknown = heads.find(([layer, head]) => !layers.includes(layer) || !Number.isInteger(head) || head < 0 || head >= count);
  if (!unknown) return heads;
  throw new VitrineError(
    'invalid-option',
    `heads: expected a layer of ${layers.join(', ')} and a head from 0 to ${count - 1}, got ${unknown.join('.')}.`,
  );
}
