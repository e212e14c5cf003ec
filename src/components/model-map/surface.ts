// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import type { Pointing } from '../shared/pointing.js';
import { drawingTemplate } from './drawing.js';
import type { MapPlace } from './map-data.js';
import { samePlace } from './rows.js';
import type { MapScene } from './scene.js';
import { placeSentence } from './sentences.js';
import { mapStrings } from './strings.js';

/**
 * The drawing as one grid for keyboard and assistive technology: a row for each step along the stream, a cell for each head.
 *
 * @param label - the author's name of the figure
 */
export function surfaceTemplate(
  scene: MapScene,
  open: ReadonlySet<number>,
  pointing: Pointing<MapPlace>,
  label: string | undefined,
): TemplateResult {
  const { map, rows, grid, chosen, locked } = scene;
  const { row, column } = grid.active;
  return html`<div
      class="model"
      role="grid"
      tabindex="0"
      aria-label=${label ?? mapStrings.mapLabel(map.source)}
      aria-describedby="hint"
      aria-rowcount=${rows.length}
      aria-activedescendant=${`c${column}`}
      ${answers(grid, pointing)}
    >
      ${drawingTemplate(scene)}
      <div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
        ${(rows[row] ?? []).map(
          (place, at) =>
            html`<span id=${`c${at}`} role="gridcell" aria-colindex=${at + 1} aria-selected=${locked && samePlace(chosen, place)}
              >${placeSentenceWhere(map, open, place)}</span
            >`,
        )}
      </div>
    </div>
    <p id="hint" class="visually-hidden">${mapStrings.mapHint}</p>`;
}

/** The sentence on a place; of a block that is not open, that a press opens it. */
export function placeSentenceWhere(map: MapScene['map'], open: ReadonlySet<number>, place: MapPlace): string {
  const { layer } = place.part;
  const sentence = placeSentence(map, place);
  return layer === undefined || open.has(layer) ? sentence : `${sentence}; ${mapStrings.mapOpens}`;
}
