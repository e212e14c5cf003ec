// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** Hues that colour-blind readers tell apart, in the order of Okabe and Ito (2008), darker or lighter until text in them can be read. */
export const curveStyles = css`
  .hue {
    --hue: currentColor;
  }
  .hue0 {
    --hue: light-dark(#0068a5, #62b6ec);
  }
  .hue1 {
    --hue: light-dark(#b84600, #ff9257);
  }
  .hue2 {
    --hue: light-dark(#00775a, #45cda0);
  }
  .hue3 {
    --hue: light-dark(#98407c, #e79fca);
  }
  .hue4 {
    --hue: light-dark(#7a5c00, #e6c24c);
  }
  .hue5 {
    --hue: light-dark(#50545c, #b9bec9);
  }
  .hue6 {
    --hue: light-dark(#8c1f2f, #ff9aa2);
  }
  .hue7 {
    --hue: light-dark(#3f4fa8, #aab4ff);
  }
  .chart {
    position: relative;
    direction: ltr;
    touch-action: pan-y pinch-zoom;
    font-size: max(0.9em, 11px);
    line-height: 15px;
  }
  .chart-title {
    block-size: 20px;
    box-sizing: border-box;
    color: var(--figure-quiet);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .chart svg {
    display: block;
    cursor: crosshair;
    overflow: visible;
  }
  .chart text {
    fill: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
  }
  .chart text.here {
    fill: currentColor;
  }
  .chart .tick {
    stroke: var(--figure-faint);
  }
  .chart .rule {
    stroke: color-mix(in srgb, currentColor 40%, transparent);
  }
  .chart path {
    stroke: var(--hue);
    stroke-width: 1.75;
    stroke-linejoin: round;
  }
  .chart circle {
    fill: var(--hue);
  }
  .name-end {
    position: absolute;
    translate: 0 -50%;
    display: flex;
    gap: 0.3em;
    color: var(--hue);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .name-end .tokens {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .chart-left {
    position: absolute;
    inset: auto 0 0 auto;
    color: var(--figure-quiet);
  }
  .follow [type='checkbox'] {
    margin: 0;
    min-inline-size: 1em;
    min-block-size: 1em;
  }
  .candidates {
    display: grid;
    grid-template-columns: minmax(5.6em, auto) minmax(2.8em, auto) minmax(0, 1fr);
    column-gap: 0.6em;
    list-style: none;
    margin: 0;
    padding: 0;
    max-inline-size: 30em;
  }
  .candidates li {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
    align-items: center;
    block-size: 26px;
  }
  .candidates .name {
    max-inline-size: 11em;
    justify-self: end;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    text-align: end;
    border-color: transparent;
    padding-inline: 0.3em;
  }
  .candidates .bar {
    block-size: 0.6em;
    min-inline-size: 1px;
    forced-color-adjust: none;
  }
  .candidates .percent {
    text-align: end;
    font-variant-numeric: tabular-nums;
    color: var(--figure-quiet);
  }
  button[aria-pressed='true'] {
    border-color: currentColor;
  }
  .handles {
    position: absolute;
    inset-inline: 0;
    block-size: 26px;
    direction: ltr;
    pointer-events: none;
  }
  .handle {
    position: absolute;
    inline-size: 8px;
    block-size: 100%;
    cursor: col-resize;
    pointer-events: auto;
    touch-action: none;
  }
  .handle:is(:hover, :focus-visible)::after {
    content: '';
    position: absolute;
    inset: 0 3px;
    background: var(--figure-accent);
  }
  @media (forced-colors: active) {
    .chart path {
      stroke: CanvasText;
    }
  }
  @media print {
    .follow,
    .handles {
      display: none;
    }
  }
`;
