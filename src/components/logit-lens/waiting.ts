// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutLens, promptHeight, rowHeight, type LensLayout } from './layout.js';

/** Rows of a model of four layers: all of them, and those before each block alone. */
const likelyRows = { all: 9, layers: 5 };

/**
 * Boxes of the heights that a lens will have, as far as its width, its prompt and `k` tokens per cell say so.
 *
 * @param curves - whether it will have curves
 * @param points - which points of the stream will be rows
 */
export function waitingTemplate(
  width: number,
  prompt: string,
  k: number,
  curves: boolean,
  points: keyof typeof likelyRows = 'all',
): TemplateResult {
  // About four letters to a token: enough to know whether all positions will have room, and if not, how high their text will stand.
  const layout = layoutLens(width, Math.ceil(prompt.length / 4) || 16, k);
  const strip = prompt !== '' && (layout.mode === 'position' || layout.columns * 4 < prompt.length);
  return html`${placeTemplate(layout, likelyRows[points], k, curves, strip ? prompt : '')}
    <div class="summary-space"></div>`;
}

/**
 * The same where all of it is known and only the code that draws it is on its way.
 *
 * @param strip - text of the prompt, where it stands above the grid
 */
export function placeTemplate(layout: LensLayout, rows: number, k: number, curves: boolean, strip: string): TemplateResult {
  return html`${strip ? emptyStripTemplate(strip) : nothing}
    <div .style=${`block-size: ${rows * rowHeight + (layout.mode === 'grid' ? promptHeight : 0)}px`}></div>
    ${readingTemplate(layout, k, curves)}
    <div class="caption"></div>
    <div class="controls"></div>
    ${curves ? html`<div class="following"></div>` : nothing}`;
}

/** Curves and likeliest tokens, each in a box of the height that it will have. */
export function readingTemplate(
  layout: LensLayout,
  k: number,
  curves: boolean,
  chart?: TemplateResult,
  detail?: TemplateResult,
): TemplateResult {
  const { width, height } = layout.chart;
  return html`<div class="reading">
    ${curves ? html`<div class="curves" .style=${`block-size: ${height}px; inline-size: ${width}px`}>${chart}</div>` : nothing}
    ${layout.mode === 'grid' ? html`<div class="detail" part="detail" .style=${`min-block-size: ${k * 26}px`}>${detail}</div>` : nothing}
  </div>`;
}

/** The place of the prompt's text, as high as that will be. */
function emptyStripTemplate(prompt: string): TemplateResult {
  return html`<div class="strip-line unseen">
    <button type="button" tabindex="-1">‹</button>
    <div class="strip">${prompt}</div>
    <button type="button" tabindex="-1">›</button>
  </div>`;
}
