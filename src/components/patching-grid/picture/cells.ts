// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { tokenTemplate } from '../../shared/token-view.js';
import { patchingSentence } from './phrases.js';
import { overlayTemplate } from './overlay.js';
import { rowName, rowToken, type PatchingScene } from './scene.js';
import { alongTokens, stripsOf } from '../strip-names.js';
import { namesTemplate, stripTemplate } from './strips.js';
import { pictureStrings as words } from './strings.js';

/** What the grid listens to. */
export interface GridListeners {
  onMove(event: PointerEvent): void;
  onLeave(event: PointerEvent): void;
  onDown(event: PointerEvent): void;
  onUp(event: PointerEvent): void;
  onCancel(): void;
  onClick(event: MouseEvent): void;
  onKeydown(event: KeyboardEvent): void;
}

/** The grid between its labels, as one stop of the Tab key. */
export function cellsTemplate(scene: PatchingScene, on: GridListeners, label: string | undefined): TemplateResult {
  const { figure, layout, view, grid, movable, moving } = scene;
  const { gutter, across, down, top, height } = layout;
  const strips = alongTokens(scene) ? stripsOf(figure) : [];
  const [rows, columns] = [view.rows.length, view.columns.length];
  const box = `--gutter: ${gutter}px; --top: ${top}px; --across: ${across}px; --down: ${down}px; --columns: ${columns}; --rows: ${rows}; --height: ${height}px; --bottom: ${layout.bottom}px`;
  return html`<div class="sweep" .style=${box}>
    ${strips[0] ? stripTemplate(scene, strips[0], 'top') : namesTemplate(scene, view.across === 'head' ? words.headWord : '')}
    <div class="rows" part="axis" aria-hidden="true">${rowLabels(scene)}</div>
    <div
      class="cells ${moving ? 'carrying' : ''} ${movable ? 'movable' : ''}"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.patchingLabel(figure.site || figure.metric)}
      aria-describedby="hint"
      aria-rowcount=${rows}
      aria-colcount=${columns}
      aria-activedescendant=${`p${grid.active.column}`}
      @focus=${grid.onFocus}
      @blur=${grid.onBlur}
      @keydown=${on.onKeydown}
      @pointermove=${on.onMove}
      @pointerleave=${on.onLeave}
      @pointerdown=${on.onDown}
      @pointerup=${on.onUp}
      @pointercancel=${on.onCancel}
      @click=${on.onClick}
    >
      <canvas part="cells" aria-hidden="true"></canvas>
      ${activeRow(scene)} ${overlayTemplate(scene)}
    </div>
    ${strips[1] ? stripTemplate(scene, strips[1], 'bottom') : nothing}
    <p id="hint" class="visually-hidden">${words.patchingHint} ${movable ? words.patchingHintMove : nothing}</p>
  </div>`;
}

/** The cells of the active row only: names for assistive technology. */
function activeRow(scene: PatchingScene): TemplateResult {
  const { grid, view, locked, pointed } = scene;
  const { row } = grid.active;
  return html`<div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
    ${view.columns.map((_, column) => {
      const selected = locked && pointed.row === row && pointed.column === column;
      return html`<span id=${`p${column}`} role="gridcell" aria-colindex=${column + 1} aria-selected=${selected}
        >${patchingSentence(scene, { row, column })}</span
      >`;
    })}
  </div>`;
}

/** Least height of a name. */
const nameHeight = 13;

/** The names of the rows that have room, the one that is pointed at always. */
function rowLabels(scene: PatchingScene): unknown {
  const { view, layout, pointed } = scene;
  const grouped = view.down.length > 1;
  let last = -Infinity;
  return view.rows.map((row, index) => {
    const chosen = index === pointed.row;
    // Of heads below each other the first of a layer has its name, so that layers can be told apart.
    const due = layout.down >= nameHeight ? true : grouped ? row['head'] === 0 : (index - last) * layout.down >= nameHeight;
    const besideChosen = pointed.row !== undefined && !chosen && Math.abs(index - pointed.row) * layout.down < nameHeight;
    if (!chosen && (!due || besideChosen)) return nothing;
    last = index;
    const word =
      index === 0 && view.down[0] === 'layer' && !grouped ? words.layerWord : index === 0 && view.down[0] === 'head' ? words.headWord : '';
    const token = rowToken(scene, row);
    return html`<span class="row-label ${chosen ? 'chosen' : ''}" .style=${`--row: ${index}`}
      ><span>${word ? html`<span class="word">${word} </span>` : nothing}${token ? tokenTemplate(token) : rowName(scene, row)}</span></span
    >`;
  });
}
