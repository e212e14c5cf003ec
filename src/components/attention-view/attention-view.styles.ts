// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** What all views share; each has its own sheet beside it. */
export const attentionStyles = css`
  .picture {
    display: flex;
    gap: 16px;
    align-items: flex-start;
  }
  .picture.narrow {
    flex-direction: column;
    gap: 10px;
  }
  canvas {
    display: block;
    image-rendering: pixelated;
    forced-color-adjust: none;
  }
  .options {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.35em 1.4em;
    margin-block: 0.3em;
  }
  table.weights {
    border-spacing: 0;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  table.weights :is(th, td) {
    text-align: end;
    font-weight: inherit;
    padding: 0.1em 0.5em;
  }
  table.weights :is(th, thead td) {
    background: var(--weights-paper);
  }
  table.weights thead :is(th, td) {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
  }
  table.weights tbody th {
    position: sticky;
    inset-inline-start: 0;
    text-align: start;
    padding-inline-start: 0;
  }
`;
