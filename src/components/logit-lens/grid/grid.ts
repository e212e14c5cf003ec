// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../../shared/answers.js';
import type { Pointing } from '../../shared/pointing.js';
import { strings } from '../../shared/strings.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { cellTemplate } from './cell.js';
import { promptHeight, rowHeight } from '../layout.js';
import { isLinkedRow } from '../place.js';
import { shortLabel, type Encoding, type LensCell, type LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';

/**
 * The tokens of all layers, as one grid for keyboard and assistive technology; its last row is the prompt.
 *
 * @param columnCount - columns that the keys can visit, in view or not
 * @param label - the author's name of the figure
 */
export function gridTemplate(
  scene: LensScene,
  encoding: Encoding,
  pointing: Pointing<LensCell>,
  columnCount: number,
  label: string | undefined,
): TemplateResult {
  const { rows, grid, selection } = scene;
  const inGrid = scene.layout.mode === 'grid';
  const { mode, columns, column, rowLabels } = scene.layout;
  const box = `--columns: ${columns}; --column: ${column}px; --labels: ${rowLabels}px; --row: ${rowHeight}px; --prompt: ${promptHeight}px`;
  return html`<div
      class="grid ${mode} ${selection.locked ? 'locked' : ''}"
      part="cells"
      role="grid"
      tabindex="0"
      .style=${box}
      aria-label=${label ?? lensStrings.lensLabel}
      aria-describedby="hint"
      aria-rowcount=${rows.length + Number(inGrid)}
      aria-colcount=${columnCount}
      aria-activedescendant=${activeId(scene)}
      ${answers(grid, pointing)}
    >
      ${rows.map((point, row) => rowTemplate(scene, encoding, point, row))} ${inGrid ? promptTemplate(scene) : nothing}
    </div>
    <p id="hint" class="visually-hidden">${inGrid ? lensStrings.lensGridHint : lensStrings.lensPositionHint}</p>`;
}

/** The active cell's id, where the window shows it. */
function activeId({ grid, layout, first }: LensScene): string | typeof nothing {
  const { row, column } = grid.active;
  const shown = layout.mode === 'position' || (column >= first && column < first + layout.columns);
  return shown ? `c${row}-${column}` : nothing;
}

function rowTemplate(scene: LensScene, encoding: Encoding, point: number, row: number): TemplateResult {
  const { figure, layout, chosen, selection } = scene;
  const label = figure.labels[point]!;
  const linked = isLinkedRow(label, selection);
  const classes = `point ${point === chosen.point ? 'chosen' : ''} ${linked ? 'linked' : ''}`;
  return html`<div class="row" role="row" aria-rowindex=${row + 1} aria-selected=${linked ? selection.locked : nothing}>
    <div class=${classes} role="rowheader">${shortLabel(label)}</div>
    ${Array.from({ length: layout.columns }, (_, column) => cellTemplate(scene, encoding, point, row, column))}
  </div>`;
}

/** Lines of the positions that are compared, in order: as they are drawn under the position and, by the same number, in the curves. */
const borderStyles = ['solid', 'dashed', 'dotted', 'double'];

/** The prompt's tokens under their columns: the lens says what follows each of them. One that is pressed is compared with others. */
function promptTemplate({ figure, layout, rows, first, chosen, compared, grid }: LensScene): TemplateResult {
  const row = rows.length;
  const shown = figure.tokens.slice(first, first + layout.columns);
  return html`<div class="positions" part="axis" role="row" aria-rowindex=${row + 1}>
    <span class="point" aria-hidden="true">${strings.prompt.toLowerCase()}</span>
    ${shown.map((token) => {
      const { position } = token;
      const place = compared.indexOf(position);
      const active = grid.focused && grid.active.row === row && grid.active.column === position;
      return html`<span
        id=${`c${row}-${position}`}
        class="input ${position === chosen.position ? 'chosen' : ''}"
        role="columnheader"
        aria-colindex=${position + 1}
        aria-selected=${place >= 0}
        data-row=${row}
        data-column=${position}
        data-focus=${active ? '' : nothing}
        ><span class="visually-hidden">${lensStrings.position(position)}, ${token.spoken}</span
        ><span
          class="text"
          aria-hidden="true"
          .style=${place < 0 ? '' : `border-block-end: 2px ${borderStyles[place % borderStyles.length]}`}
          >${tokenTemplate(token)}</span
        ></span
      >`;
    })}
  </div>`;
}
