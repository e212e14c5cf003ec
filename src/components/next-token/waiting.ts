// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { beamPx, nodePx, rowPx, settingCount } from './layout.js';
import type { NextTokenElement } from './next-token.js';

/** Boxes of the heights that the figure will have. */
export function waitingTemplate({ view, candidates, beamWidth, beamDepth, width }: NextTokenElement): TemplateResult {
  const text = html`<div class="text-line"></div>`;
  const space = html`<div class="summary-space"></div>`;
  const caption = html`<div class="caption"></div>`;
  if (view === 'beams') {
    const nodes = beamWidth + (beamDepth - 1) * beamWidth ** 2;
    const rows = beamPx(width, beamDepth) === undefined ? nodes : nodes - (beamDepth - 1) * beamWidth;
    return html`${text}
      <div .style=${`block-size: ${rows * nodePx}px`}></div>
      ${caption}
      <div class="keys"></div>
      ${space}`;
  }
  return html`${text}
    <div class="mass"></div>
    <div class="heads"></div>
    <div .style=${`block-size: ${rowPx * candidates}px`}></div>
    ${caption}
    <div class="keys"></div>
    <div class="steps"></div>
    <div class="sliders">${Array.from({ length: settingCount }, () => html`<div class="slider"></div>`)}</div>
    ${space}`;
}
