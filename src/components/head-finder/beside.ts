// SPDX-License-Identifier: MIT
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Pointing } from '../shared/pointing.js';
import type { RankedHead } from './heads-data.js';
import { besideEdge, mapHeight } from './layout.js';
import { nameOf, type HeadsScene } from './scene.js';
import { headFinderStrings as words } from './strings.js';

/** The score of every head as a map, and the pattern of the chosen head. */
export function besideTemplate(scene: HeadsScene, pointing: Pointing<RankedHead>): TemplateResult {
  const { figure, chosen } = scene;
  const edge = besideEdge(scene);
  const height = mapHeight(figure, edge);
  const [cellWidth, cellHeight] = [edge / figure.headCount, height / figure.layerCount];
  const ring = `inline-size: ${cellWidth}px; block-size: ${cellHeight}px; transform: translate(${chosen.head * cellWidth}px, ${(figure.layerCount - 1 - chosen.layer) * cellHeight}px)`;
  return html`<div class="beside">
    <div>
      <div
        class="map"
        part="map"
        .style=${`inline-size: ${edge}px; block-size: ${height}px`}
        aria-hidden="true"
        @pointermove=${pointing.onMove}
        @pointerleave=${pointing.onLeave}
        @pointerdown=${pointing.onDown}
        @click=${pointing.onClick}
      >
        <canvas class="scores" .style=${`inline-size: ${edge}px; block-size: ${height}px`}></canvas>
        <div class="ring" .style=${ring}></div>
      </div>
      <div class="small">${words.headMap}</div>
    </div>
    <div>${patternTemplate(scene, edge)}</div>
  </div>`;
}

function patternTemplate({ figure, kind, chosen }: HeadsScene, edge: number): TemplateResult {
  const size = `inline-size: ${edge}px; block-size: ${edge}px`;
  if (!figure.patternOf(chosen.layer, chosen.head)) return html`<div class="none" .style=${size}>${words.noPattern}</div>`;
  return html`<div class="large" .style=${size}>
      <canvas class="pattern" .style=${size} aria-hidden="true"></canvas
      >${diagonal(figure.kinds[kind]!, figure.period, figure.tokens.length)}
    </div>
    <div class="small">${nameOf(chosen)}</div>`;
}

/** The line that the score looks at, on random tokens that are repeated. */
function diagonal(kind: string, period: number, count: number): TemplateResult | typeof nothing {
  const below = { previous: 1, self: 0, duplicate: period, induction: period - 1 }[kind];
  if (period === 0 || below === undefined) return nothing;
  return html`<svg viewBox=${`0 0 ${count} ${count}`} preserveAspectRatio="none" aria-hidden="true">
    ${svg`<line x1="0.5" y1=${below + 0.5} x2=${count - below - 0.5} y2=${count - 0.5} vector-effect="non-scaling-stroke"></line>`}
  </svg>`;
}
