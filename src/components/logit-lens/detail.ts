// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { cssColour, rampRgb } from '../shared/colour.js';
import { formatPercent } from '../shared/format.js';
import { tokenTemplate } from '../shared/token-view.js';
import { candidates } from './lens-data.js';
import type { LensScene } from './scene.js';

/** A strong colour of the ramp, 0 to 255. */
const barColour = 190;

/** The likeliest tokens of the chosen cell as bars. */
export function detailTemplate({ figure, chosen, theme }: LensScene): TemplateResult {
  const background = cssColour(rampRgb(theme.sequential, barColour));
  return html`<div class="detail" part="detail" .style=${`--lines: ${figure.k}`}>
    <ol class="candidates">
      ${candidates(figure, chosen.point, chosen.position).map(
        ({ token, probability }) =>
          html`<li>
            <span class="name">${tokenTemplate(token)}</span>
            <span class="percent">${formatPercent(probability)}</span>
            <span class="bar" .style=${`inline-size: ${(probability * 100).toFixed(2)}%; background: ${background}`}></span>
          </li>`,
      )}
    </ol>
  </div>`;
}
