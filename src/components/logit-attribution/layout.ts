// SPDX-License-Identifier: MIT

/** From this width on, names are written in full. */
export const wideFrom = 480;

/** Height of a row, CSS pixels. Many components are drawn closer. */
export function rowHeight(rows: number): number {
  return rows > 60 ? 15 : rows > 30 ? 18 : 22;
}

/** Sizes of the map, CSS pixels. */
export interface MapSize {
  cell: number;
  row: number;
  /** Left of the MLP column. */
  gap: number;
  /** Left of the cells. */
  labels: number;
  /** Of all cells. */
  inner: number;
}

export function mapSize(width: number, heads: number, layers: number): MapSize {
  const labels = 22;
  const gap = 10;
  const cell = Math.max(6, Math.min(34, Math.floor((Math.min(width, 560) - labels - gap) / (heads + mlpCells))));
  const inner = heads * cell + gap + mlpCells * cell;
  return { cell, inner, row: Math.max(10, Math.min(cell, layers > 16 ? 18 : 30)), gap, labels };
}

/** Width of the MLP column in cells. */
export const mlpCells = 1.5;
