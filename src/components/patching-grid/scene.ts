// SPDX-License-Identifier: MIT
import { formatNumber, formatSigned } from '../shared/format.js';
import type { GridController, GridPlace } from '../shared/grid-controller.js';
import type { Theme } from '../shared/theme-controller.js';
import type { PatchingLayout } from './layout.js';
import { lengthOf, placeOf, type PatchingData, type Slice } from './patching-data.js';
import { patchingStrings as words } from './strings.js';

/** One picture of a sweep. Rows of the picture run downward from the last layer. */
export interface PatchingScene {
  figure: PatchingData;
  slice: Slice;
  layout: PatchingLayout;
  rows: number;
  columns: number;
  /** The value of the strongest colour, on either side of `neutral`. */
  most: number;
  /** What is pointed at or locked, in the picture. */
  pointed: GridPlace | undefined;
  locked: boolean;
  /** A state that is being moved, from this cell. */
  moving: GridPlace | undefined;
  grid: GridController;
  theme: Theme;
}

/** Index along the row axis of a row of the picture: layers run upward, destinations downward. */
export function rowIndex(figure: PatchingData, slice: Slice, row: number): number {
  return slice.row === 'layer' ? lengthOf(figure, 'layer') - 1 - row : row;
}

/** Place in the values of a cell of the picture. */
export function cellPlace({ figure, slice }: Pick<PatchingScene, 'figure' | 'slice'>, { row, column }: GridPlace): number {
  return placeOf(figure, slice, rowIndex(figure, slice, row), column);
}

/** Coordinates of a cell by axis. */
export function coordinatesOf(
  { figure, slice }: Pick<PatchingScene, 'figure' | 'slice'>,
  { row, column }: GridPlace,
): Record<string, number | string> {
  const found: Record<string, number | string> = {
    [slice.row]: figure.coordinates[slice.row]![rowIndex(figure, slice, row)]!,
    [slice.column]: figure.coordinates[slice.column]![column]!,
  };
  for (const { axis, index } of slice.picked) found[axis] = figure.coordinates[axis]![index]!;
  return found;
}

/** Where a cell is, in words: 'resid_pre of layer 2 at "Mary" (3)'. */
export function whereOf(scene: Pick<PatchingScene, 'figure' | 'slice'>, place: GridPlace): string {
  const { figure } = scene;
  const { layer, head, pos, dest, src, site } = coordinatesOf(scene, place);
  const token = (position: number | string): string => figure.tokens[Number(position)]?.quoted ?? '';
  const parts = [words.patchingLayer(String(site ?? figure.site), layer ?? '')];
  if (head !== undefined) parts.push(words.patchingHead(head));
  const at = pos ?? dest;
  if (at !== undefined) parts.push(words.patchingToken(token(at), at));
  if (src !== undefined) parts.push(words.patchingFrom(token(src), src));
  return parts.join(' ');
}

/** One cell as a sentence that could be quoted. */
export function patchingSentence(scene: Pick<PatchingScene, 'figure' | 'slice'>, place: GridPlace): string {
  const { figure } = scene;
  const at = cellPlace(scene, place);
  if (figure.missing.has(at)) return words.patchingMissing(whereOf(scene, place));
  return words.patchingSentence(whereOf(scene, place), valueText(figure, figure.values[at]!), figure.metric);
}

/** Differences carry a sign, a metric by itself does not. */
export function valueText({ neutral }: PatchingData, value: number): string {
  return neutral === 0 ? formatSigned(value) : formatNumber(value);
}
