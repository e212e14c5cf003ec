// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { tokenTemplate } from '../shared/token-view.js';
import { cellEdge, type AttentionScene } from './scene.js';

/** Least distance of two numbers on an axis, and of a number from the chosen token, CSS pixels. */
const tickDistance = 22;
const clearOfChosen = 14;

/** The labels of one axis: all tokens, or where they have no room, some positions and the chosen token. */
export function axisLabels(scene: AttentionScene, chosen: number | undefined): unknown {
  const { tokens } = scene.figure;
  if (scene.layout.allLabels) {
    return tokens.map(
      (token) =>
        html`<span class="label ${token.position === chosen ? 'chosen' : ''}" .style=${`--at: ${token.position}`}
          ><span>${tokenTemplate(token)}</span></span
        >`,
    );
  }
  return html`${ticks(scene, chosen).map((tick) => html`<span class="label tick" .style=${`--at: ${tick}`}><span>${tick}</span></span>`)}
  ${
    chosen === undefined
      ? nothing
      : html`<span class="label tick chosen" .style=${`--at: ${chosen}`}><span>${tokenTemplate(tokens[chosen]!)}</span></span>`
  }`;
}

function ticks(scene: AttentionScene, chosen: number | undefined): number[] {
  const edge = cellEdge(scene);
  const every = [5, 10, 20, 50, 100, 200, 500].find((count) => count * edge >= tickDistance) ?? 1000;
  return Array.from({ length: Math.ceil(scene.figure.tokens.length / every) }, (_, index) => index * every).filter(
    (tick) => chosen === undefined || Math.abs(tick - chosen) * edge > clearOfChosen,
  );
}
