// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** Where the parts stand; how they look comes with what draws them. */
export const lensStyles = css`
  .reading {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2em 1.2em;
    margin-block-start: 0.7em;
  }
  .curves {
    flex: none;
    max-inline-size: 100%;
  }
  .detail {
    flex: 1 1 12em;
    min-inline-size: 0;
  }
  .following {
    min-block-size: 26px;
    margin-block-start: 0.35em;
  }
  .follow {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.35em 0.9em;
    color: var(--figure-quiet);
  }
  .chip {
    color: var(--hue, inherit);
    max-inline-size: 100%;
    text-align: start;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .chip span {
    margin-inline-start: 0.5em;
  }
  .encoding {
    min-block-size: calc(1.6em + 2px);
  }
  .encoding,
  .encoding select {
    box-sizing: border-box;
    inline-size: 17em;
    max-inline-size: 100%;
    text-overflow: ellipsis;
  }
  @container (max-width: 760px) {
    .controls {
      min-block-size: 50px;
    }
  }
  @container (max-width: 479px) {
    .following {
      min-block-size: 58px;
    }
  }
  @container (max-width: 440px) {
    .controls {
      min-block-size: 76px;
    }
  }
  @container (max-width: 300px) {
    .controls {
      min-block-size: 102px;
    }
  }
  .strip-line {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.6em;
    align-items: center;
    margin-block-end: 0.6em;
  }
  .strip-line button {
    min-inline-size: 26px;
    padding-inline: 0;
    line-height: 1;
  }
  .strip {
    max-block-size: 7em;
    overflow-y: auto;
    color: var(--figure-quiet);
  }
  .caption {
    min-block-size: 5.6em;
  }
  @container (max-width: 300px) {
    .caption {
      min-block-size: 7em;
    }
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
`;
