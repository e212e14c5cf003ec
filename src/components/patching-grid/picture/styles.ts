// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const pictureStyles = css`
  .sweep {
    position: relative;
    direction: ltr;
    block-size: var(--height);
  }
  .cells {
    position: absolute;
    left: var(--gutter);
    top: var(--top);
    inline-size: calc(var(--across) * var(--columns));
    block-size: calc(var(--down) * var(--rows));
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .cells.movable {
    cursor: grab;
  }
  .cells.carrying {
    cursor: grabbing;
  }
  .cells:focus-visible {
    outline: none;
  }
  canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    outline: 1px solid var(--figure-faint);
    forced-color-adjust: none;
  }
  .strip,
  .rows {
    position: absolute;
    left: var(--gutter);
    font-size: max(0.9em, 11px);
    line-height: 1;
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  .strip.top {
    top: 0;
    block-size: var(--top);
  }
  .strip.bottom {
    top: calc(var(--top) + var(--down) * var(--rows));
    block-size: var(--bottom);
  }
  .strip > .strip-name {
    position: absolute;
    left: calc(-1 * var(--gutter));
    inline-size: calc(var(--gutter) - 8px);
    text-align: end;
    line-height: 16px;
  }
  .top > .strip-name {
    bottom: 3px;
  }
  .bottom > .strip-name {
    top: 3px;
  }
  .label {
    position: absolute;
    left: calc(var(--across) * var(--column));
    inline-size: var(--across);
    text-align: center;
  }
  .label > span {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    line-height: 16px;
  }
  .top .label {
    bottom: 3px;
  }
  .bottom .label {
    top: 3px;
  }
  .turned .label > span {
    position: absolute;
    line-height: 1;
    padding-block: 0.25em;
    max-inline-size: 58px;
    transform: rotate(-60deg);
  }
  .turned.top .label > span {
    left: 50%;
    bottom: -0.5em;
    transform-origin: 0 50%;
  }
  .turned.bottom .label > span {
    right: 50%;
    top: -0.5em;
    transform-origin: 100% 50%;
  }
  :is(.label, .row-label) .token.special {
    outline: none;
    padding: 0;
  }
  .differs {
    color: var(--figure-ink);
  }
  .differs.chosen {
    color: var(--figure-accent);
  }
  .label.differs > span,
  .differs:not(.label) {
    text-decoration: underline 2px;
    text-underline-offset: 3px;
  }
  .chosen {
    color: var(--figure-accent);
  }
  .rows {
    left: 0;
    top: var(--top);
    inline-size: calc(var(--gutter) - 8px);
  }
  .row-label {
    position: absolute;
    right: 0;
    top: calc(var(--down) * (var(--row) + 0.5) - 8px);
    max-inline-size: 100%;
    line-height: 16px;
    white-space: pre;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .prompt-line > .strip-name {
    text-align: end;
    font-size: max(0.9em, 11px);
    align-self: baseline;
  }
  .prompt-line .token {
    white-space: pre-wrap;
  }
  .prompt-line .space::before {
    content: none;
  }
  .prompt-line .differs .space:not(.space + .space, :has(+ .space)) {
    white-space: normal;
  }
  .box {
    position: absolute;
    left: calc(var(--across) * var(--column));
    top: calc(var(--down) * var(--row));
    inline-size: calc(var(--across) * var(--wide));
    block-size: calc(var(--down) * var(--high));
    box-sizing: border-box;
    pointer-events: none;
  }
  .ring {
    outline: 2px solid currentColor;
    outline-offset: -1px;
  }
  .band {
    outline: 1px solid color-mix(in srgb, currentColor 45%, transparent);
  }
  .ring.locked,
  .band.locked,
  .focus {
    outline-color: var(--figure-accent);
  }
  .focus {
    outline: 2px solid var(--figure-accent);
    outline-offset: 1px;
  }
  .taken {
    outline: 2px dashed var(--figure-accent);
    outline-offset: -1px;
  }
  .cone {
    background: color-mix(in srgb, var(--figure-accent) 16%, transparent);
  }
  .arrow {
    position: absolute;
    left: 0;
    top: 0;
    overflow: visible;
    pointer-events: none;
    stroke: var(--figure-accent);
  }
  .outputs-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.2em 1em;
    min-block-size: 26px;
    color: var(--figure-quiet);
  }
  .outputs-head,
  .three {
    max-inline-size: 46em;
  }
  .three {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 0 clamp(0.8em, 4cqi, 2.4em);
  }
  .output-name {
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .output ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .output li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 0.5em;
    block-size: calc(1.4em + 6px);
    align-content: start;
  }
  .output:not(.changed) {
    color: var(--figure-quiet);
  }
  .outputs-head .quiet,
  .output:not(.changed) .quiet {
    color: inherit;
  }
  .token-name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .output .bar {
    grid-column: 1 / -1;
    block-size: 3px;
    min-inline-size: 1px;
    forced-color-adjust: none;
  }
  @container (max-width: 480px) {
    .output-name > * {
      display: block;
    }
    .output li {
      grid-template-columns: minmax(0, 1fr) 3em;
      align-items: center;
      block-size: calc(2.8em + 2px);
    }
    .output li:nth-child(n + 4) {
      display: none;
    }
    .output .token-name {
      grid-column: 1 / -1;
    }
    .output .percent {
      order: 1;
      text-align: end;
    }
    .output .bar {
      grid-column: 1;
    }
  }
  @media (forced-colors: active) {
    .ring,
    .band,
    .taken,
    .focus {
      outline-color: Highlight;
    }
    .arrow {
      stroke: Highlight;
    }
    .cone {
      outline: 1px dashed Highlight;
    }
  }
  @media print {
    .outputs-head button {
      display: none;
    }
  }
`;
