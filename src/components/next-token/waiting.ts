// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { deepFrom, nodePx, rowPx, sliderCount } from './layout.js';
import type { NextTokenElement } from './next-token.js';

/** Boxes of the heights that the figure will have. */
export function waitingTemplate({ view, candidates, beamWidth, beamDepth, width }: NextTokenElement): TemplateResult {
  const text = html`<div class="text-line"></div>`;
  const space = html`<div class="summary-space"></div>`;
  const caption = html`<div class="caption"></div>`;
  if (view === 'beams') {
    const nodes = beamWidth + (beamDepth - 1) * beamWidth ** 2;
    const rows = width < deepFrom ? nodes : nodes - (beamDepth - 1) * beamWidth;
    return html`${text}
      <div .style=${`block-size: ${rows * nodePx}px`}></div>
      ${caption}
      <div class="keys"></div>
      ${space}`;
  }
  return html`${text}
    <div class="mass"></div>
    <div .style=${`block-size: ${rowPx * candidates}px`}></div>
    ${caption}
    <div class="keys"></div>
    <div class="steps"></div>
    <div class="sliders">${Array.from({ length: sliderCount }, () => html`<div class="slider"></div>`)}</div>
    ${space}`;
}
