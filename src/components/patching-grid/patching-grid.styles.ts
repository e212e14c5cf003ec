// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const patchingStyles = css`
  .strips {
    margin-block-end: 0.4em;
    color: var(--figure-quiet);
  }
  .strip {
    display: grid;
    grid-template-columns: 3em minmax(0, 1fr);
    overflow-wrap: anywhere;
  }
  .strip .token {
    white-space: pre-wrap;
  }
  .strip .token.special {
    outline: none;
    padding: 0;
  }
  .differs {
    color: CanvasText;
    color: var(--figure-ink);
    text-decoration: underline;
    text-decoration-thickness: 2px;
    text-underline-offset: 0.2em;
  }
  .chosen {
    color: var(--figure-accent);
  }
  .sweep {
    position: relative;
    direction: ltr;
    block-size: calc(var(--top) + var(--down) * var(--rows));
  }
  .cells {
    position: absolute;
    left: var(--labels);
    top: var(--top);
    inline-size: calc(var(--across) * var(--columns));
    block-size: calc(var(--down) * var(--rows));
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .cells:focus-visible {
    outline: none;
  }
  canvas.large {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    image-rendering: pixelated;
    outline: 1px solid var(--figure-faint);
    forced-color-adjust: none;
  }
  .axis {
    position: absolute;
    font-size: 11px;
    line-height: 1;
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  .axis.layers {
    left: 0;
    top: var(--top);
    inline-size: calc(var(--labels) - 8px);
  }
  .axis.keys {
    left: var(--labels);
    top: 0;
    block-size: calc(var(--top) - 5px);
  }
  .row-label {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    block-size: var(--down);
  }
  .number {
    position: absolute;
    bottom: 0;
    left: calc(var(--across) * var(--column));
    inline-size: var(--across);
    text-align: center;
  }
  .keys .label {
    position: absolute;
    bottom: 0;
    left: calc(var(--across) * (var(--column) + 0.5));
  }
  .keys .label > span {
    position: absolute;
    left: 0;
    bottom: -0.6em;
    max-inline-size: calc(var(--top) * 1.1);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    padding-block: 0.2em;
    transform-origin: 0 50%;
    transform: rotate(-60deg);
  }
  .keys .token.special {
    outline: none;
    padding: 0;
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
  }
  .ring.locked,
  .focus {
    outline: 2px solid var(--figure-accent);
  }
  .focus {
    outline-offset: 1px;
  }
  .moving {
    outline: 2px dashed var(--figure-accent);
  }
  .cone {
    background: color-mix(in srgb, var(--figure-accent) 22%, transparent);
  }
  .outputs {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 0.3em 1.2em;
    margin-block: 0.5em;
    font-variant-numeric: tabular-nums;
  }
  .outputs > :first-child {
    grid-column: 1 / -1;
  }
  .outputs ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .outputs li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 0.5em;
    margin-block-end: 2px;
  }
  .token-name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bar {
    grid-column: 1 / -1;
    block-size: 3px;
    min-inline-size: 1px;
    forced-color-adjust: none;
  }
  .fields {
    display: grid;
    gap: 0.3em;
    margin-block: 0.5em;
  }
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3em 1.4em;
  }
  .answers input {
    font: inherit;
    color: inherit;
    background: transparent;
    border: 1px solid var(--figure-faint);
    border-radius: 3px;
    inline-size: 7em;
    min-block-size: 24px;
    box-sizing: border-box;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5em;
    min-block-size: 30px;
  }
`;
