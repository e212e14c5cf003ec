// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** What has its place before the picture is there; the picture brings its own. */
export const patchingStyles = css`
  .caption {
    min-block-size: 7em;
  }
  @container (min-width: 480px) {
    .caption {
      min-block-size: 4.2em;
    }
  }
  @container (min-width: 800px) {
    .caption {
      min-block-size: 2.8em;
    }
  }
  .outputs {
    margin-block: 0.2em 0.6em;
    font-variant-numeric: tabular-nums;
    min-block-size: calc(26px + 1.4em + var(--lines) * (1.4em + 6px));
  }
  @container (max-width: 480px) {
    .outputs {
      min-block-size: calc(26px + 2.8em + 3 * (2.8em + 2px));
    }
  }
  .prompts {
    margin-block-end: 0.5em;
    color: var(--figure-quiet);
  }
  .prompt-line {
    display: grid;
    grid-template-columns: 54px minmax(0, 1fr);
    gap: 8px;
    overflow-wrap: anywhere;
  }
  @container (min-width: 441px) and (max-width: 800px) {
    .choices2 {
      min-block-size: 49.5px;
    }
  }
  @container (max-width: 350px) {
    .choices1,
    .choices2 {
      min-block-size: 70.5px;
    }
  }
  @container (max-width: 300px) {
    .choices2 {
      min-block-size: 99.5px;
    }
  }
  .live {
    grid-template-columns: minmax(0, 1fr);
  }
  .answers label {
    max-inline-size: 100%;
    min-inline-size: 0;
  }
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3em 1.2em;
    color: var(--figure-quiet);
  }
  input {
    inline-size: 6.5em;
  }
  .answers select {
    max-inline-size: 100%;
    min-inline-size: 0;
  }
  .prompt {
    grid-template-columns: 5.2em minmax(0, 1fr);
  }
`;
