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

/**
 * The cell that is pointed at, here or in a linked figure. Where that knows a layer alone, the cell at which its block begins, at the
 * position where the figure stands; else where the figure stands.
 */
export function chosenCell({ labels, tokens, k }: LensData, selection: Readonly<SelectionState>, home: LensHome, rank: number): LensCell {
  const { query, point: label, layer } = selection;
  const named = label === undefined ? -1 : labels.indexOf(label);
  const found = named >= 0 || layer === undefined ? named : labels.findIndex((other) => layerOf(other) === layer);
  return {
    position: query === undefined || query >= tokens.length ? home.position : query,
    point: found < 0 ? Math.min(home.point, labels.length - 1) : found,
    rank: query === undefined ? 0 : Math.min(rank, k - 1),
  };
}

/** Whether a row lies in the block that a linked figure has chosen as a whole, at no position. */
export function isLinkedRow(label: string, { layer, query, point }: Readonly<SelectionState>): boolean {
  return layer !== undefined && query === undefined && point === undefined && layerOf(label) === layer;
}
