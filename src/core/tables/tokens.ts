// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { TokensTrace } from '../trace/kinds/tokens.js';
import type { TablesOf } from './types.js';

export const tokensTables: TablesOf<TokensTrace> = {
  values: ({ tokens, rows, values }) => {
    const { data } = decodeArray(values);
    return {
      columns: ['position', 'id', 'token', ...rows.map(({ label, unit }) => (label || 'value') + (unit ? ` (${unit})` : ''))],
      rows: tokens.map(({ id, text }, position) => [
        position,
        id,
        text,
        ...rows.map(({ from = 0 }, row) => (position < from ? undefined : data[row * tokens.length + position])),
      ]),
    };
  },
};
