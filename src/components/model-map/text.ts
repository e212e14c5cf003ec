// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatSigned } from '../shared/format.js';
import { textAlternative } from '../shared/text-alternative.js';
import { modelSentence } from './caption.js';
import {
  hooksOf,
  parametersOf,
  parametersOfBlock,
  partsOf,
  valueAt,
  weightsOf,
  type MapData,
  type MapPart,
  type PartHook,
} from './map-data.js';
import { axesText, dimsText, placeName } from './sentences.js';
import { mapStrings } from './strings.js';

/** The parts as a table: hooks with their shapes, weights with theirs, parameters. Blocks that are not open are told in one row each. */
export function mapText(map: MapData, open: ReadonlySet<number>): TemplateResult {
  const parts = partsOf(map);
  const closed = Array.from({ length: map.facts.nLayer }, (_, layer) => layer).filter((layer) => !open.has(layer));
  return textAlternative({
    summary: () => html`<p>${modelSentence(map)}</p>`,
    heads: [mapStrings.mapPart, mapStrings.mapContents],
    rows: [
      ...parts
        .filter(({ layer }) => layer === undefined || open.has(layer))
        .map((part) => ({ head: placeName(map, { part }), cell: contents(map, part) })),
      ...closed.map((layer) => ({
        head: mapStrings.mapBlock(layer),
        cell: `${mapStrings.mapParameters}: ${formatCount(parametersOfBlock(map, layer))}`,
      })),
    ],
  });
}

function contents(map: MapData, part: MapPart): TemplateResult {
  const count = parametersOf(map, part);
  const value = valueAt(map, { part });
  const heads = part.kind === 'attn' ? map.headValues?.[part.layer!] : undefined;
  return html`${value === undefined ? nothing : html`<div>${mapStrings.mapLegend}: ${formatSigned(value)}</div>`}
  ${heads ? html`<div>${heads.map((one, head) => `${mapStrings.mapHead(part.layer!, head)}: ${formatSigned(one)}`).join(', ')}</div>` : nothing}
  ${hooksOf(map, part).map((hook) => html`<div>${hookText(hook)}</div>`)}
  ${weightsOf(map, part).map(
    ({ name, axes, dims, same }) =>
      html`<div>${name} ${axesText(axes)} = ${dimsText(axes, dims)}${same === undefined ? '' : ` (${same})`}</div>`,
  )}
  ${count > 0 ? html`<div>${mapStrings.mapParameters}: ${formatCount(count)}</div>` : nothing}`;
}

function hookText({ name, axes, dims, hidden }: PartHook): string {
  return hidden === undefined ? `${name} ${axesText(axes)} = ${dimsText(axes, dims)}` : `${name}: ${mapStrings.mapHatched}: ${hidden}`;
}
