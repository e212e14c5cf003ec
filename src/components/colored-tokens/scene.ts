// SPDX-License-Identifier: MIT
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import type { TokensData, ValueRow } from './tokens-data.js';
import type { ValueScale } from './value-scale.js';

/** How a value is shown: behind its token, or as a stripe under it, where every row has one. */
export type TokenMark = 'fill' | 'underline';

/** One picture of coloured tokens. */
export interface TokensScene {
  figure: TokensData;
  /** The rows that are drawn: the chosen one, or all of them as stripes. */
  shown: readonly ValueRow[];
  /** Index of the row that the reader has chosen. */
  chosen: number;
  /** The scale of each row of the figure. */
  scales: readonly ValueScale[];
  mark: TokenMark;
  showValues: boolean;
  theme: Theme;
  selection: Readonly<SelectionState>;
}

/** The scale of a row of the scene. */
export function scaleIn(scene: TokensScene, row: ValueRow): ValueScale {
  return scene.scales[scene.figure.rows.indexOf(row)]!;
}
