// SPDX-License-Identifier: MIT
import { rampRgb, cssColour, type Ramp } from '../shared/colour.js';
import type { GridController } from '../shared/grid-controller.js';
import { mainHook } from './sentences.js';
import { valueAt, type MapData, type MapPlace } from './map-data.js';
import type { MapLayout } from './layout.js';
import { samePlace } from './rows.js';

/** One picture of a map: the model, where its parts stand, and what the reader has chosen. */
export interface MapScene {
  map: MapData;
  layout: MapLayout;
  rows: readonly (readonly MapPlace[])[];
  /** What is pointed at. */
  chosen: MapPlace | undefined;
  locked: boolean;
  /** The keyboard: where it is, and whether it is in use. */
  grid: GridController;
  ramp: Ramp;
  /** The value of the strongest colour, of either sign. */
  maxValue: number;
}

/** Classes of what is drawn of a place: pointed at, locked, and hidden by the file. */
export function stateOf({ map, rows, chosen, locked, grid }: MapScene, place: MapPlace): string {
  const { row, column } = grid.active;
  return [
    samePlace(chosen, place) && (locked ? 'on locked' : 'on'),
    isHidden(map, place) && 'hidden',
    grid.focused && samePlace(rows[row]?.[column], place) && 'focus',
  ]
    .filter(Boolean)
    .join(' ');
}

export function isHidden(map: MapData, { part }: MapPlace): boolean {
  return mainHook(map, part)?.hidden !== undefined;
}

/** The colour of a place's value; undefined where the map shows none for it. */
export function fillOf({ map, ramp, maxValue }: MapScene, place: MapPlace): string | undefined {
  const value = valueAt(map, place);
  if (value === undefined) return undefined;
  const share = maxValue > 0 ? Math.min(1, Math.max(-1, value / maxValue)) : 0;
  return cssColour(rampRgb(ramp, Math.round(127.5 + 127.5 * share)));
}

/** The largest value of the map, of either sign. */
export function largestValue({ values, headValues }: MapData): number {
  const all = [...(values?.values() ?? []), ...(headValues ?? []).flat()];
  return all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
