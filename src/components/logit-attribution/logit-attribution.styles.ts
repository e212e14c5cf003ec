// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const attributionStyles = css`
  .crumbs {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.5em;
    min-block-size: 26px;
    margin-block-end: 0.4em;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
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
    opacity: 0.7;
  }
  .here .name {
    color: var(--figure-ink);
  }
  .here :is(.value, .more) {
    opacity: 1;
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
  .beside {
    display: flex;
    flex-wrap: wrap;
    gap: 10px 28px;
    align-items: flex-start;
  }
  .beside > .bars {
    flex: 1 1 420px;
    min-inline-size: 0;
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
  .read {
    flex: 1 1 200px;
    min-inline-size: 0;
    max-inline-size: 44em;
  }
  .read-text {
    line-height: 1.7;
    overflow-wrap: anywhere;
    max-block-size: 12em;
    overflow-y: auto;
  }
  .text {
    white-space: pre-wrap;
    padding-block: 0.15em;
    forced-color-adjust: none;
  }
  .read-text .text {
    display: inline-block;
    max-inline-size: 100%;
    padding-block: 0;
    line-height: 1.45;
  }
  .text .token {
    white-space: pre-wrap;
  }
  .sources {
    line-height: 1.3;
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
    max-inline-size: 44em;
  }
  .source {
    display: inline-flex;
    flex-direction: column;
    vertical-align: top;
    margin-block-end: 0.35em;
    max-inline-size: 100%;
  }
  .source .text {
    font-size: calc(1em / 0.82);
    padding-inline: 1px;
    overflow-wrap: anywhere;
  }
  .source .amount {
    min-block-size: 1.3em;
    font-size: max(0.85em, 11px);
    font-variant-numeric: tabular-nums;
    color: var(--figure-quiet);
    text-align: center;
  }
  .source.here .text {
    outline: 1.5px solid var(--figure-ink);
  }
  .source.held .text {
    outline-color: var(--figure-accent);
  }
  .caption {
    min-block-size: 7em;
  }
  @container (min-width: 480px) {
    .caption {
      min-block-size: 4.2em;
    }
  }
  @container (min-width: 640px) {
    .caption {
      min-block-size: 2.8em;
    }
  }
  @media print {
    .more {
      visibility: hidden;
    }
  }
`;
