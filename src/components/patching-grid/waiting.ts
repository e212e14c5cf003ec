// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutPatching } from './layout.js';
import { emptyOutputsTemplate } from './outputs-view.js';

/** Boxes of the heights that a sweep will have, as far as its width and what the author says of it tell. */
export function waitingTemplate(width: number, site: string | undefined, withOutputs: boolean): TemplateResult {
  const square = site === 'head_pattern_dest_src';
  const { height } = layoutPatching(width, square ? 15 : 4, 15, 'tokens', square ? 1 : 2, square);
  return html`<div .style=${`block-size: ${height}px`}></div>
    <div class="caption"></div>
    ${withOutputs ? emptyOutputsTemplate() : nothing}
    <div class="controls"></div>
    <div class="summary-space"></div>`;
}
