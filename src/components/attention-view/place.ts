// SPDX-License-Identifier: MIT
import { css, html, type TemplateResult } from 'lit';
import type { AttentionViewName } from './views.js';

/** The place of a picture so high, with what stands under it. */
export function placeTemplate(view: AttentionViewName, scored: boolean, heightPx: number, said = ''): TemplateResult {
  return html`<div role="status" .style=${`block-size: ${heightPx}px`}>${said}</div>
    ${scored ? html`<div class="under"></div>` : ''}
    <div class="caption ${view}"></div>
    <div class="controls ${view}"></div>`;
}

/** How much room is kept for the words of each view. */
export const placeStyles = css`
  .under {
    block-size: 20px;
    line-height: 20px;
    font-size: max(0.9em, 11px);
    color: var(--figure-quiet);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .controls:is(.tokens, .arcs) {
    min-block-size: 54px;
  }
  @container (max-width: 440px) {
    .under {
      block-size: 20px;
      line-height: 20px;
      font-size: max(0.9em, 11px);
      color: var(--figure-quiet);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .controls:is(.tokens, .arcs) {
      min-block-size: 106px;
    }
  }
  @container (max-width: 300px) {
    .controls.matrix {
      min-block-size: 70.5px;
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
`;
