// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cssColour, rampRgb, type Ramp } from '../shared/colour.js';
import { barColour } from './bars.js';
import type { NextScene } from './scene.js';

/** Tokens with less are finer than two pixels of a narrow figure: they are drawn as one. */
const leastShare = 0.008;
/** A pale colour of the ramp, 0 to 255, for what was cut. */
const cutColour = 45;

/**
 * All probability after penalty and temperature in one bar, the likeliest token first: what was cut is pale. Top-p is a line across it, and the
 * draw a point in what was kept: the token that it falls on is drawn.
 */
export function massTemplate({ decoded, decoding, uniform, draw, theme }: NextScene): TemplateResult {
  const { candidates, rest } = decoded;
  const colour = (ramp: Ramp, cut: boolean): string => cssColour(rampRgb(ramp, cut ? cutColour : barColour));
  const shown = candidates.filter(({ share }) => share >= leastShare);
  const kept = candidates.reduce((sum, { cutBy, share }) => sum + (cutBy ? 0 : share), rest.cutBy ? 0 : rest.share);
  // Top-p is a part of what top-k has left.
  const left = candidates.reduce((sum, { cutBy, share }) => sum + (cutBy === 'top-k' ? 0 : share), rest.cutBy === 'top-k' ? 0 : rest.share);
  // What is kept comes before what is cut.
  const shownKept = shown.reduce((sum, { cutBy, share }) => sum + (cutBy ? 0 : share), 0);
  const shownCut = shown.reduce((sum, { cutBy, share }) => sum + (cutBy ? share : 0), 0);
  const segments = [
    ...shown.filter(({ cutBy }) => !cutBy).map(({ share }) => ({ share, cut: false })),
    { share: kept - shownKept, cut: false },
    ...shown.filter(({ cutBy }) => cutBy).map(({ share }) => ({ share, cut: true })),
    { share: 1 - kept - shownCut, cut: true },
  ].filter(({ share }) => share > 1e-6);
  const limited = decoding.topP < 1 && decoding.temperature > 0;
  return html`<div class="mass" part="mass" aria-hidden="true">
    <div class="segments">
      ${segments.map(({ share, cut }) => html`<span .style=${`inline-size: ${percent(share)}; background: ${colour(theme.sequential, cut)}`}></span>`)}
    </div>
    ${limited ? html`<span class="limit" .style=${`inset-inline-start: ${percent(decoding.topP * left)}`}></span>` : nothing}
    ${decoding.temperature > 0 && draw ? html`<span class="draw" .style=${`inset-inline-start: ${percent(uniform * kept)}`}>▾</span>` : nothing}
  </div>`;
}

const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
