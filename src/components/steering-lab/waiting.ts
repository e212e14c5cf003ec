// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { sides } from './scene.js';
import { roomTemplate } from './texts.js';

/** Rows of a model of four layers. */
const likelyLayers = 4;

/** Boxes of the heights that a lab will have, as far as its prompt, its number of tokens and its width say so. */
export function waitingTemplate(room: string, open: boolean, ends: boolean): TemplateResult {
  return html`<div class="texts">
      ${sides.map(
        () =>
          html`<div class="side">
            <div class="head">&nbsp;</div>
            <div class="place">${roomTemplate(room)}</div>
          </div>`,
      )}
    </div>
    <div class="dial-room ${ends ? 'with-ends' : ''}"></div>
    <div class="caption"></div>
    <div class="controls"></div>
    ${open ? html`<div class="vector-room" .style=${`--layers: ${likelyLayers}`}></div>` : html`<div class="summary-space"></div>`}
    <div class="summary-space"></div>`;
}
