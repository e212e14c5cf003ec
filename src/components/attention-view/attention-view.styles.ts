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
  .note {
    flex-basis: 100%;
  }
  .controls:is(.tokens, .arcs) {
    min-block-size: 54px;
  }
  @container (max-width: 440px) {
    .controls:is(.tokens, .arcs) {
      min-block-size: 106px;
    }
  }
  .caption.tokens {
    min-block-size: 5.6em;
  }
  @container (min-width: 480px) {
    .caption.tokens {
      min-block-size: 4.2em;
    }
  }
  @container (min-width: 640px) {
    .caption.tokens {
      min-block-size: 2.8em;
    }
  }
  .options {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.35em 1.4em;
    margin-block: 0.3em;
  }
`;
