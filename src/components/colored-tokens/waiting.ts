// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { unseenWords } from '../shared/unseen-text.js';
import type { ColoredTokensElement } from './colored-tokens.js';
import { bandPx, legendGrid, likelyRows, lineHeights, underLastPx } from './layout.js';

const unseen = 'visibility: hidden; white-space: pre-wrap; overflow-wrap: anywhere; font-size: calc(1em / 0.82)';
const column = 'display: inline-block; vertical-align: top; padding-block: 0.14em; margin-block-end: 0.35em; line-height: 1.35';
const gap = 'border-inline-end: 1px solid transparent';
/** As wide as a value, and as high as it stands under its token. */
const value = 'display: block; font-size: max(0.62em, 11px); line-height: 1.3; padding-inline: 0.15em';

/** The text as it will stand there, the caption, and a legend for each row of values. */
export function waitingTemplate({ mark, showValues, compute, labels }: ColoredTokensElement, text: string): TemplateResult {
  const underline = mark === 'underline';
  const rows = underline ? (compute?.split(',').length ?? labels?.length ?? likelyRows) : 1;
  const values = showValues ? Array.from({ length: rows }, () => html`<span .style=${value}>−0.00</span>`) : undefined;
  const line = `line-height: ${lineHeights[underline ? 'underline' : 'fill']}`;
  const box = [gap, values ? column : '', values && underline ? `padding-block-end: ${bandPx + 2}px` : ''].filter(Boolean).join('; ');
  const under = underline ? `; padding-block-end: ${underLastPx}px` : '';
  const words = unseenWords(text, (word) => html`<span .style=${box}>${word}${values}</span>`);
  // White space is kept, so there is none here but that of the text.
  return html`<div .style=${`${unseen}; ${line}${under}`}>${words}</div>
    <div class="caption"></div>
    <div class="controls" .style=${underline ? legendGrid : ''}>
      ${underline ? Array.from({ length: rows }, () => html`<div></div>`) : nothing}
    </div>
    <div class="summary-space"></div>`;
}
