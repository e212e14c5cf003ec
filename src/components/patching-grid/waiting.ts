// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutPatching } from './layout.js';

/** Tokens of each run. */
export const outputLines = 5;

/** Boxes of the heights that a sweep will have, as far as its width and what the author says of it tell. */
export function waitingTemplate(width: number, site: string | undefined, withOutputs: boolean): TemplateResult {
  const square = site === 'head_pattern_dest_src';
  const { height } = layoutPatching(width, square ? 15 : 4, 15, 'tokens', square ? 1 : 2, square);
  return html`${placeTemplate(height, withOutputs)}
    <div class="summary-space"></div>`;
}

/** The same for data whose picture is still being loaded. */
export function placeTemplate(height: number, withOutputs: boolean): TemplateResult {
  return html`<div .style=${`block-size: ${height}px`}></div>
    <div class="caption"></div>
    ${withOutputs ? html`<div class="outputs" .style=${`--lines: ${outputLines}`}></div>` : nothing}
    <div class="controls"></div>`;
}
