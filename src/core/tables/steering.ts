// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { SteeringTrace } from '../trace/kinds/steering.js';
import type { TableCell, TablesOf } from './types.js';

export const steeringTables: TablesOf<SteeringTrace> = {
  texts: (trace) => ({
    columns: ['strength', 'text', 'index', 'id', 'token', 'probability_without', 'probability_with'],
    rows: texts(trace),
  }),
  pairs: ({ vector }) =>
    vector.pairs && {
      columns: ['layer', 'pair', 'positive', 'negative', 'positive_along', 'negative_along'],
      rows: pairs(vector, vector.pairs),
    },
  vector: ({ vector }) => ({ columns: ['layer', 'position', 'dimension', 'value'], rows: directions(vector) }),
};

/** For each strength the base text and the steered one, as the model judges them without and with the vector. */
function* texts({ base, steered }: SteeringTrace): Iterable<TableCell[]> {
  if (steered.length === 0) {
    for (const [at, { id, text, probability }] of base.entries()) yield [undefined, 'base', at, id, text, probability, undefined];
  }
  for (const { strength, tokens, unsteered, baseSteered } of steered) {
    for (const [at, { id, text, probability }] of base.entries()) yield [strength, 'base', at, id, text, probability, baseSteered[at]];
    for (const [at, { id, text, probability }] of tokens.entries()) yield [strength, 'steered', at, id, text, unsteered[at], probability];
  }
}

type Vector = SteeringTrace['vector'];

function* pairs({ layers, positive, negative }: Vector, along: NonNullable<Vector['pairs']>): Iterable<TableCell[]> {
  const [above, below] = [decodeArray(along.positive).data, decodeArray(along.negative).data];
  for (const [row, layer] of layers.entries()) {
    for (const [pair, text] of positive.entries()) {
      const at = row * positive.length + pair;
      yield [layer, pair, text, negative[pair], above[at], below[at]];
    }
  }
}

function* directions({ layers, directions }: Vector): Iterable<TableCell[]> {
  const { data, shape } = decodeArray(directions);
  const [width, positions] = [shape.at(-1)!, shape.length === 3 ? shape[1]! : 1];
  for (const [at, value] of data.entries()) {
    const row = Math.floor(at / width);
    yield [layers[Math.floor(row / positions)], shape.length === 3 ? row % positions : undefined, at % width, value];
  }
}
