// SPDX-License-Identifier: MIT
import type { GridPlace } from '../shared/grid-controller.js';
import type { SelectionState } from '../shared/selection.js';
import type { LensData } from './lens-data.js';
import { layerOf, type LensCell } from './scene.js';

/** Where a figure stands when nothing is pointed at. */
export type LensHome = Pick<LensCell, 'point' | 'position'>;

/** The cell at a place of the grid; its last row is the prompt, where positions stand side by side. */
export function cellAt({ row, column }: GridPlace, rows: readonly number[], inGrid: boolean, home: LensHome): LensCell {
  if (!inGrid) return { point: rows[row] ?? 0, position: home.position, rank: column };
  if (row === rows.length) return { point: home.point, position: column, rank: 0, prompt: true };
  return { point: rows[row] ?? 0, position: column, rank: 0 };
}

/** A cell as linked figures know it. */
export function selectionOf({ labels }: LensData, { point, position }: LensCell): Omit<SelectionState, 'locked'> {
  const label = labels[point]!;
  const layer = layerOf(label);
  return { query: position, point: label, ...(layer !== undefined && { layer }) };
}

/** The cell that is pointed at, here or in a linked figure, which may know its layer alone; else where the figure stands. */
export function chosenCell({ labels, tokens, k }: LensData, selection: Readonly<SelectionState>, home: LensHome, rank: number): LensCell {
  const { query, point: label, layer } = selection;
  const point = Math.min(home.point, labels.length - 1);
  if (query === undefined) return { point, position: home.position, rank: 0 };
  const named = label === undefined ? -1 : labels.indexOf(label);
  const found = named >= 0 || layer === undefined ? named : labels.findIndex((other) => layerOf(other) === layer);
  return {
    position: query >= tokens.length ? home.position : query,
    point: found < 0 ? point : found,
    rank: Math.min(rank, k - 1),
  };
}
