// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { answers } from '../../shared/answers.js';
import { formatWeight } from '../../shared/format.js';
import type { GridController, GridPlace } from '../../shared/grid-controller.js';
import type { Pointing } from '../../shared/pointing.js';
import { seenKeys, weightAt } from '../attention-data.js';
import { overhang, type AttentionLayout } from '../layout.js';
import type { AttentionScene } from '../scene.js';
import { viewStrings } from '../view-strings.js';
import { axisLabels } from './axis.js';
import { leftOutTemplate, overlayTemplate } from './overlay.js';

/** The large matrix: a canvas with labels on both axes, as one grid for keyboard and assistive technology. */
export function matrixTemplate(
  scene: AttentionScene,
  layout: AttentionLayout,
  keyboard: GridController,
  pointing: Pointing<GridPlace>,
): TemplateResult {
  const { figure, selection, title, label, axisLabels: labelled } = scene;
  const { fit, rowLabels, columnLabels, edge, allLabels } = layout;
  const { tokens, keyTokens } = figure;
  const step = fit.size / Math.max(tokens.length, keyTokens.length);
  const box = `--labels: ${rowLabels}px; --top: ${columnLabels}px; --edge: ${edge}px; --step: ${step}px; --width: ${step * keyTokens.length}px; --height: ${step * tokens.length}px; --over: ${overhang(columnLabels)}px`;
  return html`<div class="matrix" .style=${box}>
    <div class="axis keys" part="axis" aria-hidden="true">${labelled ? axisLabels(keyTokens, selection.key, step, allLabels) : ''}</div>
    <div class="axis queries" part="axis" aria-hidden="true">${labelled ? axisLabels(tokens, selection.query, step, allLabels) : ''}</div>
    <div
      class="cells"
      role="grid"
      tabindex="0"
      aria-label=${label ?? viewStrings.attentionLabel(title)}
      aria-describedby="hint"
      aria-rowcount=${tokens.length}
      aria-colcount=${keyTokens.length}
      aria-activedescendant=${`c${keyboard.active.column}`}
      ${answers(keyboard, pointing)}
    >
      <canvas class="large" part="cells" aria-hidden="true"></canvas>
      ${leftOutTemplate(scene, step)} ${guard(rowDependencies(scene, keyboard), () => activeRow(scene, keyboard))}
      ${overlayTemplate(scene, keyboard, step)}
    </div>
    <p id="hint" class="visually-hidden">${viewStrings.attentionGridHint(figure.causal)}</p>
  </div>`;
}

/** The cells of the active row only: names for assistive technology. */
function activeRow({ figure, grid, selection }: AttentionScene, keyboard: GridController): TemplateResult {
  const { row } = keyboard.active;
  const query = figure.tokens[row];
  if (!query) return html``;
  return html`<div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
    ${Array.from({ length: seenKeys(figure, row) }, (_, key) => {
      const weight = weightAt(grid, row, key);
      const said = weight === undefined ? viewStrings.leftOutCell : formatWeight(weight);
      const name = viewStrings.attentionCell(query.spoken, row, figure.keyTokens[key]!.spoken, key, said);
      const selected = selection.locked && selection.query === row && selection.key === key;
      return html`<span id=${`c${key}`} role="gridcell" aria-colindex=${key + 1} aria-selected=${selected}>${name}</span>`;
    })}
  </div>`;
}

/** What the active row is made of: pointing elsewhere does not make it again. */
function rowDependencies({ grid, selection: { query, key, locked } }: AttentionScene, { active: { row } }: GridController): unknown[] {
  return [grid, row, locked && query === row ? key : undefined];
}
