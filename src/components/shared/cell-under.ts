// SPDX-License-Identifier: MIT
import type { GridPlace } from './grid-controller.js';

/** The cell of a drawn matrix of `rows` by `columns` that a pointer is over, if it is over one; `clamped`: the nearest one. */
export function cellUnder(event: MouseEvent, canvas: Element, rows: number, columns: number, clamped = false): GridPlace | undefined {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const column = Math.floor(((event.clientX - left) / width) * columns);
  const row = Math.floor(((event.clientY - top) / height) * rows);
  if (clamped) return { row: Math.min(rows - 1, Math.max(0, row)), column: Math.min(columns - 1, Math.max(0, column)) };
  const inside = row >= 0 && column >= 0 && row < rows && column < columns;
  return inside ? { row, column } : undefined;
}
