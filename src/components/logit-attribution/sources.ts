// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { cssColour, inkOn, rampRgb } from '../shared/colour.js';
import { formatNumber, formatSigned } from '../shared/format.js';
import type { Pointing } from '../shared/pointing.js';
import { tokenTemplate } from '../shared/token-view.js';
import { sourceValues } from './attribution-data.js';
import { signedIndex, strongestOf, type AttributionScene, type Pointed } from './scene.js';
import { attributionStrings as words } from './strings.js';

/** Values below this part of the strongest are not written under their token. */
const written = 0.1;

/** The prompt, every token coloured by what a head adds by reading it, as one row for keyboard and assistive technology. */
export function sourcesTemplate(scene: AttributionScene, pointing: Pointing<Pointed>, label: string | undefined): TemplateResult {
  const { figure, place, grid, pointed, selection } = scene;
  const values = sourceValues(figure, place.layer!, place.head!)!;
  const most = strongestOf(values);
  return html`<div
      class="sources"
      part="sources"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.bySource(words.headPart(place.layer!, place.head!))}
      aria-describedby="hint"
      aria-activedescendant=${`s${grid.active.column}`}
      ${answers(grid, pointing)}
    >
      <div role="row">
        ${values.map((value, key) => {
          const here = pointed?.what === 'source' && pointed.key === key;
          const token = figure.tokens[key]!;
          return html`<span
            id=${`s${key}`}
            role="gridcell"
            class="source ${here ? 'here' : ''} ${here && selection.key === key && selection.locked ? 'held' : ''}"
            data-key=${key}
            data-focus=${grid.focused && grid.active.column === key ? '' : nothing}
            aria-selected=${selection.locked && selection.key === key}
            ><span class="visually-hidden">${token.spoken} ${formatSigned(value)}</span
            ><span class="text" aria-hidden="true" .style=${shade(scene, value, most)}>${tokenTemplate(token)}</span
            ><span class="amount" aria-hidden="true">${Math.abs(value) >= written * most ? formatSigned(value) : nothing}</span></span
          >`;
        })}
      </div>
    </div>
    <p id="hint" class="visually-hidden">${words.attributionHint}</p>`;
}

/** The same without numbers, beside the bars or the map: what the head that is pointed at reads. */
export function readTemplate(scene: AttributionScene, layer: number, head: number): TemplateResult | typeof nothing {
  const { figure } = scene;
  const values = sourceValues(figure, layer, head);
  if (!values) return nothing;
  const most = strongestOf(values);
  return html`<div class="read" part="sources" aria-hidden="true">
    <div class="quiet">${words.readBySource(words.headPart(layer, head), formatNumber(most))}</div>
    <div class="read-text">
      ${values.map((value, key) => html`<span class="text" .style=${shade(scene, value, most)}>${tokenTemplate(figure.tokens[key]!)}</span>`)}
    </div>
  </div>`;
}

function shade({ theme }: AttributionScene, value: number, most: number): string {
  const background = rampRgb(theme.diverging, signedIndex(value, most));
  return `background: ${cssColour(background)}; color: ${inkOn(background)}`;
}
