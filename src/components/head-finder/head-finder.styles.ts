// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const headFinderStyles = css`
  .finder {
    display: grid;
    gap: var(--gap) 32px;
    align-content: start;
    align-items: start;
  }
  .finder:not(.one) {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .ranking {
    margin-block-start: -3px;
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  .ranking:focus-visible {
    outline: none;
  }
  .ranked > div {
    display: grid;
    grid-template-columns: var(--thumb) 3.2em minmax(0, 1fr) 3em;
    align-items: center;
    gap: 0.7em;
    padding-block: 3px;
    font-variant-numeric: tabular-nums;
  }
  .ranked canvas {
    inline-size: var(--thumb);
    block-size: var(--thumb);
  }
  .name {
    color: var(--figure-quiet);
  }
  .here .name {
    color: var(--figure-accent);
  }
  .bar {
    display: block;
    block-size: 0.75em;
    min-inline-size: 1px;
    forced-color-adjust: none;
  }
  .score {
    text-align: end;
  }
  [data-focus] {
    outline: 2px solid var(--figure-accent);
    outline-offset: 1px;
  }
  canvas {
    display: block;
    image-rendering: pixelated;
    outline: 1px solid var(--figure-faint);
    forced-color-adjust: none;
  }
  .beside {
    display: flex;
    gap: var(--gap);
  }
  .two .beside {
    flex-direction: column;
  }
  .map,
  .large {
    position: relative;
    direction: ltr;
  }
  .map {
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  .map:focus-visible {
    outline: none;
  }
  .under {
    block-size: calc(1.4em * var(--lines));
    margin-block-start: 3px;
    color: var(--figure-quiet);
  }
  .under span {
    font-size: max(0.9em, 11px);
  }
  .ring {
    position: absolute;
    left: 0;
    top: 0;
    box-sizing: border-box;
    outline: 2px solid var(--figure-accent);
    pointer-events: none;
  }
  .ring.focus {
    outline-color: currentColor;
    outline-offset: 2px;
  }
  .large svg {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    pointer-events: none;
    fill: none;
    stroke: var(--figure-accent);
    stroke-width: 1.2;
    opacity: 0.7;
    overflow: visible;
  }
  .large line {
    stroke-dasharray: 3 3;
  }
  @media (forced-colors: active) {
    .here .name {
      text-decoration: underline 2px;
    }
  }
  .none {
    display: grid;
    place-items: center;
    text-align: center;
    color: var(--figure-quiet);
    outline: 1px solid var(--figure-faint);
    padding: 1em;
    box-sizing: border-box;
  }
`;
