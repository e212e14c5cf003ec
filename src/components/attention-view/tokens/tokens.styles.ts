// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const tokensStyles = css`
  .picture:has(> .text) {
    justify-content: space-between;
  }
  .text {
    font-size: calc(1em / 0.82);
    line-height: 32px;
    cursor: default;
    overflow-wrap: anywhere;
    touch-action: pan-y pinch-zoom;
    text-align: start;
  }
  .text:focus-visible {
    outline: none;
  }
  .piece {
    padding-block: 1px;
    border-block-end: 4px solid transparent;
    border-radius: 2px;
    outline-offset: 1px;
    cursor: pointer;
    forced-color-adjust: none;
  }
  .piece .part.space:first-child:not(:has(+ .space))::before {
    content: none;
  }
  .piece .token {
    white-space: break-spaces;
  }
  .piece.pointed {
    outline: 1px solid currentColor;
  }
  .piece.ringed {
    outline: 2px solid currentColor;
  }
  .piece.locked,
  .piece.active {
    outline: 2px solid var(--figure-accent);
  }
  .legends {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.4em;
  }
  @media (forced-colors: active) {
    .piece {
      color: CanvasText;
    }
  }
`;
