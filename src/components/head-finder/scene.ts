// SPDX-License-Identifier: MIT
import type { GridController } from '../shared/grid-controller.js';
import { formatNumber } from '../shared/format.js';
import type { Pointing } from '../shared/pointing.js';
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import type { HeadScale, HeadsData, RankedHead } from './heads-data.js';
import type { FinderSizes } from './layout.js';
import { headFinderStrings as words } from './strings.js';

/** One picture of a head finder. */
export interface HeadsScene {
  figure: HeadsData;
  version: number;
  scale: HeadScale;
  /** All heads, the best first; `list` are those that are listed. */
  ranked: RankedHead[];
  list: RankedHead[];
  /** The head that caption and pattern are about. */
  chosen: RankedHead;
  sizes: FinderSizes;
  selection: Readonly<SelectionState>;
  /** The keyboard of the list, and of the map. */
  listGrid: GridController;
  mapGrid: GridController;
  pointing: Pointing<RankedHead>;
  theme: Theme;
}

/** "2.5" */
export function nameOf({ layer, head }: { layer: number; head: number }): string {
  return `${layer}.${head}`;
}

/** A score with two decimals, a small one with two significant figures. */
export function scoreText(score: number): string {
  return Math.abs(score) < 0.1 && Math.abs(score) >= 5e-4 ? formatNumber(score, Math.abs(score) < 0.01 ? 4 : 3) : formatNumber(score);
}

/** One head as a sentence that could be quoted. */
export function headSentence({ scale }: Pick<HeadsScene, 'scale'>, head: RankedHead): string {
  return words.headScore(nameOf(head), scoreText(head.score), words.headKinds[scale.kind]);
}

/** What the numbers are. */
export function unitOf({ scale: { kind, convention } }: Pick<HeadsScene, 'scale'>): string {
  if (kind === 'entropy' || kind === 'distance') return words.headUnits[kind];
  return words.headUnits[convention === 'mask-abs' ? 'likeness' : 'share'];
}

/** The row of the map that a layer has: layers rise, as a stream runs. */
export function mapRow({ figure }: Pick<HeadsScene, 'figure'>, layer: number): number {
  return figure.layerCount - 1 - layer;
}
