// SPDX-License-Identifier: MIT
import { fitCells, type Fit } from '../shared/fit-cells.js';
import type { AttentionScene } from './scene.js';
import type { AttentionViewName } from './views.js';

/** Where the parts of a matrix stand, in CSS pixels. The height follows from the width alone, so nothing moves when data come. */
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
  /** Height of what is written under it. */
  caption: number;
}

/** What a layout depends on. `count` is the longer of the two axes. */
export interface Extent {
  width: number;
  count: number;
  layers: number;
  heads: number;
  /** A number stands under each head. */
  scored: boolean;
  /** Characters of the text, for `tokens`. */
  characters: number;
}

/** The extent of what is drawn. */
export function extentOf({ figure, width, score }: AttentionScene): Extent {
  const { tokens, keyTokens, layers, headCount, prompt } = figure;
  return {
    width,
    count: Math.max(tokens.length, keyTokens.length),
    layers: layers.length,
    heads: headCount,
    scored: score !== 'none',
    characters: prompt.length,
  };
}

export const thumbnailGap = 10;
/** From this width on, heads stand beside the matrix. */
const wideFrom = 560;
/** Cells of a very short prompt grow no larger. */
const mostCell = 64;
/** A token needs this much height to be read. */
export const labelledCell = 13;

export function layoutAttention({ width, count, heads, scored }: Extent, ratio: number): AttentionLayout {
  const wide = width >= wideFrom;
  const rowLabels = Math.round(wide ? Math.min(112, width * 0.12) : Math.max(52, width * 0.17));
  const columnLabels = Math.round(rowLabels * 0.8);
  const room = Math.floor(wide ? Math.min(460, width * 0.6 - rowLabels) : width - rowLabels - overhang(columnLabels));
  const edge = Math.min(room, Math.max(3, count) * mostCell);
  const fit = fitCells(count, edge, ratio, mostCell);
  const across = wide ? width - rowLabels - edge - overhang(columnLabels) - 16 : width;
  const down = wide ? edge + columnLabels : Infinity;
  return {
    wide,
    rowLabels,
    columnLabels,
    edge,
    fit,
    allLabels: fit.pool === 1 && fit.cell / ratio >= labelledCell,
    thumbnails: layoutThumbnails(across, down, count, heads, scored, ratio),
  };
}

/** How far the last column's slanted label reaches beyond the matrix. */
export function overhang(columnLabels: number): number {
  return Math.round(columnLabels * 0.5);
}

function layoutThumbnails(across: number, down: number, count: number, heads: number, scored: boolean, ratio: number): ThumbnailLayout {
  const beside = Number.isFinite(down);
  const caption = scored ? 34 : 20;
  const edgeFor = (columns: number): number =>
    Math.floor(Math.min(104, (across + thumbnailGap) / columns - thumbnailGap, down / Math.ceil(heads / columns) - caption - thumbnailGap));
  let [best, bestScore] = [1, -Infinity];
  for (let columns = 1; columns <= heads; columns++) {
    const edge = edgeFor(columns);
    // A full last row looks calmer. Beside the matrix the largest wins; below it, some 60 pixels in few rows.
    const calm = heads % columns === 0 ? 1 : 0;
    const score = beside ? edge + 2 * calm : -Math.abs(edge - 60) + 20 * calm - 12 * Math.max(0, Math.ceil(heads / columns) - 3);
    if (score > bestScore || (!beside && score === bestScore)) [best, bestScore] = [columns, score];
  }
  const edge = Math.max(8, edgeFor(best));
  return { columns: best, edge, caption, fit: fitCells(count, edge, ratio) };
}

/** Thumbnails in rows of their own, under a picture. */
export function thumbnailRows({ width, count, heads, scored }: Extent, ratio: number): ThumbnailLayout {
  return layoutThumbnails(width, Infinity, count, heads, scored, ratio);
}

/** Where a head stands among the others, CSS pixels. */
export function thumbnailPlace({ columns, edge, caption }: ThumbnailLayout, head: number): { x: number; y: number } {
  return { x: (head % columns) * (edge + thumbnailGap), y: Math.floor(head / columns) * (edge + caption + thumbnailGap) };
}

/** A canvas on which all heads have room, device pixels. */
export function thumbnailsCanvas(layout: ThumbnailLayout, heads: number, ratio: number): { width: number; height: number } {
  const { columns, edge } = layout;
  const { y } = thumbnailPlace(layout, heads - 1);
  return { width: Math.round((columns * (edge + thumbnailGap) - thumbnailGap) * ratio), height: Math.round((y + edge) * ratio) };
}

function rowsHeight({ columns, edge, caption }: ThumbnailLayout, heads: number): number {
  return heads < 2 ? 0 : Math.ceil(heads / columns) * (edge + caption + thumbnailGap);
}

/** Room for the layers' numbers at the left of an overview and for the heads' above it. */
export const overviewLabels = 26;
/** A head's score is written where its pattern is at least so wide. */
const scoredEdge = 27;

/** Edge of one pattern of an overview, with the room around it, and how many pixels are kept below it for its score. */
export function layoutOverview({ width, layers, heads, scored }: Extent): { step: number; edge: number; below: number } {
  const step = Math.max(7, Math.min(100, Math.floor((width - overviewLabels) / heads), Math.max(44, Math.floor(760 / layers))));
  const edge = step - (step >= 20 ? 4 : 1);
  return { step, edge, below: scored && edge >= scoredEdge ? 15 : 0 };
}

/** Height of a token's row in `arcs`. */
export function arcStep(count: number): number {
  return Math.min(20, 620 / Math.max(1, count));
}

/** Width of the lines with their tokens, CSS pixels; from `headsBesideFrom` on, heads have room beside them. */
export const arcsWidth = 640;
const headsBesideFrom = 880;

/** Where heads stand in `arcs`, and how high it all is. */
export function layoutArcs(extent: Extent, ratio: number): { beside: boolean; thumbnails: ThumbnailLayout; height: number } {
  const { width, count, heads, scored } = extent;
  const lines = Math.round(arcStep(count) * count) + 26;
  const beside = width >= headsBesideFrom && lines >= 200;
  const thumbnails = beside ? layoutThumbnails(width - arcsWidth - 32, lines, count, heads, scored, ratio) : thumbnailRows(extent, ratio);
  const rows = rowsHeight(thumbnails, heads);
  return { beside, thumbnails, height: beside ? Math.max(lines, rows) : lines + rows };
}

/** Lines of running text, at most: what `tokens` keeps free. */
function textHeight({ width, characters, count }: Extent): number {
  return Math.ceil((characters * 8.6 + count * 3) / Math.max(1, width)) * 32;
}

/** Height of a view before it is drawn. */
export function pictureHeight(view: AttentionViewName, extent: Extent): number {
  const { layers, heads } = extent;
  if (view === 'overview') {
    const { step, below } = layoutOverview(extent);
    return overviewLabels + layers * (step + below);
  }
  const rows = rowsHeight(thumbnailRows(extent, 1), heads);
  if (view === 'tokens') return textHeight(extent) + (rows && rows + 8);
  if (view === 'arcs') return layoutArcs(extent, 1).height;
  const { wide, edge, columnLabels } = layoutAttention(extent, 1);
  return edge + columnLabels + (wide ? 0 : rows);
}
