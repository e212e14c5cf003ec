// SPDX-License-Identifier: MIT
import { css, unsafeCSS } from 'lit';
import { bandPx, underLastPx } from './layout.js';

const px = (length: number) => unsafeCSS(`${length}px`);

/**
 * The text is read as text: in the page's own face and size. Gaps of one pixel keep neighbours of one colour apart. What is pointed at has an
 * outline and nothing else: a z-index would have Chromium lay out a text of 2,000 tokens again, 50 ms for each move of the pointer.
 */
export const coloredTokensStyles = css`
  .text {
    contain: layout style;
    direction: ltr;
    font-size: calc(1em / 0.82);
    overflow-wrap: anywhere;
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .cell {
    padding-block: 0.14em;
    border-inline-end: 1px solid transparent;
    background-clip: padding-box;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
    forced-color-adjust: none;
  }
  .cell .token,
  .cell .part {
    white-space: pre-wrap;
  }
  .cell .part:is(.newline, .return, .tab) {
    white-space: normal;
  }
  .text:not(.valued) .token.word {
    white-space: normal;
  }
  .cell .space::before {
    content: none;
  }
  .cell.blank .space::before {
    content: '·';
  }
  select {
    max-inline-size: min(18em, 100%);
  }
  .valued .cell {
    display: inline-block;
    max-inline-size: 100%;
    box-sizing: border-box;
    vertical-align: top;
    line-height: 1.35;
    margin-block-end: 0.35em;
  }
  .valued .cell.here {
    outline-offset: -1px;
  }
  .underline {
    --step: calc(${px(bandPx)} / max(3, var(--stripes)));
    padding-block-end: ${px(underLastPx)};
  }
  .underline .cell {
    position: relative;
    padding-block-end: ${px(bandPx + 2)};
    forced-color-adjust: auto;
  }
  .stripe {
    position: absolute;
    inset-inline: 0;
    inset-block-start: calc(100% - ${px(bandPx)} + var(--row) * var(--step));
    block-size: calc(var(--step) - 1px);
    forced-color-adjust: none;
  }
  .value {
    display: flex;
    flex-direction: column;
    font-size: max(0.62em, 11px);
    line-height: 1.3;
    font-variant-numeric: tabular-nums;
    padding-inline: 0.15em;
  }
  .value > span {
    white-space: nowrap;
  }
  .cell.here {
    outline: 1.5px solid var(--figure-ink);
  }
  .locked .cell.here {
    outline: 2px solid var(--figure-accent);
  }
  .cell[data-focus] {
    outline: 2px solid var(--figure-accent);
    outline-offset: 1px;
  }
  .text:focus-visible {
    outline: none;
  }
  .controls :is(.legend, .legend-title) {
    min-inline-size: 0;
    max-inline-size: 100%;
  }
  .underline ~ .controls .legend {
    flex-wrap: nowrap;
  }
  .underline ~ .controls .legend-title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  @media print {
    .cell {
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
  }
`;
