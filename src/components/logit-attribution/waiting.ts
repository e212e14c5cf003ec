// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { unseenWords } from '../shared/unseen-text.js';
import { mapSize, rowHeight } from './layout.js';
import type { Place } from './place.js';

/** Components of a model of four layers, heads of its layers. */
const likely = { components: 11, heads: 8, layers: 4 };

/** What a figure opens on, as far as its attributes say it. */
export interface WaitingFor extends Place {
  top: number;
  prompt: string;
  answer: string | undefined;
  wrong: string | undefined;
}

/** The figure with nothing to be seen in it: the same boxes, texts of the same length. */
export function waitingTemplate(width: number, { view, layer, head, top, prompt, answer, wrong }: WaitingFor): TemplateResult {
  const question = `Logit of \u201c${answer?.trim() ?? 'Paris'}\u201d over \u201c${wrong?.trim() ?? 'London'}\u201d: 0.00`;
  const steps = [question, ...(layer === undefined ? [] : ['attention 0: +0.00']), ...(head === undefined ? [] : ['head 0.0: +0.00'])];
  const isMap = view === 'heads' && layer === undefined;
  return html`<div class="unseen">
    <div class="crumbs">${steps.map((step, index) => html`${index > 0 ? html`<span>›</span>` : nothing}<span>${step}</span>`)}</div>
    <div class="beside">
      ${view === 'heads' && head !== undefined ? sources(prompt) : isMap ? map(width) : bars(view, top)}
      ${view === 'heads' && head === undefined ? read(prompt) : nothing}
    </div>
    <div class="caption"></div>
    <div class="controls"></div>
    <div class="summary-space"></div>
  </div>`;
}

function bars(view: Place['view'], top: number): TemplateResult {
  const rows = view === 'components' ? likely.components : view === 'heads' ? likely.heads + 1 : 2 * top + 2;
  return html`<div class="bars" .style=${`block-size: ${rows * rowHeight(rows) + 2 * 22}px`}></div>`;
}

function map(width: number): TemplateResult {
  const { row, inner, labels } = mapSize(width, likely.heads, likely.layers);
  return html`<div .style=${`inline-size: ${labels + inner}px; block-size: ${likely.layers * row + 20}px`}></div>`;
}

function sources(prompt: string): TemplateResult {
  const amount = html`<span class="amount"></span>`;
  return html`<div class="sources">
    ${unseenWords(prompt, (word) => html`<span class="source"><span class="text">${word}</span>${amount}</span>`)}
  </div>`;
}

function read(prompt: string): TemplateResult {
  return html`<div class="read">
    <div>what head 0.0 reads, up to ±0.00</div>
    <div class="read-text">${unseenWords(prompt, (word) => html`<span class="text">${word}</span>`)}</div>
  </div>`;
}
