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
`;
