// SPDX-License-Identifier: MIT
import type { TokensTrace } from '../trace/kinds/tokens.js';
import type { RawArray } from '../trace/types.js';
import type { TablesOf } from './types.js';

export const tokensTables: TablesOf<TokensTrace> = {
  values: ({ tokens, rows, values }) => ({
    columns: ['position', 'id', 'token', ...rows.map(({ label, unit }) => (label || 'value') + (unit ? ` (${unit})` : ''))],
    rows: tokens.map(({ id, text }, position) => [
      position,
      id,
      text,
      ...rows.map(({ from = 0 }, row) => (position < from ? undefined : (values as RawArray).values[row * tokens.length + position])),
    ]),
  }),
};
