// SPDX-License-Identifier: MIT

/** How a pattern becomes a score; see `head-scores.ts`. */
export type ScoreConvention = 'diagonal' | 'mask' | 'mask-abs' | 'rows';

export const scoreConventions: readonly ScoreConvention[] = ['diagonal', 'rows', 'mask', 'mask-abs'];

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

/**
 * Where the scores of a convention look, in the order previous, duplicate, induction, self.
 *
 * @param period - after how many tokens they are repeated, for the convention `diagonal`
 */
export function masksOf(ids: readonly number[], convention: ScoreConvention, period: number): Mask[] {
  const size = ids.length;
  if (convention === 'diagonal') {
    const below = (distance: number): Mask => ({ wants: (query, key) => query - key === distance, size });
    return [below(1), below(period), below(period - 1), below(0)];
  }
  return [previousMask(size), duplicateMask(ids, { itself: convention !== 'rows' }), inductionMask(ids), selfMask(size)];
}
