// SPDX-License-Identifier: MIT
import type { GridController } from '../shared/grid-controller.js';
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import type { LensData } from './lens-data.js';
import type { LensLayout } from './layout.js';

/** A cell of the lens in the data: a row of the residual stream and a position of the prompt. */
export interface LensCell {
  point: number;
  position: number;
  /** Which candidate, where several stand side by side. */
  rank: number;
}

/** What the colour of a cell says: the probability of its likeliest token, or of the token that is followed. */
export type LensColour = 'top' | 'target';

/** One picture of a logit lens: its data, where its parts stand, and what the reader has chosen. */
export interface LensScene {
  figure: LensData;
  layout: LensLayout;
  /** Points of the residual stream, the last layer first. */
  rows: readonly number[];
  /** The position in the first column, where positions stand side by side. */
  first: number;
  /** The cell that caption and detail are about. */
  chosen: LensCell;
  colour: LensColour;
  theme: Theme;
  selection: Readonly<SelectionState>;
  /** The keyboard of the grid: where it is, and whether it is in use. */
  grid: GridController;
}

/** "final_post" is the output; one word says it. */
export function shortLabel(label: string): string {
  return label.startsWith('final') ? 'final' : label;
}
