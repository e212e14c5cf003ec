// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { formatWeight } from '../shared/format.js';
import type { GridPlace } from '../shared/grid-controller.js';
import type { Pointing } from '../shared/pointing.js';
import { headName, weightAt } from './attention-data.js';
import { axisLabels } from './axis.js';
import { overhang } from './layout.js';
import { overlayTemplate } from './overlay.js';
import { cellEdge, largeGrid, seenKeys, type AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

/**
 * The large head: a canvas with labels on both axes, as one grid for keyboard and assistive technology.
 *
 * @param label - the author's name of the figure
 */
export function matrixTemplate(scene: AttentionScene, pointing: Pointing<GridPlace>, label: string | undefined): TemplateResult {
  const { figure, layer, head, selection, grid } = scene;
  const { fit, rowLabels, columnLabels, edge } = scene.layout;
  const box = `--labels: ${rowLabels}px; --top: ${columnLabels}px; --edge: ${edge}px; --size: ${fit.size}px; --step: ${cellEdge(scene)}px; --over: ${overhang(columnLabels)}px`;
  return html`<div class="matrix" .style=${box}>
    <div class="axis keys" part="axis" aria-hidden="true">${axisLabels(scene, selection.key)}</div>
    <div class="axis queries" part="axis" aria-hidden="true">${axisLabels(scene, selection.query)}</div>
    <div
      class="cells"
      role="grid"
      tabindex="0"
      aria-label=${label ?? attentionStrings.attentionLabel(figure.layers[layer]!, headName(figure, layer, head))}
      aria-describedby="hint"
      aria-rowcount=${figure.tokens.length}
      aria-colcount=${figure.tokens.length}
      aria-activedescendant=${`c${grid.active.column}`}
      @focus=${grid.onFocus}
      @blur=${grid.onBlur}
      @keydown=${grid.onKeydown}
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${pointing.onDown}
      @click=${pointing.onClick}
    >
      <canvas class="large" part="cells" aria-hidden="true"></canvas>
      ${guard(rowDependencies(scene), () => activeRow(scene))} ${overlayTemplate(scene)}
    </div>
    <p id="hint" class="visually-hidden">${attentionStrings.attentionGridHint(figure.causal)}</p>
  </div>`;
}

/** The cells of the active row only: names for assistive technology. */
function activeRow(scene: AttentionScene): TemplateResult {
  const { figure, selection } = scene;
  const { row } = scene.grid.active;
  const query = figure.tokens[row];
  if (!query) return html``;
  const weights = largeGrid(scene);
  return html`<div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
    ${Array.from({ length: seenKeys(figure, row) }, (_, key) => {
      const weight = formatWeight(weightAt(weights, row, key)!);
      const name = attentionStrings.attentionCell(query.spoken, row, figure.tokens[key]!.spoken, key, weight);
      const selected = selection.locked && selection.query === row && selection.key === key;
      return html`<span id=${`c${key}`} role="gridcell" aria-colindex=${key + 1} aria-selected=${selected}>${name}</span>`;
    })}
  </div>`;
}

/** What the active row is made of: pointing elsewhere does not make it again. */
function rowDependencies({ version, layer, head, grid, selection: { query, key, locked } }: AttentionScene): unknown[] {
  const { row } = grid.active;
  return [version, layer, head, row, locked && query === row ? key : undefined];
}
