// SPDX-License-Identifier: MIT
import { css, html, svg, nothing, type TemplateResult } from 'lit';
import { rampColour, type Ramp } from './colour.js';

/** What a legend says about a ramp. */
export interface LegendOptions {
  /** What the amounts are, with their unit where they have one; left out where something beside it says so. */
  title?: string;
  /** Words at the two ends (and in the middle) of the ramp. */
  ends: readonly [string, string] | readonly [string, string, string];
  /** Say what the hatch means. */
  masked?: string;
}

/** The ramp with numbers at its ends, where the author has put no legend of their own. */
export function legendTemplate(ramp: Ramp, options: LegendOptions): TemplateResult {
  return legendSlot(rampTemplate(ramp, options));
}

/** The place of the legend: what the author gives for it stands there instead. */
export function legendSlot(legend: unknown): TemplateResult {
  return html`<slot name="legend">${legend}</slot>`;
}

/** The ramp with numbers at its ends. */
export function rampTemplate(ramp: Ramp, { title, ends, masked }: LegendOptions): TemplateResult {
  const steps = Array.from({ length: 32 }, (_, step) => rampColour(ramp, Math.round((step / 31) * 255)));
  return html`<div class="legend" part="legend">
    ${title ? html`<span class="legend-title">${title}</span>` : nothing}
    <span class="legend-scale">
      <span>${ends[0]}</span>
      <svg class="legend-ramp" viewBox="0 0 32 1" preserveAspectRatio="none" aria-hidden="true" shape-rendering="crispEdges">
        ${steps.map((colour, step) => svg`<rect x=${step} width="1.02" height="1" fill=${colour}></rect>`)}
      </svg>
      <span>${ends.at(-1)}</span>
    </span>
    ${masked === undefined ? nothing : html`<span class="legend-masked">${hatch()}${masked}</span>`}
  </div>`;
}

/** A patch of the lines that stand for "no value". */
export function hatch(): TemplateResult {
  return html`<svg class="hatch" viewBox="0 0 12 8" aria-hidden="true"><path d="M0 4 4 0M0 8 8 0M4 8 12 0M8 8 12 4" /></svg>`;
}

export const legendStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.9em;
    font-variant-numeric: tabular-nums;
  }
  .legend-scale,
  .legend-masked {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
  }
  .legend-scale {
    direction: ltr;
  }
  .legend-ramp {
    inline-size: 6em;
    block-size: 0.7em;
    outline: 1px solid color-mix(in srgb, currentColor 20%, transparent);
    forced-color-adjust: none;
  }
  @container (max-width: 440px) {
    .legend-ramp {
      inline-size: 3.6em;
    }
    .legend {
      column-gap: 0.6em;
    }
  }
  .hatch {
    inline-size: 1.05em;
    block-size: 0.7em;
    stroke: color-mix(in srgb, currentColor 45%, transparent);
    stroke-width: 0.8;
    outline: 1px solid color-mix(in srgb, currentColor 20%, transparent);
  }
`;
