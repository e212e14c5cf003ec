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
  /** The curves; beside the list of candidates where there is room for both. */
  chart: { width: number; height: number };
}

/** Below this width, one position at a time. */
const gridFrom = 480;
/** A token of eight letters can be read. */
const leastColumn = 54;
const mostColumn = 96;
/** The list of candidates stands beside the curves from this width on. */
const besideFrom = 640;
const detailWidth = 216;

/** Width of a column that a reader can ask for. */
export const columnLimits = { least: 28, most: 240 };

/** Height of a row, CSS pixels. */
export const rowHeight = 24;
/** Height of the prompt under the grid, CSS pixels. */
export const promptHeight = 30;

/** @param wish - width of a column that author or reader asked for */
export function layoutLens(width: number, positions: number, k: number, wish?: number): LensLayout {
  const mode = width >= gridFrom ? 'grid' : 'position';
  const rowLabels = mode === 'grid' ? 68 : 50;
  const room = Math.max(60, width - rowLabels);
  const chart = { width: width >= besideFrom ? width - detailWidth : width, height: mode === 'grid' ? 168 : 148 };
  if (mode === 'position') {
    const columns = Math.max(1, Math.min(k, 3));
    return { mode, rowLabels, columns, column: Math.floor(room / columns), chart };
  }
  const wished = wish && Math.min(room, columnLimits.most, Math.max(columnLimits.least, wish));
  const columns = Math.max(1, Math.min(positions, Math.floor(room / (wished ?? leastColumn))));
  return { mode, rowLabels, columns, column: wished ?? Math.floor(Math.min(mostColumn, room / columns)), chart };
}

/** The first position of a window of `columns` that shows `position`, moved from `first` as little as needed. */
export function windowStart(first: number, columns: number, positions: number, position: number): number {
  const last = Math.max(0, positions - columns);
  const needed = position < first ? position : position >= first + columns ? position - columns + 1 : first;
  return Math.min(last, Math.max(0, needed));
}
