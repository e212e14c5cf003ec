// SPDX-License-Identifier: MIT
import type { StatePlace } from '../../shared/core.js';
import type { GridPlace } from '../../shared/grid-controller.js';
import type { SelectionState } from '../../shared/selection.js';
import type { PatchingData } from '../patching-data.js';
import type { GridView, Line } from '../view.js';

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

/** The greatest distance of any value from what changes nothing, as a round number. */
export function greatest({ values, missing, neutral }: PatchingData): number {
  let most = 0;
  for (let place = 0; place < values.length; place++) if (!missing.has(place)) most = Math.max(most, Math.abs(values[place]! - neutral));
  if (most === 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 5, 10].map((step) => step * unit).find((round) => round >= most - 1e-6 * unit)!;
}
