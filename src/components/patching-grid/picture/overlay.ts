// SPDX-License-Identifier: MIT
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { GridPlace } from '../../shared/grid-controller.js';
import { coordinatesOf } from './places.js';
import type { PatchingScene } from './scene.js';

/** What lies over the cells: what is pointed at, the focus, and a state on its way. Cells are never painted again for these. */
export function overlayTemplate(scene: PatchingScene): TemplateResult {
  const { pointed, locked, moving, moved, grid, view } = scene;
  const { row, column } = pointed;
  const state = locked ? 'locked' : '';
  const path = moving ?? moved;
  return html`${moving ? coneTemplate(scene, moving.to) : nothing}
  ${row !== undefined && column === undefined ? box(`band ${state}`, { row, column: 0 }, 1, view.columns.length) : nothing}
  ${column !== undefined && row === undefined ? box(`band ${state}`, { row: 0, column }, view.rows.length, 1) : nothing}
  ${path ? box('taken', path.from) : nothing} ${path ? arrowTemplate(scene, path) : nothing}
  ${row !== undefined && column !== undefined ? box(`ring ${moving ? 'locked' : state}`, { row, column }) : nothing}
  ${grid.focused ? box('focus', grid.active) : nothing}`;
}

function box(name: string, { row, column }: GridPlace, high = 1, wide = 1): TemplateResult {
  return html`<div class="box ${name}" .style=${`--row: ${row}; --column: ${column}; --high: ${high}; --wide: ${wide}`}></div>`;
}

/** What a state put at `to` can still reach: itself, and in later layers its position and those after it. */
function coneTemplate({ figure, view }: PatchingScene, to: GridPlace): TemplateResult | typeof nothing {
  const { layer } = coordinatesOf(figure, view, to);
  if (!view.down.includes('layer')) return nothing;
  const later = view.rows.filter((row) => Number(figure.coordinates['layer']![row['layer']!]) > Number(layer)).length;
  const from = figure.causal && view.across !== 'head' ? to.column : 0;
  return html`${later > 0 ? box('cone', { row: 0, column: from }, later, view.columns.length - from) : nothing}${box('cone', to)}`;
}

/** From where the state is taken to where it goes. */
function arrowTemplate({ layout, view }: PatchingScene, { from, to }: { from: GridPlace; to: GridPlace }): TemplateResult | typeof nothing {
  if (from.row === to.row && from.column === to.column) return nothing;
  const middle = ({ row, column }: GridPlace): [number, number] => [(column + 0.5) * layout.across, (row + 0.5) * layout.down];
  const [[x1, y1], [x2, y2]] = [middle(from), middle(to)];
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const [width, height] = [layout.across * view.columns.length, layout.down * view.rows.length];
  return html`<svg class="arrow" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} aria-hidden="true">
    ${svg`<g fill="none" stroke-width="1.5" stroke-linecap="round">
      <line x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>
      <path d="M-6 -3.5L0 0L-6 3.5" transform=${`translate(${x2} ${y2}) rotate(${angle})`}></path>
    </g>`}
  </svg>`;
}
