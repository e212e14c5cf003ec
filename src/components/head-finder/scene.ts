// SPDX-License-Identifier: MIT
import type { GridController } from '../shared/grid-controller.js';
import { formatNumber } from '../shared/format.js';
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import type { HeadsData, RankedHead } from './heads-data.js';
import { headFinderStrings as words } from './strings.js';

/** One picture of a head finder. */
export interface HeadsScene {
  figure: HeadsData;
  version: number;
  /** Index into the kinds of the data. */
  kind: number;
  /** The heads that are listed. */
  list: RankedHead[];
  full: number;
  /** The head that caption and pattern are about. */
  chosen: RankedHead;
  wide: boolean;
  width: number;
  selection: Readonly<SelectionState>;
  grid: GridController;
  theme: Theme;
}

/** "2.5" */
export function nameOf({ layer, head }: { layer: number; head: number }): string {
  return `${layer}.${head}`;
}

/** One head as a sentence that could be quoted. */
export function headSentence({ figure, kind }: Pick<HeadsScene, 'figure' | 'kind'>, head: RankedHead): string {
  return words.headScore(nameOf(head), formatNumber(head.score), words.headKinds[figure.kinds[kind]!]);
}

/** What the numbers are. */
export function unitOf({ figure, kind }: Pick<HeadsScene, 'figure' | 'kind'>): string {
  const name = figure.kinds[kind]!;
  return name === 'entropy' || name === 'distance' ? words.headUnits[name] : words.headUnits.share;
}
