// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const attributionStyles = css`
  button.crumb {
    border: 0;
    padding: 0;
    color: var(--figure-quiet);
    text-align: start;
    text-decoration: underline;
    text-decoration-color: var(--figure-faint);
    text-underline-offset: 0.2em;
  }
  button.crumb:hover {
    color: inherit;
    text-decoration-color: currentColor;
  }
  .bars {
    --names: 5.4em;
    --values: 3.1em;
    --more: 0.6em;
    position: relative;
    direction: ltr;
    max-inline-size: 760px;
    font-variant-numeric: tabular-nums;
  }
  .bars.wide {
    --names: 9em;
  }
  .list {
    touch-action: pan-y pinch-zoom;
  }
  .list:focus-visible,
  .cells:focus-visible,
  .sources:focus-visible {
    outline: none;
  }
  .part > div,
  .part.sum,
  .part.axis {
    display: grid;
    grid-template-columns: var(--names) minmax(0, 1fr) var(--values) var(--more);
    column-gap: 0.6em;
    align-items: center;
    block-size: var(--row);
    line-height: 1;
  }
  .part > div {
    cursor: pointer;
  }
  .name {
    color: var(--figure-quiet);
    text-align: end;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    line-height: 1.3;
  }
  .plot {
    position: relative;
    align-self: stretch;
  }
  .bar {
    position: absolute;
    top: 18%;
    bottom: 22%;
    min-inline-size: 1px;
    forced-color-adjust: none;
  }
  .value {
    text-align: end;
  }
  .more {
    color: var(--figure-quiet);
  }
  .here .name {
    color: var(--figure-ink);
  }
  .here :is(.value, .more) {
    color: var(--figure-ink);
  }
  .here .plot {
    background: color-mix(in srgb, currentColor 7%, transparent);
  }
  .held :is(.name, .value) {
    color: var(--figure-accent);
  }
  .part[data-focus] > div,
  .source[data-focus] {
    outline: 2px solid var(--figure-accent);
    outline-offset: -1px;
  }
  .part.sum,
  .part.axis {
    block-size: 22px;
  }
  .part.sum .name {
    color: inherit;
  }
  .part.axis {
    color: var(--figure-quiet);
    font-size: max(0.9em, 11px);
    line-height: 1.3;
  }
  .ends {
    grid-column: 1 / 4;
    display: flex;
    justify-content: space-between;
    gap: 1em;
    min-inline-size: 0;
  }
  .wide .ends {
    grid-column: 2;
  }
  .ends > span {
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .lines {
    position: absolute;
    left: calc(var(--names) + 0.6em);
    inline-size: calc(100% - var(--names) - var(--values) - var(--more) - 1.8em);
    top: 0;
    block-size: calc(var(--rows) * var(--row));
    pointer-events: none;
    overflow: visible;
    fill: none;
    stroke: currentColor;
  }
  .zero {
    stroke-width: 1;
    opacity: 0.35;
  }
  .running {
    stroke-width: 1;
    opacity: 0.6;
  }
  .map {
    position: relative;
    direction: ltr;
    flex: none;
    inline-size: calc(var(--labels) + var(--width));
    block-size: calc(var(--height) + 20px);
  }
  .cells {
    position: absolute;
    left: var(--labels);
    top: 0;
    inline-size: var(--width);
    block-size: var(--height);
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  svg.heads {
    display: block;
    forced-color-adjust: none;
  }
  .tick {
    position: absolute;
    font-size: max(0.85em, 11px);
    line-height: 1;
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
  }
  .tick.layer {
    right: calc(100% - var(--labels) + 6px);
    translate: 0 -50%;
  }
  .tick.head {
    top: calc(var(--height) + 5px);
    translate: -50% 0;
  }
  .ring,
  .focus {
    position: absolute;
    left: 0;
    top: 0;
    pointer-events: none;
    outline: 1.5px solid var(--figure-ink);
  }
  .ring.held,
  .focus {
    outline: 2px solid var(--figure-accent);
  }
  .text {
    white-space: pre-wrap;
    padding-block: 0.15em;
    forced-color-adjust: none;
  }
  .text .token {
    white-space: pre-wrap;
  }
  .sources {
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .source .amount {
    display: flex;
    justify-content: center;
    inline-size: 0;
    white-space: nowrap;
    color: var(--figure-quiet);
  }
  .source.here .text {
    outline: 1.5px solid var(--figure-ink);
  }
  .source.held .text {
    outline-color: var(--figure-accent);
  }
  @media print {
    .choices {
      display: none;
    }
    .more {
      visibility: hidden;
    }
  }
`;
