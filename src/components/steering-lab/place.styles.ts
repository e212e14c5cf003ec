// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** Heights that are the same before and after there are data. */
export const placeStyles = css`
  .texts {
    display: grid;
    gap: 1em 2.2em;
    --text-size: calc(1em / 0.82);
  }
  @container (min-width: 520px) {
    .texts {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  .head {
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
    margin-block-end: 0.25em;
  }
  .words {
    grid-area: 1 / 1;
    min-inline-size: 0;
    font-size: var(--text-size);
    line-height: 1.75;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
  .room-for {
    visibility: hidden;
  }
  .caption {
    min-block-size: 6.2em;
  }
  @container (min-width: 480px) {
    .caption {
      min-block-size: 3.4em;
    }
  }
`;
