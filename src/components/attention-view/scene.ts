// SPDX-License-Identifier: MIT
import type { GridController } from '../shared/grid-controller.js';
import type { SelectionState } from '../shared/selection.js';
import { headGrid, type AttentionData } from './attention-data.js';
import type { CellGrid } from '../shared/heatmap.js';
import type { AttentionLayout } from './layout.js';

/** One picture of an attention view: its data, where its parts stand, and what the reader has chosen. */
export interface AttentionScene {
  figure: AttentionData;
  /** Counts up with every new data. */
  version: number;
  layout: AttentionLayout;
  /** Index into the layers of the data. */
  layer: number;
  /** The head that the reader or the author has chosen. */
  chosenHead: number;
  /** The head that is drawn large: the one under the pointer, else the chosen one. */
  head: number;
  selection: Readonly<SelectionState>;
  /** The keyboard of the large matrix: where it is, and whether it is in use. */
  grid: GridController;
}

/** The matrix that is drawn large. */
export function largeGrid({ figure, layer, head }: AttentionScene): CellGrid {
  return headGrid(figure, layer, head);
}

/** Edge of a cell of the large matrix, CSS pixels. */
export function cellEdge({ figure, layout }: AttentionScene): number {
  return layout.fit.size / figure.tokens.length;
}

/** How many keys a query sees. */
export function seenKeys({ causal, tokens }: AttentionData, query: number): number {
  return causal ? query + 1 : tokens.length;
}
