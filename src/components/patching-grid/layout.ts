// SPDX-License-Identifier: MIT

/** What stands over and under the columns. */
export type ColumnLabels = 'tokens' | 'names';

/** Where the parts of a grid stand, CSS pixels. */
export interface PatchingLayout {
  /** Width of the names of the rows. */
  gutter: number;
  /** How far a turned label reaches beyond the last column. */
  over: number;
  /** Width and height of a cell. */
  across: number;
  down: number;
  /** Height of the labels over the grid, and of those under it. */
  top: number;
  bottom: number;
  /** Labels are turned, since a column is narrower than a token. */
  turned: boolean;
  /** Columns are too narrow for their labels: numbers and some tokens. */
  ticks: boolean;
  /** Height of labels and grid together. */
  height: number;
}

/** Grid and labels together are this high, whatever the model and the prompts: nothing moves when data come. */
const wholeHeight = 244;
const leastRow = 9;
const mostRow = 48;
const mostColumn = 88;
/** A token of five letters can be read level from here on. */
const level = 36;
const levelHeight = 22;
const turnedHeight = 60;
/** A turned token needs this much. */
const labelled = 11;

/** @param strips - how many prompts are written along the columns */
export function layoutPatching(
  width: number,
  rows: number,
  columns: number,
  labels: ColumnLabels,
  strips: number,
  wide = false,
): PatchingLayout {
  const gutter = wide ? Math.round(Math.min(90, width * 0.2)) : 62;
  const room = (over: number): number => (width - gutter - over) / Math.max(1, columns);
  const turned = labels === 'tokens' && room(0) < level;
  const over = turned ? Math.round(turnedHeight * 0.5) : 0;
  const fitting = Math.min(mostColumn, room(over));
  const across = fitting > 4 ? Math.floor(fitting) : fitting;
  const label = labels === 'names' ? levelHeight : turned ? turnedHeight : levelHeight;
  const top = label;
  const bottom = labels === 'tokens' && strips > 1 ? label : 0;
  const free = wholeHeight - top - bottom;
  const fit = wide ? Math.min(across, 24) : Math.min(mostRow, free / Math.max(1, rows));
  const down = Math.max(wide ? Math.min(leastRow, across) : leastRow, Math.floor(fit));
  const height = Math.max(wholeHeight, top + bottom + down * rows);
  return { gutter, over, across, down, top, bottom, turned, ticks: labels === 'tokens' && across < labelled, height };
}
