// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutLens, rowHeight } from './layout.js';
import { emptyStripTemplate } from './strip.js';

/** Rows of a model of four layers. */
const likelyRows = 9;

/** Boxes of the heights that a lens will have, as far as its width, its prompt and `k` tokens per cell say so. */
export function waitingTemplate(width: number, prompt: string, k: number): TemplateResult {
  // About four letters to a token: enough to know whether all positions will have room, and if not, how high their text will stand.
  const { mode, columns } = layoutLens(width, Math.ceil(prompt.length / 4) || 16, k);
  const strip = prompt !== '' && (mode === 'position' || columns * 4 < prompt.length);
  return html`${strip ? emptyStripTemplate(prompt) : nothing}
    <div .style=${`block-size: ${likelyRows * rowHeight}px`}></div>
    ${mode === 'grid' ? html`<div class="positions unseen"><span class="input">&nbsp;</span></div>` : nothing}
    <div class="caption"></div>
    ${mode === 'grid' ? html`<div class="candidates" .style=${`--lines: ${k}`}></div>` : nothing}
    <div class="controls"></div>
    <div class="summary-space"></div>`;
}
