// SPDX-License-Identifier: MIT
import type { TraceToken } from '../trace/types.js';
import type { TableCell } from './types.js';

/** The columns of {@link patternRows}. */
export const patternColumns = ['query', 'query_token', 'key', 'key_token'] as const;

/** One row for each query and key of a matrix that begins at `start`: those before the key where it is causal. */
export function* patternRows(
  values: ArrayLike<number>,
  start: number,
  tokens: readonly TraceToken[],
  keyTokens: readonly TraceToken[],
  causal: boolean,
  head: readonly TableCell[],
): Iterable<TableCell[]> {
  for (let query = 0; query < tokens.length; query++) {
    const seen = causal ? query + 1 : keyTokens.length;
    for (let key = 0; key < seen; key++) {
      const weight = values[start + query * keyTokens.length + key]!;
      yield [...head, query, tokens[query]!.text, key, keyTokens[key]!.text, weight];
    }
  }
}
