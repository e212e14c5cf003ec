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
const thumbnailCaption = 20;
/** From this width on, heads stand beside the matrix. */
export const wideFrom = 560;
/** Cells of a very short prompt grow no larger. */
const mostCell = 64;
/** A token needs this much height to be read. */
const labelledCell = 13;

export function layoutAttention(width: number, tokens: number, heads: number, ratio: number): AttentionLayout {
  const wide = width >= wideFrom;
  const rowLabels = Math.round(wide ? Math.min(112, width * 0.12) : Math.max(52, width * 0.17));
  const columnLabels = Math.round(rowLabels * 0.8);
  const edge = Math.floor(wide ? Math.min(460, width * 0.6 - rowLabels) : width - rowLabels - overhang(columnLabels));
  const fit = fitCells(tokens, edge, ratio, mostCell);
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
  const beside = Number.isFinite(down);
  let [best, bestScore] = [1, -Infinity];
  for (let columns = 1; columns <= Math.max(1, heads); columns++) {
    const rows = Math.ceil(heads / columns);
    const edge = thumbnailEdge(across, down, columns, rows);
    // A full last row looks calmer. Beside the matrix the largest wins; below it, some 60 pixels in few rows.
    const calm = heads % columns === 0 ? 1 : 0;
    const score = beside ? edge + 2 * calm : -Math.abs(edge - 60) + 20 * calm - 12 * Math.max(0, rows - 3);
    if (score > bestScore) [best, bestScore] = [columns, score];
  }
  const edge = Math.max(8, thumbnailEdge(across, down, best, Math.ceil(heads / best)));
  return { columns: best, edge, fit: fitCells(tokens, edge, ratio) };
}

function thumbnailEdge(across: number, down: number, columns: number, rows: number): number {
  return Math.floor(Math.min(104, (across + thumbnailGap) / columns - thumbnailGap, down / rows - thumbnailCaption - thumbnailGap));
}

/** Height of the picture before anything is known of the data; exact beside the matrix, for 8 heads below it. */
export function reservedPictureHeight(width: number): number {
  const heads = 8;
  const { wide, edge, columnLabels, thumbnails } = layoutAttention(width, 16, heads, 1);
  const rows = Math.ceil(heads / thumbnails.columns);
  const below = wide ? 0 : rows * (thumbnails.edge + thumbnailCaption + thumbnailGap);
  return edge + columnLabels + below;
}
