// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { RankedHead } from './heads-data.js';
import { marksTemplate } from './marks.js';
import { headSentence, mapRow, nameOf, type HeadsScene } from './scene.js';
import { headFinderStrings as words } from './strings.js';

/** The score of every head as a map, and the pattern of the chosen head. */
export function besideTemplate(scene: HeadsScene): TemplateResult {
  return html`<div class="beside" .style=${`--lines: ${scene.sizes.lines}`}>
    <div .style=${`inline-size: ${scene.sizes.map.width}px`}>${mapTemplate(scene)}</div>
    <div .style=${`inline-size: ${scene.sizes.edge}px`}>${patternTemplate(scene)}</div>
  </div>`;
}

/** A grid for the keyboard, of which the active row alone has cells for assistive technology. */
function mapTemplate(scene: HeadsScene): TemplateResult {
  const { figure, sizes, chosen, mapGrid: grid, pointing } = scene;
  const { width, height } = sizes.map;
  const size = `inline-size: ${width}px; block-size: ${height}px`;
  const at = (row: number, column: number): string => {
    const [cellWidth, cellHeight] = [width / figure.headCount, height / figure.layerCount];
    return `inline-size: ${cellWidth}px; block-size: ${cellHeight}px; transform: translate(${column * cellWidth}px, ${row * cellHeight}px)`;
  };
  const { row, column } = grid.active;
  return html`<div
      class="map"
      part="map"
      role="grid"
      tabindex="0"
      aria-label=${words.headMapLabel}
      aria-describedby="hint"
      aria-rowcount=${figure.layerCount}
      aria-activedescendant=${`m${column}`}
      .style=${size}
      @focus=${grid.onFocus}
      @blur=${grid.onBlur}
      @keydown=${grid.onKeydown}
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${pointing.onDown}
      @click=${pointing.onClick}
    >
      <canvas class="scores" aria-hidden="true" .style=${size}></canvas>
      <div class="ring" .style=${at(mapRow(scene, chosen.layer), chosen.head)}></div>
      ${grid.focused ? html`<div class="ring focus" .style=${at(row, column)}></div>` : nothing}
      <div class="visually-hidden" role="row" aria-rowindex=${row + 1}>${cellsTemplate(scene)}</div>
    </div>
    <div class="under"><span>${words.headMap}</span></div>`;
}

function cellsTemplate(scene: HeadsScene): TemplateResult[] {
  const { chosen, selection, mapGrid } = scene;
  const layer = mapRow(scene, mapGrid.active.row);
  const heads = scene.ranked.filter((head) => head.layer === layer).sort((one, other) => one.head - other.head);
  const isChosen = (head: RankedHead): boolean => selection.locked && chosen.rank === head.rank;
  return heads.map(
    (head) => html`<span id=${`m${head.head}`} role="gridcell" aria-selected=${isChosen(head)}>${headSentence(scene, head)}</span>`,
  );
}

function patternTemplate({ figure, scale, sizes, chosen }: HeadsScene): TemplateResult {
  const size = `inline-size: ${sizes.edge}px; block-size: ${sizes.edge}px`;
  const has = figure.patternOf(chosen.layer, chosen.head) !== undefined;
  const count = figure.ids.length;
  return html`${
      has
        ? html`<div class="large" .style=${size}>
            <canvas class="pattern" .style=${size} aria-hidden="true"></canvas
            ><svg viewBox=${`0 0 ${count} ${count}`} preserveAspectRatio="none" aria-hidden="true">${marksTemplate(figure, scale)}</svg>
          </div>`
        : html`<div class="none" .style=${size}>${words.noPattern}</div>`
    }
    <div class="under">
      <span>${[nameOf(chosen), has && words.headLooks[scale.kind]].filter(Boolean).join('; ')}</span>
    </div>`;
}
