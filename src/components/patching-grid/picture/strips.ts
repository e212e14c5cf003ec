// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { tokenTemplate } from '../../shared/token-view.js';
import { differsAt, positionOf, type PatchingScene } from './scene.js';
import { alongTokens, stripsOf, type PromptStrip } from '../strip-names.js';

/** Least distance of two numbers on an axis, and of a number from a token, CSS pixels. */
const tickDistance = 22;
const clearOfToken = 14;

/** One of the prompts along the columns, tokens in which they differ marked. */
export function stripTemplate(scene: PatchingScene, { name, tokens }: PromptStrip, side: 'top' | 'bottom'): TemplateResult {
  const { figure, view, layout, pointed, moving, moved } = scene;
  // Of a state put elsewhere, where it is from stands in the one prompt, where it goes in the other.
  const path = moving ?? moved;
  const chosen = path ? (side === 'top' ? path.from.column : path.to.column) : pointed.column;
  const marked = view.columns
    .map((_, column) => column)
    .filter((column) => column === chosen || differsAt(figure, positionOf(scene, column)));
  const shown = layout.ticks ? marked : view.columns.map((_, column) => column);
  const every = [5, 10, 20, 50, 100, 200, 500].find((count) => count * layout.across >= tickDistance) ?? 1000;
  const numbers = layout.ticks
    ? view.columns
        .map((_, column) => column)
        .filter(
          (column) =>
            positionOf(scene, column) % every === 0 && marked.every((other) => Math.abs(other - column) * layout.across > clearOfToken),
        )
    : [];
  return html`<div class="strip ${side} ${layout.turned ? 'turned' : ''}" part="strip" aria-hidden="true">
    <span class="strip-name">${name}</span>
    ${shown.map((column) => {
      const position = positionOf(scene, column);
      const marks = [column === chosen ? 'chosen' : '', differsAt(figure, position) ? 'differs' : ''].join(' ');
      return html`<span class="label ${marks}" .style=${`--column: ${column}`}><span>${tokenTemplate(tokens[position]!)}</span></span>`;
    })}
    ${numbers.map((column) => html`<span class="label" .style=${`--column: ${column}`}><span>${positionOf(scene, column)}</span></span>`)}
  </div>`;
}

/** The numbers of heads, or the names that another tool has given its columns. */
export function namesTemplate({ figure, view, pointed, layout }: PatchingScene, word: string): TemplateResult {
  const every = Math.ceil(20 / layout.across);
  return html`<div class="strip top" part="axis" aria-hidden="true">
    <span class="strip-name">${word}</span>
    ${view.columns.map((line, column) =>
      column % every === 0 || column === pointed.column
        ? html`<span class="label ${column === pointed.column ? 'chosen' : ''}" .style=${`--column: ${column}`}
            ><span>${figure.coordinates[view.across]![line[view.across]!]}</span></span
          >`
        : nothing,
    )}
  </div>`;
}

/** The two prompts as text, where the columns are not their positions. */
export function promptsTemplate(scene: PatchingScene): TemplateResult | typeof nothing {
  const { figure } = scene;
  const strips = alongTokens(scene) ? [] : stripsOf(figure);
  if (strips.length === 0) return nothing;
  return html`<div class="prompts" part="strip">
    ${strips.map(
      ({ name, tokens }) =>
        html`<div class="prompt-line">
          <span class="strip-name">${name}</span>
          <span
            >${tokens.map((token) => html`<span class=${differsAt(figure, token.position) ? 'differs' : ''}>${tokenTemplate(token)}</span>`)}</span
          >
        </div>`,
    )}
  </div>`;
}
