// SPDX-License-Identifier: MIT
import { fitCells, type Fit } from '../shared/heatmap.js';

/** Where the parts of an attention view stand, in CSS pixels. The height follows from the width alone, so nothing moves when data come. */
export interface AttentionLayout {
  wide: boolean;
  /** Width of the query labels. */
  rowLabels: number;
  /** Height of the key labels. */
  columnLabels: number;
  /** Edge of the square kept for the large matrix. */
  edge: number;
  /** How the cells fit in it. */
  fit: Fit;
  /** Tokens are written beside their row and column; in smaller cells only those of the selection. */
  allLabels: boolean;
  thumbnails: ThumbnailLayout;
}

export interface ThumbnailLayout {
  columns: number;
  fit: Fit;
  /** Edge kept for one thumbnail. */
  edge: number;
}

const thumbnailGap = 10;
const thumbnailCaption = 18;
/** From this width on, heads stand beside the matrix. */
export const wideFrom = 560;
/** A token needs this much height to be read. */
const labelledCell = 10;

export function layoutAttention(width: number, tokens: number, heads: number, ratio: number): AttentionLayout {
  const wide = width >= wideFrom;
  const rowLabels = Math.round(wide ? Math.min(112, width * 0.12) : Math.max(52, width * 0.17));
  const columnLabels = Math.round(rowLabels * 0.8);
  const edge = Math.floor(wide ? Math.min(460, width * 0.6 - rowLabels) : width - rowLabels - overhang(columnLabels));
  const fit = fitCells(tokens, edge, ratio, 44);
  const across = wide ? width - rowLabels - edge - overhang(columnLabels) - 16 : width;
  const down = wide ? edge + columnLabels : Infinity;
  return {
    wide,
    rowLabels,
    columnLabels,
    edge,
    fit,
    allLabels: fit.pool === 1 && fit.cell / ratio >= labelledCell,
    thumbnails: layoutThumbnails(across, down, tokens, heads, ratio),
  };
}

/** How far the last column's slanted label reaches beyond the matrix. */
export function overhang(columnLabels: number): number {
  return Math.round(columnLabels * 0.5);
}

function layoutThumbnails(across: number, down: number, tokens: number, heads: number, ratio: number): ThumbnailLayout {
  let best: ThumbnailLayout = { columns: 1, edge: 0, fit: fitCells(tokens, 1, ratio) };
  const most = Number.isFinite(down) ? heads : Math.min(heads, 8);
  const least = Number.isFinite(down) ? 1 : Math.min(heads, 6);
  for (let columns = least; columns <= most; columns++) {
    const rows = Math.ceil(heads / columns);
    const edge = Math.floor(Math.min(104, across / columns - thumbnailGap, down / rows - thumbnailCaption - thumbnailGap));
    // Between equal sizes, the fuller last row looks calmer.
    const score = (candidate: number, at: number): number => candidate + (heads % at === 0 ? 2 : 0);
    if (score(edge, columns) > score(best.edge, best.columns) || best.edge === 0) {
      best = { columns, edge: Math.max(8, edge), fit: fitCells(tokens, Math.max(8, edge), ratio) };
    }
  }
  return best;
}

/** Height of the whole figure, before anything is known of the data. */
export function reservedAttentionHeight(width: number): number {
  const { wide, edge, columnLabels, thumbnails } = layoutAttention(width, 16, 8, 1);
  const strip = wide ? 0 : thumbnails.edge + thumbnailCaption + thumbnailGap * 2;
  return edge + columnLabels + strip + (wide ? 96 : 150);
}
