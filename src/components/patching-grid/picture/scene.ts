// SPDX-License-Identifier: MIT
import type { GridController, GridPlace } from '../../shared/grid-controller.js';
import type { Theme } from '../../shared/theme-controller.js';
import type { DisplayToken } from '../../shared/token-display.js';
import type { PatchingLayout } from '../layout.js';
import type { PatchingData } from '../patching-data.js';
import type { GridView, Line } from '../view.js';

/** One picture of a sweep: its data, where its parts stand, and what the reader has chosen. */
export interface PatchingScene {
  figure: PatchingData;
  view: GridView;
  layout: PatchingLayout;
  /** The distance from no effect that the strongest colour stands for. */
  most: number;
  /** Row and column that are pointed at or locked, as far as there are such. */
  pointed: Partial<GridPlace>;
  locked: boolean;
  /** A state on its way from one cell to another. */
  moving: { from: GridPlace; to: GridPlace } | undefined;
  /** Where the state went whose output is shown, if it came from elsewhere. */
  moved: { from: GridPlace; to: GridPlace } | undefined;
  /** A state can be picked up. */
  movable: boolean;
  grid: GridController;
  theme: Theme;
}

/** Whether the two prompts differ at a position, or the subject of a trace stands there. */
export function differsAt({ tokens, source, subject }: PatchingData, position: number): boolean {
  const [token, other] = [tokens[position], source?.tokens[position]];
  return subject.has(position) || (token !== undefined && other !== undefined && (token.id !== other.id || token.text !== other.text));
}

/** The position of the prompts that a column stands for. */
export function positionOf({ figure, view }: Pick<PatchingScene, 'figure' | 'view'>, column: number): number {
  return Number(figure.coordinates[view.across]![column]);
}

/** A row in a word: "3", "3.5" of layer and head, a token of a pattern. */
export function rowName(scene: Pick<PatchingScene, 'figure' | 'view'>, row: Line): string {
  const { figure, view } = scene;
  return rowToken(scene, row)?.quoted ?? view.down.map((axis) => figure.coordinates[axis]![row[axis]!]!).join('.');
}

/** The token of a row of a pattern. */
export function rowToken({ figure, view }: Pick<PatchingScene, 'figure' | 'view'>, row: Line): DisplayToken | undefined {
  return view.down[0] === 'dest' ? figure.tokens[Number(figure.coordinates['dest']![row['dest']!])] : undefined;
}
