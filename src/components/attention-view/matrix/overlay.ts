// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { GridController } from '../../shared/grid-controller.js';
import { seenKeys } from '../attention-data.js';
import type { AttentionScene } from '../scene.js';

/**
 * Bands and a ring over the cells, which are never painted again for a selection.
 *
 * @param edge - of a cell, CSS pixels
 */
export function overlayTemplate(scene: AttentionScene, keyboard: GridController, edge: number): TemplateResult {
  const { figure, selection } = scene;
  const { active, focused } = keyboard;
  const { query, key } = selection;
  const state = selection.locked ? 'locked' : '';
  const both = query !== undefined && key !== undefined;
  const first = figure.causal ? (key ?? 0) : 0;
  return html`${
    query === undefined
      ? nothing
      : html`<div class="band ${state}" .style=${box(0, query * edge, seenKeys(figure, query) * edge, edge)}></div>`
  }
  ${
    key === undefined
      ? nothing
      : html`<div
          class="band ${both ? 'faint' : state}"
          .style=${box(key * edge, first * edge, edge, (figure.tokens.length - first) * edge)}
        ></div>`
  }
  ${both ? html`<div class="ring ${state}" .style=${box(key * edge, query * edge, edge, edge)}></div>` : nothing}
  ${focused ? html`<div class="focus" .style=${box(active.column * edge, active.row * edge, edge, edge)}></div>` : nothing}`;
}

/** Hatches over what a pair of segments leaves out. */
export function leftOutTemplate({ figure, pair }: AttentionScene, edge: number): unknown {
  if (!pair) return nothing;
  const [rows, columns] = [figure.tokens.length, figure.keyTokens.length];
  const { from, to } = pair;
  const boxes = [
    box(0, 0, columns * edge, from.start * edge),
    box(0, from.end * edge, columns * edge, (rows - from.end) * edge),
    box(0, from.start * edge, to.start * edge, (from.end - from.start) * edge),
    box(to.end * edge, from.start * edge, (columns - to.end) * edge, (from.end - from.start) * edge),
  ];
  return boxes.map((style) => html`<div class="left-out" .style=${style}></div>`);
}

function box(x: number, y: number, width: number, height: number): string {
  return `transform: translate(${x}px, ${y}px); inline-size: ${width}px; block-size: ${height}px`;
}
