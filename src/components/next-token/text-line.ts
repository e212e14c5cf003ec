// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { contrast, cssColour, inkOn, rampIndex, rampRgb } from '../shared/colour.js';
import { formatPercent } from '../shared/format.js';
import type { Pointing } from '../shared/pointing.js';
import { directionOf } from '../shared/token-display.js';
import { tokenTemplate } from '../shared/token-view.js';
import type { NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** The prompt, and the tokens that were added, each on the colour of its probability. What the recording goes on with is quiet. */
export function textLine(scene: NextScene, pointing: Pointing<number>): TemplateResult {
  const { figure, strip, at } = scene;
  const prompt = figure.tokens.map((token) => tokenTemplate(token));
  // Tokens are isolated, so that the direction of the text has to be told.
  const direction = directionOf(figure.prompt);
  const cursor = html`<span class="cursor" aria-hidden="true"></span>`;
  if (figure.chosen.length === 0) return html`<div class="text-line" part="text" dir=${direction}>${prompt}${cursor}</div>`;
  return html`<div class="text-line" part="text" dir=${direction}>
    ${prompt}<span
      class="strip"
      role="listbox"
      tabindex="0"
      aria-orientation="horizontal"
      aria-label=${words.nextText}
      aria-activedescendant=${`a${strip.active.column}`}
      ${answers(strip, pointing)}
      >${figure.chosen.map((id, index) => added(scene, id, index))}</span
    >${at === figure.chosen.length ? cursor : nothing}
  </div>`;
}

/** Keeps the place where the text goes on, or the token that is pointed at, in view, where the text is longer than its box. */
export function scrollText(line: HTMLElement): void {
  // Keys scroll what has the focus; where tokens were added, these take it.
  line.removeAttribute('tabindex');
  if (line.scrollHeight > line.clientHeight && !line.querySelector('.strip')) line.tabIndex = 0;
  const place = line.querySelector<HTMLElement>('.added.here, .cursor');
  if (!place) return;
  const [box, spot] = [line.getBoundingClientRect(), place.getBoundingClientRect()];
  if (spot.top < box.top) line.scrollTop += spot.top - box.top - 2;
  else if (spot.bottom > box.bottom) line.scrollTop += spot.bottom - box.bottom + 2;
}

function added({ figure, at, step, theme, strip }: NextScene, id: number, index: number): TemplateResult {
  const { probability = 0 } = figure.takenAt(index);
  const token = figure.tokenOf(id);
  const later = index >= at;
  const background = rampRgb(theme.sequential, rampIndex(probability));
  const ink = contrast(theme.ink, background) >= 4.5 ? '' : `; color: ${inkOn(background)}`;
  return html`<span
    id=${`a${index}`}
    class="added ${index === step ? 'here' : ''} ${later ? 'later' : ''}"
    role="option"
    aria-selected=${index === step}
    data-index=${index}
    data-focus=${strip.focused && strip.active.column === index ? '' : nothing}
    .style=${later ? '' : `background: ${cssColour(background)}${ink}`}
    ><span aria-hidden="true">${tokenTemplate(token)}</span
    ><span class="visually-hidden">${token.spoken}, ${formatPercent(probability)}</span></span
  >`;
}
