// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** What gives the figure its height, the same before and after there are data; and the fields, which stand there before it. */
export const placeStyles = css`
  .crumbs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.5em;
    min-block-size: 26px;
    margin-block-end: 0.4em;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .crumbs > * {
    min-block-size: 24px;
    line-height: 24px;
  }
  .beside {
    display: flex;
    flex-wrap: wrap;
    gap: 10px 28px;
    align-items: flex-start;
  }
  .beside > .bars {
    flex: 1 1 420px;
    min-inline-size: 0;
  }
  .read {
    flex: 1 1 200px;
    min-inline-size: 0;
    max-inline-size: 44em;
  }
  .read-text {
    line-height: 1.7;
    overflow-wrap: anywhere;
    min-block-size: 3.4em;
    max-block-size: 12em;
    overflow-y: auto;
  }
  .read-text .text {
    display: inline-block;
    max-inline-size: 100%;
    white-space: pre-wrap;
    padding-block: 0;
    line-height: 1.45;
  }
  .sources {
    line-height: 1.3;
    max-inline-size: 44em;
    min-block-size: 50px;
  }
  .source {
    display: inline-flex;
    flex-direction: column;
    align-items: center;
    vertical-align: top;
    margin-block-end: 0.35em;
    max-inline-size: 100%;
  }
  .source .text {
    font-size: calc(1em / 0.82);
    white-space: pre-wrap;
    padding: 0.15em 1px;
    overflow-wrap: anywhere;
  }
  .source .amount {
    block-size: 1.3em;
    font-size: max(0.85em, 11px);
    font-variant-numeric: tabular-nums;
  }
  .caption {
    min-block-size: 7em;
  }
  @container (min-width: 480px) {
    .caption {
      min-block-size: 4.2em;
    }
  }
  @container (min-width: 640px) {
    .caption {
      min-block-size: 2.8em;
    }
  }
  @container (max-width: 440px) {
    .choices {
      flex-basis: 100%;
    }
  }
  .choices {
    display: flex;
    gap: 0.8em;
    min-inline-size: 0;
  }
  .choices :is(label, select) {
    min-inline-size: 0;
    white-space: nowrap;
  }
  .choices label:nth-child(2) {
    flex: none;
  }
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em 1.2em;
    color: var(--figure-quiet);
  }
`;
