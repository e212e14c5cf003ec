// SPDX-License-Identifier: MIT

/** Where the parts of a grid stand, CSS pixels. */
export interface PatchingLayout {
  rowLabels: number;
  /** Height of the labels over the columns. */
  columnLabels: number;
  cellWidth: number;
  cellHeight: number;
  /** Every label of the columns has room. */
  allLabels: boolean;
}

const mostWidth = 46;
const mostHeight = 26;
/** A turned token needs this much. */
const labelled = 13;

export function layoutPatching(width: number, rows: number, columns: number, tokens: boolean): PatchingLayout {
  const rowLabels = 34;
  const columnLabels = tokens ? (width < 480 ? 64 : 76) : 20;
  const over = tokens ? Math.round(columnLabels * 0.5) : 4;
  const cellWidth = Math.min(mostWidth, (width - rowLabels - over) / Math.max(1, columns));
  const cellHeight = Math.max(4, Math.min(mostHeight, 420 / Math.max(1, rows)));
  return { rowLabels, columnLabels, cellWidth, cellHeight, allLabels: cellWidth >= labelled };
}
