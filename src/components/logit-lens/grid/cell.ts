// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cssColour, inkOn, rampIndex, rampRgb } from '../../shared/colour.js';
import { formatPercent } from '../../shared/format.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { candidates } from '../lens-data.js';
import type { Encoding, LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';

/** One token of the grid on its colour; nothing where a cell has fewer candidates than columns. */
export function cellTemplate(
  scene: LensScene,
  encoding: Encoding,
  point: number,
  row: number,
  column: number,
): TemplateResult | typeof nothing {
  const { figure, layout, first, chosen, grid } = scene;
  const inGrid = layout.mode === 'grid';
  const position = inGrid ? first + column : chosen.position;
  const rank = inGrid ? 0 : column;
  const candidate = candidates(figure, point, position, rank + 1)[rank];
  if (!candidate) return nothing;
  const percent = formatPercent(candidate.probability);
  // Candidates side by side always show their own probability.
  const amount = inGrid ? encoding.amount(point, position) : candidate.probability;
  const background = rampRgb(inGrid ? encoding.ramp : scene.theme.sequential, rampIndex(amount ?? 0));
  const here = point === chosen.point && (inGrid ? position === chosen.position : rank === chosen.rank);
  const logicalColumn = inGrid ? position : rank;
  const active = grid.focused && grid.active.row === row && grid.active.column === logicalColumn;
  const settled = rank === 0 && isSettledRow(scene, row, position);
  const classes = `cell${here ? ' here' : ''}${amount === undefined ? ' unknown' : ''}`;
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
    }${settled ? html`<span class="settled"></span>` : nothing}
  </div>`;
}

/** The lowest row that is drawn of those from which on the likeliest token stays. */
function isSettledRow({ figure, rows }: LensScene, row: number, position: number): boolean {
  const settled = figure.settled[position]!;
  return rows[row]! >= settled && (rows[row + 1] ?? -1) < settled;
}
