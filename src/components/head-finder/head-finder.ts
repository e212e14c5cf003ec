// SPDX-License-Identifier: MIT
import { html, type CSSResult, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { FigureElement } from '../shared/figure-element.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import type { HeadsData } from './heads-data.js';
import { finderHeight } from './layout.js';
import { placeStyles } from './place.styles.js';

const pictures = new Lazy(() => import('./picture.js'));

/**
 * Heads of a model ranked by where they look: at the previous token, at what followed an earlier copy (induction), at the copy, at
 * themselves. Each with a small pattern; the chosen one large, with the places that the score looks at.
 *
 * @summary Heads ranked by what they do, with their patterns.
 *
 * @example
 * ```html
 * <head-finder src="heads.json" by="induction" link="heads"></head-finder>
 * <attention-view src="names.json" link="heads"></attention-view>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - a text to score the heads on; random tokens, repeated, where it is left out
 * @attr {boolean} editable - show the prompt in a field
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart ranking - the list of heads
 * @csspart thumbnail - the small pattern of a head
 * @csspart map - the score of every head
 * @csspart caption - the sentence under the picture
 * @csspart controls - the kind of score, how it is computed, and the legend
 * @csspart legend - the colour scale
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
 * @cssprop [--vitrine-ramp] - colours of amounts: `viridis` or `cividis`; from the page's paper to blue where it is left out
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a head
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class HeadFinderElement extends LinkedFigure<HeadsData> {
  /** @internal */
  static override readonly tag = 'head-finder';
  /** @internal */
  static override styles: CSSResult[] = [...FigureElement.styles, placeStyles];

  /** The score that ranks: `induction`, `previous`, `duplicate`, `self`, `entropy` (lowest first) or `distance`. */
  @property({ reflect: true }) by: string | undefined;
  /**
   * How patterns become scores: `diagonal` (on repeated random tokens), `rows`, `mask` or `mask-abs`, of those that the data have; the
   * first of them where it is left out. See `headScores` for what each is.
   */
  @property({ reflect: true }) convention: string | undefined;
  /** How many heads are listed. */
  @property({ type: Number }) top = 8;
  /** Layer of the head to lock at the start, with `head`; the first of the ranking where it is left out. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Head to lock at the start, with `layer`. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;

  protected override readonly pictures = pictures;

  protected override get needsPrompt(): boolean {
    return false;
  }

  protected override renderWaiting(width: number): TemplateResult {
    return html`<div .style=${`block-size: ${finderHeight(width, this.top)}`}></div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'head-finder': HeadFinderElement;
  }
}
