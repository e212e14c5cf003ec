// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** At one position, a probability that has no room beside its token falls below the cell's edge: the caption says it, as does the colour. */
export const gridStyles = css`
  .grid {
    direction: ltr;
    inline-size: fit-content;
    max-inline-size: 100%;
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .row,
  .positions {
    display: flex;
    block-size: var(--row);
  }
  .positions {
    direction: ltr;
    block-size: var(--prompt);
    align-items: center;
    font-size: var(--token-size);
    line-height: 1.2;
    color: var(--figure-quiet);
  }
  .point {
    flex: none;
    inline-size: var(--labels);
    box-sizing: border-box;
    padding-inline-end: 8px;
    text-align: end;
    align-self: center;
    font-size: max(0.9em, 11px);
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .positions .point {
    color: inherit;
  }
  .point.chosen,
  .input.chosen {
    color: inherit;
  }
  .point.linked {
    color: inherit;
    align-self: stretch;
    line-height: var(--row);
    border-inline-end: 3px solid var(--figure-accent);
    padding-inline-end: 5px;
  }
  .cell {
    flex: none;
    display: flex;
    align-items: center;
    gap: 0.4em;
    box-sizing: border-box;
    inline-size: calc(var(--column) - 1px);
    margin: 0 1px 1px 0;
    padding-inline: 4px;
    font-size: var(--token-size);
    line-height: 1;
    min-inline-size: 0;
    position: relative;
    forced-color-adjust: none;
  }
  .grid.position .cell {
    flex-wrap: wrap;
    column-gap: 0.2em;
    padding-inline: 2px;
    overflow: hidden;
    line-height: calc(var(--row) - 1px);
  }
  .grid.position .cell .text {
    max-inline-size: 100%;
    padding-block: 0;
  }
  .grid.position .settled {
    inset-inline: 3px auto;
    translate: 0;
  }
  .board {
    position: relative;
  }
  .input .text {
    display: inline-block;
    box-sizing: border-box;
    min-inline-size: 1.6em;
    max-inline-size: 100%;
  }
  .settled {
    position: absolute;
    inset: auto 50% 3px auto;
    translate: 50%;
    inline-size: 1.4em;
    block-size: 2px;
    background: currentColor;
    opacity: 0.7;
  }
  .settled.key {
    display: inline-block;
    position: static;
    translate: 0;
    margin-inline-end: 0.4em;
    vertical-align: 0.25em;
  }
  .cell.unknown {
    opacity: 0.55;
    background-image: repeating-linear-gradient(135deg, color-mix(in srgb, currentColor 22%, transparent) 0 1px, transparent 1px 4px);
  }
  .grid:not(.position) .cell {
    justify-content: center;
  }
  .cell .text,
  .input,
  .input .text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    min-inline-size: 0;
    padding-block: 0.25em;
  }
  .cell .percent {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .input {
    flex: none;
    box-sizing: border-box;
    inline-size: var(--column);
    padding-inline: 4px;
    text-align: center;
    cursor: pointer;
  }
  .cell.here {
    outline: 1.5px solid var(--figure-ink);
    outline-offset: -1px;
    z-index: 1;
  }
  .locked .cell.here {
    outline-color: var(--figure-accent);
  }
  .grid [data-focus] {
    outline: 2px solid var(--figure-accent);
    outline-offset: 0;
    z-index: 2;
  }
  .grid:focus-visible {
    outline: none;
  }
  .choice {
    cursor: pointer;
    white-space: pre-wrap;
  }
  .choice.shown {
    color: var(--figure-ink);
  }
  .choice.chosen {
    box-shadow: 0 2px 0 var(--figure-accent);
  }
  .strip .token,
  .strip .newline {
    white-space: pre-wrap;
  }
  .strip .space::before {
    content: none;
  }
  .caption > div {
    overflow-wrap: anywhere;
  }
  @media (forced-colors: active) {
    .settled.key {
      background: CanvasText;
    }
    .choice.chosen {
      text-decoration: underline 2px;
    }
  }
`;
