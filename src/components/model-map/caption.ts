// SPDX-License-Identifier: MIT
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { capital, formatCount, formatSigned } from '../shared/format.js';
import { hatch, legendTemplate } from '../shared/legend.js';
import { strings } from '../shared/strings.js';
import { detailOf } from './frame.js';
import { hooksOf, parametersOfModel, partsOf, type MapData, type MapPart } from './map-data.js';
import { sumSign, tickSign } from './signs.js';
import { isHidden, type MapScene } from './scene.js';
import { axesText, formatParameters, placeSentence } from './sentences.js';
import { mapStrings } from './strings.js';

/** What is pointed at, else what the model is. */
export function captionTemplate({ map, chosen, locked }: MapScene): TemplateResult {
  if (!chosen) return html`${modelSentence(map)} <span class="quiet">${mapStrings.mapIdle}</span>`;
  const sentence = placeSentence(map, chosen);
  return html`${capital(sentence)}.${locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing}`;
}

export function modelSentence(map: MapData): string {
  const { nLayer, nHead, dMlp } = map.facts;
  const counted = (map.weights.get('embed') ?? []).length > 0;
  const count = formatParameters(parametersOfModel(map)).replace(/ M$/, ' million').replace(/ B$/, ' billion');
  return mapStrings.mapCaption(map.source, nLayer, nHead, dMlp !== null, counted ? count : `${count} (${mapStrings.mapUncounted})`);
}

/** Under the caption: the hooks of what is pointed at, else the sizes of the model. Narrow figures have no room for hooks; the table has them. */
export function detailTemplate({ map, chosen, layout }: MapScene): TemplateResult {
  const place = detailOf(layout.width);
  const style = place ? `--lines: ${Math.max(place.lines, Math.ceil(mostHooks(map) / place.columns))}; columns: ${place.columns}` : '';
  return html`<div class="detail" part="detail" .style=${style}>
    ${place && chosen ? hooksTemplate(map, chosen.part) : sizesTemplate(map)}
  </div>`;
}

/** The length of the longest list of hooks. */
function mostHooks(map: MapData): number {
  const first = partsOf(map).filter(({ layer }) => layer === undefined || layer === 0);
  return Math.max(0, ...first.map((part) => hooksOf(map, part).length));
}

function hooksTemplate(map: MapData, part: MapPart): TemplateResult {
  return html`<ul class="hooks">
    ${hooksOf(map, part).map(
      ({ name, axes, hidden }) =>
        html`<li title=${hidden ?? nothing}>
          ${name.replace(/^blocks\.\d+\./, '')}
          <span class="quiet">${hidden === undefined ? axesText(axes) : html`${hatch()} ${mapStrings.mapHatched}`}</span>
        </li>`,
    )}
  </ul>`;
}

function sizesTemplate({ facts }: MapData): TemplateResult {
  const sizes: [string, number | null][] = [
    ['d_model', facts.dModel],
    ['n_layers', facts.nLayer],
    ['n_heads', facts.nHead],
    ...(facts.nKeyValueHead < facts.nHead ? ([['n_key_value_heads', facts.nKeyValueHead]] as [string, number][]) : []),
    ['d_head', facts.dHead],
    ['d_mlp', facts.dMlp],
    ['d_vocab', facts.dVocab],
    ['n_ctx', facts.nCtx],
  ];
  return html`<ul class="sizes">
    ${sizes.map(([name, size]) => (size === null ? nothing : html`<li><span class="quiet">${name}</span> ${formatCount(size)}</li>`))}
    ${facts.position === 'learned' ? nothing : html`<li><span class="quiet">${mapStrings.mapRows.positions}</span> ${facts.position}</li>`}
  </ul>`;
}

/** What the colours and the hatch mean; where there are neither, the signs. */
export function legendOf(scene: MapScene, title: string): TemplateResult {
  const { map, ramp, maxValue } = scene;
  const hidden = partsOf(map).some((part) => isHidden(map, { part }));
  const ends = [formatSigned(-maxValue), formatSigned(maxValue)] as const;
  return html`<div class="controls" part="controls">
    ${
      map.values
        ? legendTemplate(ramp, { title, ends, ...(hidden && { masked: mapStrings.mapHatched }) })
        : hidden
          ? html`<span class="legend-masked">${hatch()}${mapStrings.mapHatched}</span>`
          : signsTemplate(map)
    }
  </div>`;
}

/** What the signs on the lines mean. */
function signsTemplate(map: MapData): TemplateResult {
  const sign = (drawn: SVGTemplateResult, name: string): TemplateResult =>
    html`<span class="legend-masked"><svg class="map sign" viewBox="0 0 14 14" aria-hidden="true">${drawn}</svg>${name}</span>`;
  return html`<div class="signs">
    ${sign(svg`<circle class="stop" cx="7" cy="7" r="3.5"></circle>`, mapStrings.mapState)} ${sign(sumSign(7, 7), mapStrings.mapSum)}
    ${sign(tickSign(7, 7, 'upright'), mapStrings.mapRows.norm(map.facts))}
  </div>`;
}
