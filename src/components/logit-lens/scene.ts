// SPDX-License-Identifier: MIT
import type { Ramp } from '../shared/colour.js';
import type { GridController } from '../shared/grid-controller.js';
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import type { LensColour } from './colours.js';
import type { LensData } from './lens-data.js';
import type { LensLayout } from './layout.js';

/** A cell of the lens in the data: a row of the residual stream and a position of the prompt. */
export interface LensCell {
  point: number;
  position: number;
  /** Which candidate, where several stand side by side. */
  rank: number;
  /** Not the cell, but the token of the prompt under its column. */
  prompt?: boolean;
}

/** How a statistic becomes a colour. */
export interface Encoding {
  title: string;
  /** The two ends of the ramp in words, with their unit. */
  ends: readonly [string, string];
  ramp: Ramp;
  /** 0 to 1, or undefined where the data do not say it. */
  amount(point: number, position: number): number | undefined;
  /** What it means where they do not. */
  unknown?: string;
}

/** One picture of a logit lens: its data, where its parts stand, and what the reader has chosen. */
export interface LensScene {
  figure: LensData;
  layout: LensLayout;
  /** Points of the residual stream, the last layer first. */
  rows: readonly number[];
  /** How many points there are to a row. */
  stride: number;
  /** The position in the first column, where positions stand side by side. */
  first: number;
  /** The cell that caption and detail are about. */
  chosen: LensCell;
  colour: LensColour;
  theme: Theme;
  selection: Readonly<SelectionState>;
  /** The keyboard of the grid: where it is, and whether it is in use. */
  grid: GridController;
  /** Tokens that are followed, one group for each curve; a group's probabilities are summed. */
  pins: readonly (readonly number[])[];
  /** Positions whose curves are compared; none: that of the chosen cell. */
  compared: readonly number[];
}

/** What parts of the picture can ask of the element. */
export interface LensActions {
  /** Follows a token or lets it go; `add` sums it with the group that was followed last. */
  follow(id: number, add: boolean): void;
  /** Lets a group go. */
  unfollow(group: number): void;
  /** Compares a position, or no longer. */
  compare(position: number): void;
  show(colour: LensColour): void;
  /** CSS pixels; undefined gives the width back to the layout. */
  widen(column: number | undefined): void;
  /** A text that a reader typed to be followed. Returns what is wrong with it, if anything is. */
  followText(text: string): string | undefined;
}

/** "final_post" is the output; one word says it. */
export function shortLabel(label: string): string {
  return label.startsWith('final') ? 'final' : label;
}

/** The block that a point enters or lies in; the output lies in none. */
export function layerOf(label: string): number | undefined {
  const [, layer] = /^(\d+)_/.exec(label) ?? [];
  return layer === undefined ? undefined : Number(layer);
}
