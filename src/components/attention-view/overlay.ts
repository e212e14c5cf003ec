// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cellEdge, seenKeys, type AttentionScene } from './scene.js';

/** Bands and a ring over the cells, which are never painted again for a selection. */
export function overlayTemplate(scene: AttentionScene): TemplateResult {
  const { figure, selection } = scene;
  const { active, focused } = scene.grid;
  const { query, key } = selection;
  const edge = cellEdge(scene);
  const state = selection.locked ? 'locked' : '';
  return html`${
    query === undefined
      ? nothing
      : html`<div class="band ${state}" .style=${box(0, query * edge, seenKeys(figure, query) * edge, edge)}></div>`
  }
  ${key === undefined || query === undefined ? nothing : keyTemplate(scene, query, key, state)}
  ${focused ? html`<div class="focus" .style=${box(active.column * edge, active.row * edge, edge, edge)}></div>` : nothing}`;
}

function keyTemplate(scene: AttentionScene, query: number, key: number, state: string): TemplateResult {
  const { figure } = scene;
  const edge = cellEdge(scene);
  const first = figure.causal ? key : 0;
  return html`<div class="band faint" .style=${box(key * edge, first * edge, edge, (figure.tokens.length - first) * edge)}></div>
    <div class="ring ${state}" .style=${box(key * edge, query * edge, edge, edge)}></div>`;
}

function box(x: number, y: number, width: number, height: number): string {
  return `transform: translate(${x}px, ${y}px); inline-size: ${width}px; block-size: ${height}px`;
}
