// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** Heights that are the same before and after there are data. */
export const placeStyles = css`
  .caption {
    min-block-size: 5.6em;
  }
  .controls {
    min-block-size: 26px;
  }
  @container (min-width: 480px) {
    .caption {
      min-block-size: 2.8em;
    }
  }
  @container (max-width: 800px) {
    .controls {
      min-block-size: calc(52px + 0.35em);
    }
  }
  @container (max-width: 440px) {
    .controls {
      min-block-size: calc(78px + 0.7em);
    }
  }
`;
