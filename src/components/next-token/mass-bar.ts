// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cssColour, rampRgb, type Ramp } from '../shared/colour.js';
import { barColour } from './bars.js';
import type { NextScene } from './scene.js';

/** More segments than these are finer than a pixel. */
const mostSegments = 60;
/** A pale colour of the ramp, 0 to 255, for what was cut. */
const cutColour = 45;

/**
 * All probability after penalty and temperature in one bar, the likeliest token first: what was cut is pale. Top-p is a line across it, and the
 * draw a point in what was kept: the token that it falls on is drawn.
 */
export function massTemplate({ decoded, decoding, uniform, draw, theme }: NextScene): TemplateResult {
  const { candidates, rest } = decoded;
  const colour = (ramp: Ramp, cut: boolean): string => cssColour(rampRgb(ramp, cut ? cutColour : barColour));
  const shown = candidates.slice(0, mostSegments);
  const others = 1 - shown.reduce((sum, { share }) => sum + share, 0);
  const kept = candidates.reduce((sum, { cutBy, share }) => sum + (cutBy ? 0 : share), rest.cutBy ? 0 : rest.share);
  // Top-p is a part of what top-k has left.
  const left = candidates.reduce((sum, { cutBy, share }) => sum + (cutBy === 'top-k' ? 0 : share), rest.cutBy === 'top-k' ? 0 : rest.share);
  const limited = decoding.topP < 1 && decoding.temperature > 0;
  return html`<div class="mass" part="mass" aria-hidden="true">
    <div class="segments">
      ${shown.map(
        ({ share, cutBy }) =>
          html`<span .style=${`inline-size: ${percent(share)}; background: ${colour(theme.sequential, cutBy !== undefined)}`}></span>`,
      )}<span .style=${`inline-size: ${percent(others)}; background: ${colour(theme.sequential, rest.cutBy !== undefined)}`}></span>
    </div>
    ${limited ? html`<span class="limit" .style=${`inset-inline-start: ${percent(decoding.topP * left)}`}></span>` : nothing}
    ${decoding.temperature > 0 && draw ? html`<span class="draw" .style=${`inset-inline-start: ${percent(uniform * kept)}`}>▾</span>` : nothing}
  </div>`;
}

const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
