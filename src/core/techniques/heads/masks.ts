// SPDX-License-Identifier: MIT

/** An ideal pattern: which keys a query should attend to. */
export interface Mask {
  wants(query: number, key: number): boolean;
  size: number;
}

/** The token before. */
export const previousMask = (size: number): Mask => ({ size, wants: (query, key) => key === query - 1 });

/** The token itself. */
export const selfMask = (size: number): Mask => ({ size, wants: (query, key) => key === query });

/** Earlier copies of the present token; `itself`: the present token too. */
export const duplicateMask = (ids: readonly number[], options: { itself: boolean }): Mask => ({
  size: ids.length,
  wants: (query, key) => ids[query] === ids[key] && (key < query || (options.itself && key === query)),
});

/** What came after earlier copies of the present token; the present place itself is none (where a token stands twice in a row). */
export const inductionMask = (ids: readonly number[]): Mask => ({
  size: ids.length,
  wants: (query, key) => key >= 1 && key <= query && key - 1 < query && ids[key - 1] === ids[query],
});
