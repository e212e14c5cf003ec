// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { tokenTemplate } from '../shared/token-view.js';
import { cellTemplate } from './cell.js';
import { rowHeight } from './layout.js';
import { shortLabel, type LensCell, type LensScene } from './scene.js';
import { lensStrings } from './strings.js';

/**
 * The tokens of all layers, as one grid for keyboard and assistive technology; under it the prompt.
 *
 * @param columnCount - columns that the keys can visit, in view or not
 * @param label - the author's name of the figure
 */
export function gridTemplate(
  scene: LensScene,
  pointing: Pointing<LensCell>,
  columnCount: number,
  label: string | undefined,
): TemplateResult {
  const { rows, grid, selection } = scene;
  const { mode, columns, column, rowLabels } = scene.layout;
  const box = `--columns: ${columns}; --column: ${column}px; --labels: ${rowLabels}px; --row: ${rowHeight}px`;
  return html`<div
      class="grid ${mode} ${selection.locked ? 'locked' : ''}"
      part="cells"
      role="grid"
      tabindex="0"
      .style=${box}
      aria-label=${label ?? lensStrings.lensLabel}
      aria-describedby="hint"
      aria-rowcount=${rows.length}
      aria-colcount=${columnCount}
      aria-activedescendant=${activeId(scene)}
      @focus=${grid.onFocus}
      @blur=${grid.onBlur}
      @keydown=${grid.onKeydown}
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${pointing.onDown}
      @click=${pointing.onClick}
    >
      ${rows.map((point, row) => rowTemplate(scene, point, row))}
    </div>
    ${mode === 'grid' ? promptTemplate(scene) : nothing}
    <p id="hint" class="visually-hidden">${mode === 'grid' ? lensStrings.lensGridHint : lensStrings.lensPositionHint}</p>`;
}

/** The active cell's id, where the window shows it. */
function activeId({ grid, layout, first }: LensScene): string | typeof nothing {
  const { row, column } = grid.active;
  const shown = layout.mode === 'position' || (column >= first && column < first + layout.columns);
  return shown ? `c${row}-${column}` : nothing;
}

function rowTemplate(scene: LensScene, point: number, row: number): TemplateResult {
  const { figure, layout, chosen } = scene;
  return html`<div class="row" role="row" aria-rowindex=${row + 1}>
    <div class="point ${point === chosen.point ? 'chosen' : ''}" role="rowheader">${shortLabel(figure.labels[point]!)}</div>
    ${Array.from({ length: layout.columns }, (_, column) => cellTemplate(scene, point, row, column))}
  </div>`;
}

/** The prompt's tokens under their columns: the lens says what follows each of them. */
function promptTemplate({ figure, layout, first, chosen }: LensScene): TemplateResult {
  const shown = figure.tokens.slice(first, first + layout.columns);
  return html`<div
    class="positions"
    part="axis"
    aria-hidden="true"
    .style=${`--column: ${layout.column}px; --labels: ${layout.rowLabels}px`}
  >
    <span class="point">${strings.prompt.toLowerCase()}</span>
    ${shown.map((token) => html`<span class="input ${token.position === chosen.position ? 'chosen' : ''}">${tokenTemplate(token)}</span>`)}
  </div>`;
}
