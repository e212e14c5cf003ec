// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const mapStyles = css`
  .model {
    position: relative;
    direction: ltr;
    touch-action: pan-y pinch-zoom;
  }
  .model:focus-visible {
    outline: none;
  }
  .map {
    display: block;
    overflow: visible;
    font-variant-numeric: tabular-nums;
    --map-ink: color-mix(in srgb, currentColor 80%, var(--map-paper));
    --map-track: color-mix(in srgb, currentColor 45%, var(--map-paper));
    --map-shape: color-mix(in srgb, currentColor 22%, var(--map-paper));
  }
  .map text {
    font-size: max(0.86em, 11px);
    fill: currentColor;
    dominant-baseline: central;
  }
  .map text.soft {
    fill: var(--figure-quiet);
  }
  .map text.end {
    text-anchor: end;
  }
  .map text.on {
    fill: currentColor;
  }
  .map text.locked {
    fill: var(--figure-accent);
  }
  .stream {
    fill: none;
    stroke: var(--map-ink);
    stroke-width: 3;
  }
  .track,
  .tick,
  .plus,
  .lines {
    fill: none;
    stroke: var(--map-track);
    stroke-width: 1;
  }
  .tick {
    stroke: var(--map-ink);
    stroke-width: 2;
  }
  .plus {
    stroke: var(--map-ink);
  }
  .neurons {
    fill: var(--map-track);
    forced-color-adjust: none;
  }
  .shape,
  .bar {
    fill: var(--map-shape);
    forced-color-adjust: none;
  }
  .bar {
    fill: var(--map-track);
  }
  .stop,
  .sum {
    fill: var(--map-paper);
    stroke: var(--map-ink);
    stroke-width: 1.5;
  }
  .sum {
    stroke-width: 1;
  }
  .valued .shape {
    stroke: var(--map-shape);
    stroke-width: 0.5;
  }
  .hit {
    fill: transparent;
    stroke: none;
  }
  .place {
    cursor: pointer;
  }
  .hidden > :is(.stop, .tick) {
    stroke-dasharray: 2 2;
  }
  .hidden > .shape {
    fill-opacity: 0.45;
  }
  .on > :is(.track, .tick, .shape, .stop) {
    stroke: currentColor;
    stroke-width: 1.5;
  }
  .on > .stop {
    fill: currentColor;
  }
  .locked > :is(.track, .tick, .shape, .stop) {
    stroke: var(--figure-accent);
    stroke-width: 2;
  }
  .locked > .stop {
    fill: var(--figure-accent);
  }
  .on > .tick {
    stroke-width: 3;
  }
  .on > .place > .shape {
    stroke: currentColor;
  }
  .locked > .place > .shape {
    stroke: var(--figure-accent);
  }
  .focus > .hit {
    stroke: var(--figure-accent);
    stroke-width: 2;
  }
  .detail ul {
    list-style: none;
    margin: 0;
    padding: 0;
    line-height: 1.5;
    font-variant-numeric: tabular-nums;
  }
  .detail {
    column-gap: 2em;
  }
  .sizes li {
    display: flex;
    gap: 0.6em;
  }
  @container (max-width: 640px) {
    .sizes {
      display: flex;
      flex-wrap: wrap;
      gap: 0 1.4em;
    }
  }
  .signs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.2em;
  }
  .sign {
    inline-size: 14px;
    block-size: 14px;
  }
  .hooks li {
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @media (forced-colors: active) {
    .map {
      --map-ink: CanvasText;
      --map-track: CanvasText;
    }
    .on > :is(.track, .tick, .shape, .stop) {
      stroke: Highlight;
    }
  }
`;
