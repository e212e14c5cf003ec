// SPDX-License-Identifier: MIT
import { html, nothing, svg, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { answers } from '../shared/answers.js';
import { rampColour } from '../shared/colour.js';
import { formatSigned } from '../shared/format.js';
import type { GridPlace } from '../shared/grid-controller.js';
import type { Pointing } from '../shared/pointing.js';
import { componentValue, headValue, type AttributionData } from './attribution-data.js';
import { mapSize, mlpCells, type MapSize } from './layout.js';
import { signedIndex, strongestOf, type AttributionScene, type Pointed } from './scene.js';
import { attributionStrings as words } from './strings.js';

/** What the strongest colour stands for. */
export function mapStrongest(figure: AttributionData): number {
  return strongestOf([...Array.from(figure.heads ?? []), ...layersOf(figure).map((layer) => componentValue(figure, 'mlp', layer))]);
}

/** The cell of a place in the grid: layers from below, as the stream runs; the MLP after the heads. */
export function cellAt(figure: AttributionData, { row, column }: GridPlace): Pointed {
  const layer = figure.layerCount - 1 - row;
  return column < figure.headCount ? { what: 'head', layer, head: column } : { what: 'mlp', layer };
}

export function placeOfCell(figure: AttributionData, pointed: Pointed | undefined): GridPlace | undefined {
  if (pointed?.what !== 'head' && pointed?.what !== 'mlp') return undefined;
  return { row: figure.layerCount - 1 - pointed.layer, column: pointed.what === 'head' ? pointed.head : figure.headCount };
}

/** What every head adds, layers from below, and what every MLP adds beside them. */
export function mapTemplate(scene: AttributionScene, pointing: Pointing<Pointed>, label: string | undefined): TemplateResult {
  const { figure, grid, selection, width, theme, pointed } = scene;
  const size = mapSize(width, figure.headCount, figure.layerCount);
  const { cell, row, labels, inner } = size;
  const height = figure.layerCount * row;
  const chosen = placeOfCell(figure, pointed);
  const every = Math.max(1, Math.ceil(18 / cell));
  const everyRow = Math.max(1, Math.ceil(14 / row));
  return html`<div class="map" part="map" .style=${`--labels: ${labels}px; --width: ${inner}px; --height: ${height}px`}>
    ${layersOf(figure).map((layer) =>
      layer % everyRow
        ? nothing
        : html`<span class="tick layer" aria-hidden="true" .style=${`top: ${(figure.layerCount - 1 - layer + 0.5) * row}px`}
            >${layer}</span
          >`,
    )}
    <div
      class="cells"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.attributionLabel}
      aria-describedby="hint"
      aria-rowcount=${figure.layerCount}
      aria-colcount=${figure.headCount + 1}
      aria-activedescendant=${`m${grid.active.column}`}
      ${answers(grid, pointing)}
    >
      ${guard([figure, theme, cell, row], () => picture(scene, size, inner, height))} ${activeRow(scene)}
      ${chosen ? html`<span class="ring ${selection.locked ? 'held' : ''}" .style=${box(figure, size, chosen)}></span>` : nothing}
      ${grid.focused ? html`<span class="focus" .style=${box(figure, size, grid.active)}></span>` : nothing}
    </div>
    ${Array.from({ length: figure.headCount }, (_, head) =>
      head % every
        ? nothing
        : html`<span class="tick head" aria-hidden="true" .style=${`left: ${labels + (head + 0.5) * cell}px`}>${head}</span>`,
    )}
    <span class="tick head" aria-hidden="true" .style=${`left: ${labels + inner - (mlpCells * cell) / 2}px`}>${words.mlpColumn}</span>
    <p id="hint" class="visually-hidden">${words.attributionHint}</p>
  </div>`;
}

function picture({ figure, theme }: AttributionScene, { cell, row, gap }: MapSize, width: number, height: number): TemplateResult {
  const most = mapStrongest(figure);
  const fill = (value: number): string => rampColour(theme.diverging, signedIndex(value, most));
  const rect = (x: number, layer: number, wide: number, value: number): TemplateResult =>
    svg`<rect x=${x} y=${(figure.layerCount - 1 - layer) * row} width=${wide - 1} height=${row - 1} fill=${fill(value)}></rect>`;
  return html`<svg class="heads" width=${width} height=${height} aria-hidden="true" shape-rendering="crispEdges">
    ${layersOf(figure).map((layer) => [
      ...Array.from({ length: figure.headCount }, (_, head) => rect(head * cell, layer, cell, headValue(figure, layer, head))),
      rect(figure.headCount * cell + gap, layer, mlpCells * cell, componentValue(figure, 'mlp', layer)),
    ])}
  </svg>`;
}

/** The cells of the active row only: names for assistive technology. */
function activeRow({ figure, grid, selection, pointed }: AttributionScene): TemplateResult {
  const { row } = grid.active;
  const layer = figure.layerCount - 1 - row;
  const at = placeOfCell(figure, pointed);
  const selected = (column: number): boolean => selection.locked && at?.row === row && at.column === column;
  return html`<div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
    ${Array.from({ length: figure.headCount }, (_, head) => cellName(head, selected(head), words.mapHead(layer, head, formatSigned(headValue(figure, layer, head)))))}
    ${cellName(figure.headCount, selected(figure.headCount), words.mapMlp(layer, formatSigned(componentValue(figure, 'mlp', layer))))}
  </div>`;
}

function cellName(column: number, selected: boolean, name: string): TemplateResult {
  return html`<span id=${`m${column}`} role="gridcell" aria-colindex=${column + 1} aria-selected=${selected}>${name}</span>`;
}

function box({ headCount }: AttributionData, { cell, row, gap }: MapSize, { row: at, column }: GridPlace): string {
  const isMlp = column >= headCount;
  const x = isMlp ? headCount * cell + gap : column * cell;
  return `transform: translate(${x}px, ${at * row}px); inline-size: ${(isMlp ? mlpCells * cell : cell) - 1}px; block-size: ${row - 1}px`;
}

/** The place in the grid under a pointer. */
export function mapPlaceUnder(event: MouseEvent, cells: Element, figure: AttributionData, width: number): GridPlace | undefined {
  const { cell, row, gap } = mapSize(width, figure.headCount, figure.layerCount);
  const { left, top } = cells.getBoundingClientRect();
  const [x, y] = [event.clientX - left, event.clientY - top];
  const at = Math.floor(y / row);
  if (x < 0 || at < 0 || at >= figure.layerCount) return undefined;
  const column = Math.floor(x / cell);
  if (column < figure.headCount) return { row: at, column };
  const inMlp = x - figure.headCount * cell - gap;
  return inMlp >= 0 && inMlp < mlpCells * cell ? { row: at, column: figure.headCount } : undefined;
}

function layersOf({ layerCount }: AttributionData): number[] {
  return Array.from({ length: layerCount }, (_, layer) => layer);
}
