// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** Heights that are the same before and after there is a map. */
export const placeStyles = css`
  .detail {
    min-block-size: calc(var(--lines, 2) * 1.5em);
  }
  @container (max-width: 440px) {
    .detail {
      min-block-size: 4.5em;
    }
  }
  @container (max-width: 340px) {
    .caption {
      min-block-size: 5.6em;
    }
    .detail {
      min-block-size: 6em;
    }
  }
`;
