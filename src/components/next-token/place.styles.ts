// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** What gives the figure its height, the same before and after there are data, and while a text grows. */
export const placeStyles = css`
  .text-line {
    font-size: calc(1em / 0.82);
    line-height: 1.7;
    block-size: 6.8em;
    overflow-y: auto;
    margin-block-end: 0.5em;
  }
  .mass {
    block-size: 8px;
    padding-block-start: 10px;
    margin-block-end: 6px;
  }
  .caption {
    min-block-size: 7em;
  }
  .heads {
    block-size: 24px;
  }
  .keys {
    min-block-size: 2.8em;
    padding-block-end: 0.4em;
  }
  .steps {
    min-block-size: calc(26px + 3.2em);
  }
  @container (min-width: 300px) {
    .caption {
      min-block-size: 5.6em;
    }
  }
  @container (min-width: 480px) {
    .text-line {
      block-size: 3.4em;
    }
    .caption {
      min-block-size: 4.2em;
    }
    .keys {
      min-block-size: 1.4em;
    }
    .steps {
      min-block-size: 2.8em;
    }
  }
  @container (min-width: 640px) {
    .caption {
      min-block-size: 2.8em;
    }
    .steps {
      min-block-size: 30px;
    }
  }
  .sliders {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 250px), 1fr));
    gap: 0.15em 1.6em;
    margin-block-start: 0.4em;
  }
  .slider {
    min-block-size: 26px;
  }
`;
