// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { mapSize, rowHeight } from './layout.js';
import type { Place } from './place.js';

/** Components of a model of four layers, heads of its layers; heights of two lines of the prompt in CSS pixels. */
const likely = { components: 11, heads: 8, layers: 4, sources: 56, read: 58 };

/** From this width on, what a head reads stands beside the map or the bars. */
const besideFrom = 520;

/** Boxes of the heights that the figure will have, as far as what it opens on says so. */
export function waitingTemplate(width: number, { view, layer, head }: Place, top: number): TemplateResult {
  const rows = view === 'components' ? likely.components : view === 'heads' ? likely.heads + 1 : 2 * top + 2;
  const bars = rows * rowHeight(rows) + 2 * 22;
  const map = likely.layers * mapSize(width, likely.heads, likely.layers).row + 20;
  const below = view === 'heads' && width < besideFrom ? likely.read : 0;
  const height = head !== undefined ? likely.sources : view === 'heads' && layer === undefined ? map + below : bars + below;
  return html`<div .style=${'block-size: calc(26px + 0.4em)'}></div>
    <div .style=${`block-size: ${height}px`}></div>
    <div class="caption"></div>
    <div class="controls"></div>
    <div class="summary-space"></div>`;
}
