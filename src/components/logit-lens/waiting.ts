// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutLens, rowHeight, type LensLayout } from './layout.js';
import { emptyStripTemplate } from './strip.js';

/** Rows of a model of four layers. */
const likelyRows = 9;

/**
 * Boxes of the heights that a lens will have, as far as its width, its prompt and `k` tokens per cell say so.
 *
 * @param curves - whether it will have curves
 */
export function waitingTemplate(width: number, prompt: string, k: number, curves: boolean): TemplateResult {
  // About four letters to a token: enough to know whether all positions will have room, and if not, how high their text will stand.
  const layout = layoutLens(width, Math.ceil(prompt.length / 4) || 16, k);
  const { mode, columns } = layout;
  const strip = prompt !== '' && (mode === 'position' || columns * 4 < prompt.length);
  return html`${strip ? emptyStripTemplate(prompt) : nothing}
    <div .style=${`block-size: ${likelyRows * rowHeight}px`}></div>
    ${mode === 'grid' ? html`<div class="positions unseen"><span class="input">&nbsp;</span></div>` : nothing}
    ${readingTemplate(layout, k, curves)}
    <div class="caption"></div>
    <div class="controls"></div>
    ${curves ? html`<div class="following"></div>` : nothing}
    <div class="summary-space"></div>`;
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
