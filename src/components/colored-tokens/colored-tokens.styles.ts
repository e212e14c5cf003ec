// SPDX-License-Identifier: MIT
import { css } from 'lit';

/**
 * The text is read as text: in the page's own face and size. Gaps of one pixel keep neighbours of one colour apart. What is pointed at has an
 * outline and nothing else: a z-index would have Chromium lay out a text of 2,000 tokens again, 50 ms for each move of the pointer.
 */
export const coloredTokensStyles = css`
  .text {
    contain: layout style;
    direction: ltr;
    font-size: calc(1em / 0.82);
    line-height: 1.7;
    overflow-wrap: anywhere;
    cursor: crosshair;
    touch-action: pan-y pinch-zoom;
  }
  .unseen {
    visibility: hidden;
    white-space: pre-wrap;
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
  .cell .space::before {
    content: none;
  }
  .cell.blank .space::before {
    content: '·';
  }
  select {
    max-inline-size: 18em;
  }
  .underline .cell,
  .valued .cell {
    display: inline-block;
    max-inline-size: 100%;
    box-sizing: border-box;
    vertical-align: top;
    line-height: 1.35;
    margin-block-end: 0.35em;
  }
  .underline .cell {
    position: relative;
    forced-color-adjust: auto;
  }
  .valued .cell.here {
    outline-offset: -1px;
  }
  .underline .cell {
    padding-block-end: calc(var(--stripes) * 5px + 0.14em);
  }
  .stripe {
    position: absolute;
    inset-inline: 0;
    inset-block-end: calc((var(--stripes) - 1 - var(--row)) * 5px);
    block-size: 4px;
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
  .controls .legend {
    margin-inline-start: 0;
  }
  @media print {
    .cell {
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
  }
`;
