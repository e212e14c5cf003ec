// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutLens, promptHeight, rowHeight, type LensLayout } from './layout.js';
import { entriesOf } from './pin-entries.js';
import { lensStrings } from './strings.js';

/** Rows of a model of four layers: all of them, and those before each block alone. */
const likelyRows = { all: 9, layers: 5 };

/** As long as a short prompt, where none is known. */
const someText = 'as long as many short prompts are';

/** What the author says of a lens before its data come. */
export interface LensPromise {
  /** The prompt, or nothing. */
  prompt: string;
  /** How many tokens per cell. */
  topK: number;
  chart: 'lines' | 'none';
  points: keyof typeof likelyRows | undefined;
  pins: string | undefined;
  compare: string | undefined;
}

/** Boxes of the heights that a lens will have, as far as its width and its author say so. */
export function waitingTemplate(width: number, promise: LensPromise): TemplateResult {
  const { prompt, topK: k, points = 'all' } = promise;
  // About four letters to a token: enough to know whether all positions will have room, and if not, how high their text will stand.
  const layout = layoutLens(width, Math.ceil(prompt.length / 4) || 16, k);
  const inGrid = layout.mode === 'grid';
  const strip = !inGrid || layout.columns * 4 < prompt.length;
  const curves = promise.chart !== 'none';
  return html`${strip ? emptyStripTemplate(prompt || someText) : nothing}
    <div .style=${`block-size: ${likelyRows[points] * rowHeight + (inGrid ? promptHeight : 0)}px`}></div>
    ${readingTemplate(layout, k, curves)}
    <div class="caption"></div>
    <div class="controls"></div>
    ${curves ? html`<div class="following">${followPlace(promise, layout)}</div>` : nothing}
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

/** The place of the field to follow a token, and of what the author follows and compares. */
export function followPlace({ pins = '', compare = '' }: Pick<LensPromise, 'pins' | 'compare'>, { mode }: LensLayout): TemplateResult {
  const groups = (pins ? entriesOf(pins) : []).map((entry) =>
    [entry]
      .flat()
      .map((text) => `"${String(text).trim()}"`)
      .join(' + '),
  );
  const positions = (compare.match(/\d+/g) ?? []).map((position) => lensStrings.position(Number(position)));
  const box = (ems: number): TemplateResult => html`<button tabindex="-1" .style=${`inline-size: ${ems}em`}>&nbsp;</button>`;
  return html`<div class="follow unseen" data-export="no">
    ${box(13.1)} ${mode === 'position' ? [box(7.4), box(5.2)] : nothing} ${groups.length ? box(8.2) : nothing}
    ${[...groups, ...positions].map((name) => html`<button class="chip" tabindex="-1">${name}<span>×</span></button>`)}
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
