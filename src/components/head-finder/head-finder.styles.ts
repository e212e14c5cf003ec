// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const headFinderStyles = css`
  .finder {
    display: grid;
    gap: 14px 24px;
    align-items: start;
  }
  .finder.wide {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .ranking {
    outline-offset: 4px;
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
    flex-direction: column;
    gap: 14px;
  }
  .finder:not(.wide) .beside {
    flex-direction: row;
    flex-wrap: wrap;
    align-items: flex-start;
  }
  .map,
  .large {
    position: relative;
    direction: ltr;
  }
  .map {
    cursor: pointer;
  }
  .small {
    color: var(--figure-quiet);
    font-size: max(0.9em, 11px);
    margin-block-start: 3px;
  }
  .ring {
    position: absolute;
    left: 0;
    top: 0;
    box-sizing: border-box;
    outline: 2px solid var(--figure-accent);
    pointer-events: none;
  }
  .large svg {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    pointer-events: none;
    stroke: var(--figure-accent);
    stroke-dasharray: 3 3;
    stroke-width: 1.2;
    opacity: 0.7;
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
