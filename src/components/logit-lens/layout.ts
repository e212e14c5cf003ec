// SPDX-License-Identifier: MIT

/** Where the parts of a logit lens stand, in CSS pixels. */
export interface LensLayout {
  /** `grid`: positions by layers. `position`: one position, its likeliest tokens by layers, where there is no room for more. */
  mode: 'grid' | 'position';
  rowLabels: number;
  /** How many positions (or candidates) stand side by side. */
  columns: number;
  /** Width of a column. */
  column: number;
}

/** Below this width, one position at a time. */
const gridFrom = 480;
/** A token of eight letters can be read. */
const leastColumn = 54;
const mostColumn = 96;

/** Height of a row, CSS pixels. */
export const rowHeight = 24;

export function layoutLens(width: number, positions: number, k: number): LensLayout {
  const mode = width >= gridFrom ? 'grid' : 'position';
  const rowLabels = mode === 'grid' ? 68 : 58;
  const room = Math.max(60, width - rowLabels);
  const wanted = mode === 'grid' ? positions : Math.min(k, 3);
  const columns = Math.max(1, Math.min(wanted, mode === 'grid' ? Math.floor(room / leastColumn) : 3));
  const column = Math.floor(Math.min(mode === 'grid' ? mostColumn : Infinity, room / columns));
  return { mode, rowLabels, columns, column };
}

/** The first position of a window of `columns` that shows `position`, moved from `first` as little as needed. */
export function windowStart(first: number, columns: number, positions: number, position: number): number {
  const last = Math.max(0, positions - columns);
  const needed = position < first ? position : position >= first + columns ? position - columns + 1 : first;
  return Math.min(last, Math.max(0, needed));
}
