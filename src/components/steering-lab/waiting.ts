// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';

/** Rows of a model of four layers. */
const likelyLayers = 4;

/** Keeps free the lines of a text, so that nothing moves when another one is shown or words come in. */
export function roomTemplate(text: string): TemplateResult {
  return html`<div class="words room-for" aria-hidden="true">${text}</div>`;
}

/** What of a lab's height is known before its data. */
export interface LabPlace {
  /** A text as long as each of the two. */
  room: string;
  width: number;
  /** The table of layers is shown. */
  open: boolean;
  /** There are words at the ends of the slider. */
  ends: boolean;
}

/** Boxes of the heights that a lab will have, as far as its prompt, its number of tokens and its width say so. */
export function waitingTemplate({ room, width, open, ends }: LabPlace): TemplateResult {
  const side = html`<div>
    <div class="head">&nbsp;</div>
    ${roomTemplate(room)}
  </div>`;
  const [found, head, files] = width <= 300 ? ['14em', '2.8em', 89] : width < 480 ? ['11.2em', '26px', 57] : ['5.6em', '26px', 28];
  return html`<div class="texts">${side}${side}</div>
    <div .style=${`block-size: ${ends ? 'calc(38px + 1.4em)' : '38px'}; margin-block-start: 0.9em`}></div>
    <div class="caption"></div>
    <div class="controls"></div>
    ${
      open
        ? html`<div
            .style=${`block-size: calc(${found} + 1.2em + ${head} + ${likelyLayers * 26 + files}px); margin-block-start: 0.8em`}
          ></div>`
        : html`<div class="summary-space"></div>`
    }
    <div class="summary-space"></div>`;
}

/** Boxes of the height of the fields of a live lab: two lists of five lines, side by side where they fit, and the line under them. */
export function fieldsRoom(width: number): TemplateResult {
  return html`<div .style=${`block-size: calc(${width < 520 ? 21.3 : 9.75}em + 28px)`}></div>`;
}
