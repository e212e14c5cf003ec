// SPDX-License-Identifier: MIT
import type { SelectionState } from '../shared/selection.js';
import type { PatchingData } from './patching-data.js';

/** A row or a column of the picture: the index along each axis that it stands for. */
export type Line = Readonly<Record<string, number>>;

/** Which part of a sweep is drawn, and how. */
export interface GridView {
  rows: readonly Line[];
  columns: readonly Line[];
  /** The axis across: `pos`, `dest`, `src`, `head` or `column`. */
  across: string;
  /** Axes downward: one, or layer and head. */
  down: readonly string[];
  /** Axes of which one place is drawn. */
  picked: readonly { axis: string; index: number }[];
  /** Heads by positions can be drawn in two ways. */
  choice: boolean;
}

/** What can be shown of a sweep over heads and positions. */
export type PatchingShow = 'positions' | 'heads';

/** More rows than these of heads of all layers: one layer at a time. */
const mostRows = 48;

/** The last layer stands on top; positions, heads and the rows of other tools run downward. */
export function viewOf(
  { axes, dims, coordinates }: Pick<PatchingData, 'axes' | 'dims' | 'coordinates'>,
  picks: Readonly<Record<string, number>>,
  show: PatchingShow,
): GridView {
  const length = (axis: string): number => dims[axes.indexOf(axis)] ?? 1;
  const position = ['pos', 'dest'].find((axis) => axes.includes(axis));
  const choice = position !== undefined && axes.includes('head') && !axes.includes('src');
  const across = axes.includes('src')
    ? 'src'
    : position !== undefined && !(choice && show === 'heads')
      ? position
      : (['head', 'column'].find((axis) => axes.includes(axis)) ?? axes.at(-1)!);
  const down = axes.includes('src')
    ? ['dest']
    : choice && show === 'positions'
      ? length('layer') * length('head') <= mostRows
        ? ['layer', 'head']
        : ['head']
      : [axes.includes('layer') ? 'layer' : axes[0]!];
  const lines = (axis: string): number[] => [...coordinates[axis]!.keys()];
  let rows: Line[] = [{}];
  for (const axis of down) {
    const order = axis === 'layer' ? lines(axis).reverse() : lines(axis);
    rows = rows.flatMap((row) => order.map((index) => ({ ...row, [axis]: index })));
  }
  const picked = axes
    .filter((axis) => axis !== across && !down.includes(axis))
    .map((axis) => ({ axis, index: Math.min(Math.max(0, picks[axis] ?? 0), length(axis) - 1) }));
  return { rows, columns: lines(across).map((index) => ({ [across]: index })), across, down, picked, choice };
}

/** Index along each axis that could be picked of what is selected. */
export function picksOf({ axes, coordinates }: PatchingData, selected: Readonly<Omit<SelectionState, 'locked'>>): Record<string, number> {
  const { layer, head, query } = selected;
  const chosen: Readonly<Record<string, number | undefined>> = { layer, head, pos: query, dest: query };
  const found = axes.map((axis) => [axis, coordinates[axis]!.findIndex((value) => value === chosen[axis])] as const);
  return Object.fromEntries(found.filter(([, index]) => index >= 0));
}
