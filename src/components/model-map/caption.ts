// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatSigned } from '../shared/format.js';
import { hatch, legendTemplate } from '../shared/legend.js';
import { strings } from '../shared/strings.js';
import { hooksOf, parametersOfModel, partsOf, type MapData, type MapPart } from './map-data.js';
import { isHidden, type MapScene } from './scene.js';
import { axesText, formatParameters, placeSentence } from './sentences.js';
import { mapStrings } from './strings.js';

/** What is pointed at, else what the model is. */
export function captionTemplate({ map, chosen, locked }: MapScene): TemplateResult {
  if (!chosen) return html`${modelSentence(map)} <span class="quiet">${mapStrings.mapIdle}</span>`;
  const sentence = placeSentence(map, chosen);
  return html`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing}`;
}

export function modelSentence(map: MapData): string {
  const { nLayer, nHead, dMlp } = map.facts;
  const counted = (map.weights.get('embed') ?? []).length > 0;
  const count = formatParameters(parametersOfModel(map)).replace(/ M$/, ' million').replace(/ B$/, ' billion');
  return mapStrings.mapCaption(map.source, nLayer, nHead, dMlp !== null, counted ? count : `${count} (${mapStrings.mapUncounted})`);
}

/** Below this width there is no room for the hooks of a part under the map; the table has them. */
const hooksFrom = 640;

/** Under the caption: the hooks of what is pointed at, else the sizes of the model. */
export function detailTemplate({ map, chosen, layout }: MapScene): TemplateResult {
  const wide = layout.width >= hooksFrom;
  const lines = wide ? `--lines: ${hookLines(map)}` : '';
  return html`<div class="detail" part="detail" .style=${lines}>
    ${wide && chosen ? hooksTemplate(map, chosen.part) : sizesTemplate(map)}
  </div>`;
}

/** In how many lines of two hooks the longest list fits. */
function hookLines(map: MapData): number {
  const first = partsOf(map).filter(({ layer }) => layer === undefined || layer === 0);
  return Math.ceil(Math.max(0, ...first.map((part) => hooksOf(map, part).length)) / 2);
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

/** What the colours and the hatch mean; nothing where there are neither. */
export function legendOf(scene: MapScene, title: string): TemplateResult | typeof nothing {
  const { map, ramp, maxValue } = scene;
  const hidden = partsOf(map).some((part) => isHidden(map, { part }));
  if (map.values) {
    const ends = [formatSigned(-maxValue), formatSigned(maxValue)] as const;
    return html`<div class="controls" part="controls">
      ${legendTemplate(ramp, { title, ends, ...(hidden && { masked: mapStrings.mapHatched }) })}
    </div>`;
  }
  return hidden
    ? html`<div class="controls" part="controls"><span class="legend-masked">${hatch()}${mapStrings.mapHatched}</span></div>`
    : nothing;
}
