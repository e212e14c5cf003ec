// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { GridPlace } from '../shared/grid-controller.js';
import type { Pointing } from '../shared/pointing.js';
import type { DisplayToken } from '../shared/token-display.js';
import { tokenTemplate } from '../shared/token-view.js';
import { patchingSentence, rowIndex, type PatchingScene } from './scene.js';
import { patchingStrings as words } from './strings.js';

/** The grid with its labels, as one stop of the Tab key. */
export function cellsTemplate(
  scene: PatchingScene,
  pointing: Pointing<GridPlace>,
  drag: { onDown(event: PointerEvent): void; onUp(event: PointerEvent): void },
  label: string | undefined,
): TemplateResult {
  const { figure, layout, rows, columns, grid } = scene;
  const { rowLabels, columnLabels, cellWidth, cellHeight } = layout;
  const box = `--labels: ${rowLabels}px; --top: ${columnLabels}px; --across: ${cellWidth}px; --down: ${cellHeight}px; --columns: ${columns}; --rows: ${rows}`;
  return html`<div class="sweep" .style=${box}>
    <div class="axis keys" part="axis" aria-hidden="true">${columnLabelsTemplate(scene)}</div>
    <div class="axis layers" part="axis" aria-hidden="true">${rowLabelsTemplate(scene)}</div>
    <div
      class="cells"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.patchingLabel(figure.site)}
      aria-describedby="hint"
      aria-rowcount=${rows}
      aria-colcount=${columns}
      aria-activedescendant=${`p${grid.active.column}`}
      @focus=${grid.onFocus}
      @blur=${grid.onBlur}
      @keydown=${grid.onKeydown}
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${(event: PointerEvent) => {
        pointing.onDown(event);
        drag.onDown(event);
      }}
      @pointerup=${drag.onUp}
      @click=${pointing.onClick}
    >
      <canvas class="large" part="cells" aria-hidden="true"></canvas>
      ${activeRow(scene)} ${overlay(scene)}
    </div>
    <p id="hint" class="visually-hidden">${words.patchingHint}</p>
  </div>`;
}

/** The cells of the active row only: names for assistive technology. */
function activeRow(scene: PatchingScene): TemplateResult {
  const { row } = scene.grid.active;
  return html`<div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
    ${Array.from({ length: scene.columns }, (_, column) => {
      const selected = scene.locked && scene.pointed?.row === row && scene.pointed.column === column;
      return html`<span id=${`p${column}`} role="gridcell" aria-colindex=${column + 1} aria-selected=${selected}
        >${patchingSentence(scene, { row, column })}</span
      >`;
    })}
  </div>`;
}

function overlay({ pointed, locked, moving, grid, rows, columns, slice }: PatchingScene): TemplateResult {
  const box = (name: string, { row, column }: GridPlace, high = 1, wide = 1) =>
    html`<div class=${name} .style=${`--row: ${row}; --column: ${column}; --high: ${high}; --wide: ${wide}`}></div>`;
  // What a state can still reach: later layers, and later or equal positions.
  const cone =
    moving && pointed && slice.row === 'layer'
      ? box('box cone', { row: 0, column: pointed.column }, Math.min(rows, pointed.row + 1), columns - pointed.column)
      : nothing;
  return html`${cone} ${moving ? box('box moving', moving) : nothing}
  ${pointed ? box(`box ring ${locked ? 'locked' : ''}`, pointed) : nothing} ${grid.focused ? box('box focus', grid.active) : nothing}`;
}

function rowLabelsTemplate({ figure, slice, rows, layout, pointed }: PatchingScene): TemplateResult[] {
  const every = Math.max(1, Math.ceil(14 / layout.cellHeight));
  return Array.from({ length: rows }, (_, row) => {
    const name = figure.coordinates[slice.row]![rowIndex(figure, slice, row)]!;
    const shown = row === pointed?.row || (rows - 1 - row) % every === 0;
    return html`<div class="row-label ${row === pointed?.row ? 'chosen' : ''}">${shown ? name : nothing}</div>`;
  });
}

function columnLabelsTemplate(scene: PatchingScene): unknown[] {
  const { figure, slice, columns, layout, pointed } = scene;
  const every = layout.allLabels ? 1 : Math.ceil(26 / layout.cellWidth);
  return Array.from({ length: columns }, (_, column) => {
    const chosen = column === pointed?.column;
    if (!chosen && column % every !== 0) return nothing;
    const name = figure.coordinates[slice.column]![column]!;
    if (slice.column === 'head') return html`<div class="number ${chosen ? 'chosen' : ''}" .style=${`--column: ${column}`}>${name}</div>`;
    const position = Number(name);
    const [token, other] = [figure.tokens[position], figure.source?.tokens[position]];
    return html`<div class="label ${chosen ? 'chosen' : ''} ${differ(token, other) ? 'differs' : ''}" .style=${`--column: ${column}`}>
      <span>${token ? tokenTemplate(token) : name}</span>
    </div>`;
  });
}

function differ(token: DisplayToken | undefined, other: DisplayToken | undefined): boolean {
  return token !== undefined && other !== undefined && token.text !== other.text;
}

/** The two prompts, tokens that differ marked. */
export function stripsTemplate({ figure, pointed, slice }: PatchingScene): TemplateResult | typeof nothing {
  const { source } = figure;
  if (figure.tokens.length === 0) return nothing;
  const at = pointed && slice.column !== 'head' ? Number(figure.coordinates[slice.column]![pointed.column]) : undefined;
  const strip = (name: string, tokens: readonly DisplayToken[], others: readonly DisplayToken[] | undefined): TemplateResult =>
    html`<div class="strip">
      <span class="strip-name">${name}</span>
      <span
        >${tokens.map((token, index) => {
          const marks = [index === at ? 'chosen' : '', others && differ(token, others[index]) ? 'differs' : ''].join(' ');
          return html`<span class=${marks}>${tokenTemplate(token)}</span>`;
        })}</span
      >
    </div>`;
  return html`<div class="strips" part="strips">
    ${source ? strip(words.cleanStrip, source.tokens, figure.tokens) : nothing}
    ${strip(source ? words.corruptedStrip : '', figure.tokens, source?.tokens)}
  </div>`;
}
