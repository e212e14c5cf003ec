// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const matrixStyles = css`
  .matrix {
    position: relative;
    flex: none;
    direction: ltr;
    inline-size: calc(var(--labels) + var(--edge) + var(--over));
    block-size: calc(var(--top) + var(--edge));
  }
  .cells {
    position: absolute;
    left: var(--labels);
    top: var(--top);
    inline-size: var(--width);
    block-size: var(--height);
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .cells:focus-visible {
    outline: none;
  }
  canvas.large {
    inline-size: var(--width);
    block-size: var(--height);
    outline: 1px solid var(--figure-faint);
  }
  .axis {
    position: absolute;
    font-size: max(11px, min(var(--token-size), var(--step)));
    line-height: 1;
    color: var(--figure-quiet);
    pointer-events: none;
  }
  .axis.queries {
    left: 0;
    top: var(--top);
    inline-size: calc(var(--labels) - 7px);
  }
  .axis.keys {
    left: var(--labels);
    top: 0;
    block-size: calc(var(--top) - 4px);
  }
  .label > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    padding-block: 0.2em;
  }
  .label .token.special {
    outline: none;
    padding: 0;
  }
  .label > span:has(.special) {
    outline: 1px solid color-mix(in srgb, currentColor 45%, transparent);
    outline-offset: -2px;
    border-radius: 2px;
    padding-inline: 0.35em;
  }
  .queries .label {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    block-size: var(--step);
  }
  .keys .label {
    position: absolute;
    bottom: 0;
    left: calc(var(--step) * (var(--at) + 0.5));
  }
  .keys .label > span {
    position: absolute;
    left: 0;
    bottom: -0.6em;
    max-inline-size: calc(var(--top) * 1.12);
    transform-origin: 0 50%;
    transform: rotate(-60deg);
  }
  .queries .tick {
    position: absolute;
    right: 0;
    top: calc(var(--step) * (var(--at) + 0.5));
    block-size: 0;
    inline-size: 100%;
  }
  .label.chosen {
    color: var(--figure-accent);
  }
  .band,
  .ring,
  .focus {
    position: absolute;
    left: 0;
    top: 0;
    box-sizing: border-box;
    pointer-events: none;
  }
  .band {
    outline: 1px solid color-mix(in srgb, currentColor 70%, transparent);
  }
  .band.faint {
    outline-color: color-mix(in srgb, currentColor 30%, transparent);
  }
  .band.locked {
    outline-color: var(--figure-accent);
  }
  .ring {
    outline: 2px solid currentColor;
  }
  .ring.locked {
    outline-color: var(--figure-accent);
  }
  .left-out {
    position: absolute;
    left: 0;
    top: 0;
    pointer-events: none;
    background: repeating-linear-gradient(135deg, color-mix(in srgb, currentColor 14%, transparent) 0 1px, transparent 1px 4px);
  }
  .focus {
    outline: 2px solid var(--figure-accent);
    outline-offset: 1px;
    box-shadow: 0 0 0 1px Canvas;
  }
  @media (forced-colors: active) {
    .band,
    .ring {
      outline-color: Highlight;
    }
  }
`;
