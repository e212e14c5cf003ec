// SPDX-License-Identifier: MIT

/** How cells fit into a square of `edge` CSS pixels: whole device pixels per cell, several cells per pixel where they are too many. */
export interface Fit {
  /** Device pixels per cell. */
  cell: number;
  /** Cells per drawn cell, along each axis; more than 1 means max-pooling. */
  pool: number;
  /** Edge of the drawn matrix in CSS pixels. */
  size: number;
}

/** The largest whole number of device pixels per cell that fits. */
export function fitCells(count: number, edge: number, ratio: number, largest = Infinity): Fit {
  const room = Math.max(1, Math.floor(edge * ratio));
  const pool = Math.max(1, Math.ceil(count / room));
  const drawn = Math.max(1, Math.ceil(count / pool));
  const cell = Math.max(1, Math.min(Math.floor(room / drawn), Math.round(largest * ratio)));
  return { cell, pool, size: (cell * drawn) / ratio };
}
