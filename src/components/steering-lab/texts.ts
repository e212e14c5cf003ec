// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { rampColour } from '../shared/colour.js';
import { tokenTemplate } from '../shared/token-view.js';
import { sides, strengthText, tokenSentence, type Side, type SteeringScene } from './scene.js';
import type { ShownToken } from './steering-data.js';
import { steeringStrings } from './strings.js';
import { roomTemplate } from './waiting.js';

/** A ratio of probabilities of e to this power, 100, has the strongest colour. */
const strongest = Math.log(100);

/** Both texts, side by side or one under the other: every token with a line whose colour says what the vector does to it. */
export function textsTemplate(scene: SteeringScene): TemplateResult {
  const { grid, pointing, label, busy, texts, locked } = scene;
  const { row, column } = grid.active;
  const active = grid.focused && texts[sides[row]!][column] ? `${sides[row]}-${column}` : nothing;
  return html`<span id="grid-hint" hidden>${steeringStrings.steeringGridHint}</span>
    <div
      class="texts ${locked ? 'locked' : ''}"
      part="texts"
      role="grid"
      tabindex="0"
      aria-label=${label ?? steeringStrings.steeringGrid}
      aria-describedby="grid-hint"
      aria-busy=${busy ? 'true' : 'false'}
      aria-activedescendant=${active}
      ${answers(grid, pointing)}
    >
      ${sides.map((side) => sideTemplate(scene, side))}
    </div>`;
}

function sideTemplate(scene: SteeringScene, side: Side): TemplateResult {
  const { texts, rooms } = scene;
  const head = side === 'base' ? steeringStrings.withoutVector : steeringStrings.withVector(strengthText(texts.strength));
  return html`<div class="side" part="text" role="row">
    <div class="head" role="rowheader">${head}</div>
    <div class="place">${wordsTemplate(scene, side)} ${rooms.map(roomTemplate)}</div>
  </div>`;
}

/** Every blank counts in a text, so there is none in this template. */
function wordsTemplate(scene: SteeringScene, side: Side): TemplateResult {
  const prompt = html`<span class="prompt-text" role="gridcell">${scene.figure.prompt.map(tokenTemplate)}</span>`;
  const words = scene.texts[side].map((shown, index) => wordTemplate(scene, side, shown, index));
  // prettier-ignore
  return html`<div class="words">${prompt}${words}</div>`;
}

/** The space before a word is not part of what is underlined, so that a line breaks between lines and words. */
function wordTemplate(scene: SteeringScene, side: Side, shown: ShownToken, index: number): TemplateResult {
  const { texts, theme, pointed, grid } = scene;
  const [first, ...rest] = shown.token.parts;
  const spaced = first?.kind === 'space' && rest.length > 0;
  const parting = texts.parting;
  const own = parting !== undefined && index >= parting;
  const here = pointed?.index === index && pointed.side === side;
  const active = grid.focused && sides[grid.active.row] === side && grid.active.column === index;
  const colour = rampColour(theme.diverging, effectIndex(side, shown));
  const word = html`<span
    class="word ${own ? 'own' : ''} ${here ? 'here' : ''}"
    role="gridcell"
    id="${side}-${index}"
    data-side=${side}
    data-index=${index}
    ?data-focus=${active}
    aria-label=${active ? tokenSentence(texts, { side, index }) : nothing}
    .style=${`border-block-end-color: ${colour}`}
    >${tokenTemplate(spaced ? { ...shown.token, parts: rest } : shown.token)}</span
  >`;
  return html`${spaced ? ' ' : ''}${parting === index ? html`<span class="parting" aria-hidden="true"></span>` : nothing}${word}`;
}

/** Place on the diverging ramp: above the middle where the vector makes the token likelier. */
export function effectIndex(side: Side, { probability, other }: ShownToken): number {
  if (other === undefined) return 127;
  const floor = 1e-9;
  const [steered, plain] = side === 'steered' ? [probability, other] : [other, probability];
  const effect = Math.log(Math.max(steered, floor) / Math.max(plain, floor)) / strongest;
  return Math.round(127.5 + 127.5 * Math.min(1, Math.max(-1, effect)));
}
