// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { formatSigned } from '../shared/format.js';
import { legendTemplate } from '../shared/legend.js';
import { sourceValues } from './attribution-data.js';
import { mapStrongest } from './map.js';
import { viewsOf, type AttributionView, type Place } from './place.js';
import { strongestOf, type AttributionScene } from './scene.js';
import { attributionStrings as words } from './strings.js';

/** What is shown, of which layer, and what line or colour mean. */
export function controlsTemplate(scene: AttributionScene, norm: 'cached' | 'recompute', go: (place: Place) => void): TemplateResult {
  const { figure, place } = scene;
  const views = viewsOf(figure);
  const onView = (event: Event): void => go({ view: (event.target as HTMLSelectElement).value as AttributionView });
  return html`<div class="choices">
      ${
        views.length > 1
          ? html`<label
              >${words.attributionShow}
              <select @change=${onView}>
                ${views.map((view) => html`<option value=${view} .selected=${view === place.view}>${words.attributionViews[view]}</option>`)}
              </select></label
            >`
          : nothing
      }
      ${place.view === 'components' ? nothing : layerChoice(scene, go)}
    </div>
    <span class="meaning">${meaning(scene, norm)}</span>`;
}

function layerChoice({ figure, place }: AttributionScene, go: (place: Place) => void): TemplateResult {
  const onLayer = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    go({ view: place.view, ...(value !== '' && { layer: Number(value) }) });
  };
  return html`<label
    >${words.ofLayer}
    <select @change=${onLayer}>
      <option value="" .selected=${place.layer === undefined}>${words.allLayers}</option>
      ${Array.from({ length: figure.layerCount }, (_, layer) => html`<option value=${layer} .selected=${layer === place.layer}>${layer}</option>`)}
    </select></label
  >`;
}

function meaning({ figure, place, level, theme }: AttributionScene, norm: 'cached' | 'recompute'): unknown {
  if (level) {
    if (place.view === 'neurons') return nothing;
    return place.view === 'components' && norm === 'recompute' && figure.lens ? words.lensLine : words.runningSum;
  }
  const most = place.head === undefined ? mapStrongest(figure) : strongestOf(sourceValues(figure, place.layer!, place.head)!);
  const title = figure.wrong ? words.attributionUnit : words.attributionUnitOne;
  return legendTemplate(theme.diverging, { title, ends: [formatSigned(-most), formatSigned(most)] });
}
