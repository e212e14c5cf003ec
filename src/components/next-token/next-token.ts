// SPDX-License-Identifier: MIT
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { FigureElement } from '../shared/figure-element.js';
import { Lazy } from '../shared/lazy.js';
import type { NextData } from './next-data.js';

const pictures = new Lazy(() => import('./picture.js'));

/**
 * The likeliest next tokens, and what decoding makes of them: temperature, top-k, top-p, min-p and a repetition penalty act on the logits
 * in the page, so that a reader sees what each of them cuts. Step by step the text goes on: along the recording, or by a live model.
 *
 * @summary The likeliest next tokens, and what sampling cuts.
 *
 * @example
 * ```html
 * <next-token src="capital.json" temperature="0.7" top-p="0.9"></next-token>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - prompt of a live run
 * @attr {boolean} editable - show the prompt in a field
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart text - the prompt and the tokens so far
 * @csspart bars - the list of candidates
 * @csspart beams - the tree of a beam search
 * @csspart caption - the sentence under the picture
 * @csspart controls - buttons and settings
 * @csspart legend - what outline and bar mean
 * @csspart tooltip - the sentence beside the pointer
 * @csspart foot - the text alternative and the ways to save the figure
 * @csspart live - prompt field and status of a live figure
 * @csspart prompt - the prompt field
 * @csspart waiting - the place kept free while data are on their way
 * @csspart error - a message about what failed
 * @csspart fallback - holds the author's own content
 *
 * @cssprop [--vitrine-accent] - colour of the reader's selection
 * @cssprop [--vitrine-font-size=0.82em] - size of labels and captions
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class NextTokenElement extends FigureElement<NextData> {
  /** @internal */
  static override readonly tag = 'next-token';

  /** Divides the logits; 0 takes the likeliest token. */
  @property({ type: Number }) temperature = 1;
  /** Keep the k likeliest tokens; 0 for all. */
  @property({ type: Number, attribute: 'top-k' }) topK = 0;
  /** Keep the likeliest tokens that together reach this probability; 1 for all. */
  @property({ type: Number, attribute: 'top-p' }) topP = 1;
  /** Keep the tokens that are at least this fraction of the likeliest one; 0 for all. */
  @property({ type: Number, attribute: 'min-p' }) minP = 0;
  /** Divides the logits of tokens that stand in the text; 1 for none. */
  @property({ type: Number, attribute: 'repetition-penalty' }) repetitionPenalty = 1;
  /** Draws the same tokens every time; the draw of a step is the one that `HookedModel.generate` makes with this seed. */
  @property({ type: Number }) seed = 0;
  /** How many candidates are listed. */
  @property({ type: Number }) candidates = 10;
  /** The step of the continuation to open on, counted from 0. */
  @property({ type: Number }) step = 0;
  /** `tokens`: the candidates of one step; `beams`: the tree of a beam search, where the data hold one. */
  @property() view: string | undefined;
  /** Width of the beam search of a live run with `view="beams"`. */
  @property({ type: Number, attribute: 'beam-width' }) beamWidth = 3;

  protected override readonly pictures = pictures;

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.hasUpdated && changed.has('view')) this.live.again();
  }

  protected override renderWaiting(): TemplateResult {
    return html`<div .style=${'block-size: calc(3.2em / 0.82); margin-block-end: calc(0.6em / 0.82)'}></div>
      <div .style=${`block-size: ${26 * this.candidates}px`}></div>
      <div class="caption"></div>
      <div .style=${'block-size: 120px'}></div>
      <div class="summary-space"></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'next-token': NextTokenElement;
  }
}
