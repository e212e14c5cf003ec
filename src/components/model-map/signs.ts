// SPDX-License-Identifier: MIT
import { svg, type SVGTemplateResult } from 'lit';
import { round } from './paths.js';

/** A norm: a tick across the line that goes through it. */
export function tickSign(x: number, y: number, direction: 'level' | 'upright'): SVGTemplateResult {
  const line = direction === 'level' ? `M${round(x - 6)} ${round(y)}h12` : `M${round(x)} ${round(y - 4.5)}v9`;
  return svg`<path class="tick" d=${line}></path>`;
}

/** Where something is added to the stream. */
export function sumSign(x: number, y: number): SVGTemplateResult {
  return svg`<circle class="sum" cx=${x} cy=${round(y)} r="4.5"></circle><path class="plus" d="M${x - 2.5} ${round(y)}h5M${x} ${round(y - 2.5)}v5"></path>`;
}
