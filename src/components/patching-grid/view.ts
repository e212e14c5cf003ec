// SPDX-License-Identifier: MIT
import type { StatePlace } from '../shared/core.js';
import type { GridPlace } from '../shared/grid-controller.js';
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
export function viewOf({ axes, dims, coordinates }: PatchingData, picks: Readonly<Record<string, number>>, show: PatchingShow): GridView {
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

/** Index along every axis of a cell. */
function indices(view: GridView, { row, column }: GridPlace): Line {
  const picked = Object.fromEntries(view.picked.map(({ axis, index }) => [axis, index]));
  return { ...picked, ...view.rows[row], ...view.columns[column] };
}

/** Place in the values of a cell. */
export function offsetOf({ axes, dims }: PatchingData, view: GridView, cell: GridPlace): number {
  const at = indices(view, cell);
  return axes.reduce((offset, axis, index) => offset * dims[index]! + at[axis]!, 0);
}

/** What a cell stands for along every axis. */
export function coordinatesOf({ axes, coordinates }: PatchingData, view: GridView, cell: GridPlace): Record<string, number | string> {
  const at = indices(view, cell);
  return Object.fromEntries(axes.map((axis) => [axis, coordinates[axis]![at[axis]!]!]));
}

/** The site of a cell, where a sweep has several. */
export function siteOf(figure: PatchingData, view: GridView): string {
  const index = view.picked.find(({ axis }) => axis === 'site')?.index;
  return index === undefined ? figure.site : String(figure.coordinates['site']![index]);
}

/** The state that a cell is about. */
export function stateOf(figure: PatchingData, view: GridView, cell: GridPlace): StatePlace {
  const { layer, head, pos, dest, src } = coordinatesOf(figure, view, cell) as Record<string, number | undefined>;
  const position = pos ?? dest;
  return {
    layer: layer!,
    ...(head !== undefined && { head }),
    ...(position !== undefined && { position }),
    ...(src !== undefined && { key: src }),
  };
}

/** A cell in the words of the page's selection: the rows of other tools count as layers, their columns as positions. */
export function targetOf(figure: PatchingData, view: GridView, cell: GridPlace): Omit<SelectionState, 'locked'> {
  if (view.across === 'column') return { layer: cell.row, query: cell.column };
  const { layer, head, position, key } = stateOf(figure, view, cell);
  return {
    layer,
    ...(head !== undefined && { head }),
    ...(position !== undefined && { query: position }),
    ...(key !== undefined && { key }),
  };
}

/** Row and column of what is selected, as far as it is told. */
export function cellOf(
  { coordinates }: PatchingData,
  view: GridView,
  selected: Readonly<Omit<SelectionState, 'locked'>>,
): Partial<GridPlace> {
  const { layer, head, query, key } = selected;
  const chosen: Readonly<Record<string, number | undefined>> = {
    layer,
    head,
    pos: query,
    dest: query,
    src: key,
    row: layer,
    column: query,
  };
  const find = (lines: readonly Line[]): number | undefined => {
    const at = lines.findIndex((line) =>
      Object.entries(line).every(([axis, index]) => {
        const is = axis === 'row' || axis === 'column' ? index : coordinates[axis]![index];
        return chosen[axis] !== undefined && is === chosen[axis];
      }),
    );
    return at < 0 ? undefined : at;
  };
  const [row, column] = [find(view.rows), find(view.columns)];
  return { ...(row !== undefined && { row }), ...(column !== undefined && { column }) };
}

/** Index along each axis that could be picked of what is selected. */
export function picksOf({ axes, coordinates }: PatchingData, selected: Readonly<Omit<SelectionState, 'locked'>>): Record<string, number> {
  const { layer, head, query } = selected;
  const chosen: Readonly<Record<string, number | undefined>> = { layer, head, pos: query, dest: query };
  const found = axes.map((axis) => [axis, coordinates[axis]!.findIndex((value) => value === chosen[axis])] as const);
  return Object.fromEntries(found.filter(([, index]) => index >= 0));
}
