// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { directionOf } from '../../shared/token-display.js';
import { tokenTemplate } from '../../shared/token-view.js';
import type { LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';

/** The whole prompt as text, where the grid shows a part of it: a token that is pressed is the position to read. */
export function stripTemplate({ figure, layout, first, chosen }: LensScene, choose: (position: number) => void): TemplateResult {
  const { position: at } = chosen;
  const from = layout.mode === 'grid' ? first : at;
  const to = layout.mode === 'grid' ? first + layout.columns : at + 1;
  const onClick = (event: Event): void => {
    const choice = (event.target as Element).closest<HTMLElement>('[data-position]');
    if (choice) choose(Number(choice.dataset['position']));
  };
  const onKeydown = ({ key }: KeyboardEvent): void => {
    if (key === 'ArrowLeft') choose(at - 1);
    if (key === 'ArrowRight') choose(at + 1);
  };
  return html`<div class="strip-line">
    <button type="button" aria-label=${lensStrings.earlier} ?disabled=${at === 0} @click=${() => choose(at - 1)}>‹</button>
    <div
      class="strip"
      part="strip"
      role="group"
      tabindex="0"
      dir=${directionOf(figure.prompt)}
      aria-label=${lensStrings.promptStrip}
      @click=${onClick}
      @keydown=${onKeydown}
    >
      ${figure.tokens.map(
        (token) =>
          html`<span
            class="choice ${token.position >= from && token.position < to ? 'shown' : ''} ${token.position === at ? 'chosen' : ''}"
            data-position=${token.position}
            >${tokenTemplate(token)}</span
          >`,
      )}
    </div>
    <button type="button" aria-label=${lensStrings.later} ?disabled=${at >= figure.tokens.length - 1} @click=${() => choose(at + 1)}>
      ›
    </button>
  </div>`;
}
