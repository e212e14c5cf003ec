// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { cssColour, rampRgb } from '../../shared/colour.js';
import { formatPercent } from '../../shared/format.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { candidates } from '../lens-data.js';
import type { LensActions, LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';

/** A strong colour of the ramp, 0 to 255. */
const barColour = 190;

/** The likeliest tokens of the chosen cell as bars. A token that is pressed is followed; with Shift or Ctrl, summed with the last one. */
export function detailTemplate({ figure, chosen, theme, pins }: LensScene, { follow }: LensActions): TemplateResult {
  const background = cssColour(rampRgb(theme.sequential, barColour));
  const adds = (event: MouseEvent): boolean => event.shiftKey || event.ctrlKey || event.metaKey;
  return html`<ol class="candidates">
    ${candidates(figure, chosen.point, chosen.position).map(
      ({ id, token, probability }) =>
        html`<li>
          <button
            type="button"
            class="name"
            data-export="yes"
            aria-pressed=${pins.some((group) => group.includes(id))}
            title=${lensStrings.lensFollow(token.quoted)}
            @click=${(event: MouseEvent) => follow(id, adds(event))}
          >
            ${tokenTemplate(token)}
          </button>
          <span class="percent">${formatPercent(probability)}</span>
          <span class="bar" .style=${`inline-size: ${(probability * 100).toFixed(2)}%; background: ${background}`}></span>
        </li>`,
    )}
  </ol>`;
}
