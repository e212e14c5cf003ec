// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { cssColour, inkOn, rampIndex, rampRgb } from '../shared/colour.js';
import { formatPercent } from '../shared/format.js';
import { tokenTemplate } from '../shared/token-view.js';
import { decode } from './decoding.js';
import { stepLogits, type NextData } from './next-data.js';
import type { NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** The prompt, and the tokens that were added, each on the colour of its probability; pressing one goes back to its step. */
export function textLine({ figure, step, theme }: NextScene, goTo: (step: number) => void): TemplateResult {
  return html`<div class="text-line" part="text" role="group" aria-label=${words.nextText}>
    ${figure.tokens.map((token) => tokenTemplate(token))}${figure.chosen.map((id, index) => {
      const probability = probabilityOf(figure, index, id);
      const background = rampRgb(theme.sequential, rampIndex(probability * 0.8));
      const token = figure.tokenOf(id);
      return html`<button
        type="button"
        class="added ${index === step ? 'here' : ''} ${index >= step ? 'later' : ''}"
        data-export="yes"
        .style=${`background: ${cssColour(background)}; color: ${inkOn(background)}`}
        aria-label=${`${token.spoken} ${formatPercent(probability)}`}
        aria-pressed=${index === step}
        @click=${() => goTo(index)}
      >
        ${tokenTemplate(token)}
      </button>`;
    })}<span class="cursor" aria-hidden="true"></span>
  </div>`;
}

/** What the model said of a token of the continuation; 0 where it is not among the kept ones. */
function probabilityOf(figure: NextData, step: number, id: number): number {
  const plain = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };
  return decode(stepLogits(figure, step), plain, new Set()).find((candidate) => candidate.id === id)?.raw ?? 0;
}
