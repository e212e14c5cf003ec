// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cssColour, inkOn, rampIndex, rampRgb } from '../shared/colour.js';
import { formatPercent } from '../shared/format.js';
import { tokenTemplate } from '../shared/token-view.js';
import { candidates, cellIndex } from './lens-data.js';
import type { LensCell, LensScene } from './scene.js';
import { lensStrings } from './strings.js';

/** One token of the grid on its colour; nothing where a cell has fewer candidates than columns. */
export function cellTemplate(scene: LensScene, point: number, row: number, column: number): TemplateResult | typeof nothing {
  const { figure, layout, first, chosen, grid } = scene;
  const inGrid = layout.mode === 'grid';
  const position = inGrid ? first + column : chosen.position;
  const rank = inGrid ? 0 : column;
  const candidate = candidates(figure, point, position, rank + 1)[rank];
  if (!candidate) return nothing;
  const percent = formatPercent(candidate.probability);
  const background = rampRgb(scene.theme.sequential, rampIndex(amount(scene, { point, position, rank }, candidate.probability)));
  const here = point === chosen.point && (inGrid ? position === chosen.position : rank === chosen.rank);
  const logicalColumn = inGrid ? position : rank;
  const active = grid.focused && grid.active.row === row && grid.active.column === logicalColumn;
  const classes = ['cell', here ? 'here' : '', inGrid && position === chosen.position ? 'column' : ''].join(' ');
  const name = lensStrings.lensCell(figure.labels[point]!, figure.tokens[position]!.spoken, candidate.token.spoken, percent);
  return html`<div
    id=${`c${row}-${logicalColumn}`}
    class=${classes}
    part="cell"
    role="gridcell"
    aria-colindex=${logicalColumn + 1}
    aria-selected=${here && scene.selection.locked}
    data-row=${row}
    data-column=${logicalColumn}
    data-focus=${active ? '' : nothing}
    .style=${`background-color: ${cssColour(background)}; color: ${inkOn(background)}`}
  >
    <span class="visually-hidden">${name}</span><span class="text" aria-hidden="true">${tokenTemplate(candidate.token)}</span>${
      inGrid ? nothing : html`<span class="percent">${percent}</span>`
    }
  </div>`;
}

/** What the colour stands for, 0 to 1. Candidates side by side always show their own probability. */
function amount({ figure, layout, colour }: LensScene, { point, position }: LensCell, probability: number): number {
  if (colour !== 'target' || !figure.target || layout.mode === 'position') return probability;
  return figure.target.probability[cellIndex(figure, point, position)]!;
}
