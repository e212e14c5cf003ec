// SPDX-License-Identifier: MIT
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import type { AttributionData } from './attribution-data.js';
import { asToken, fieldsTemplate } from './fields.js';
import { placeStyles } from './place.styles.js';
import type { AttributionView } from './place.js';
import { waitingTemplate } from './waiting.js';

const pictures = new Lazy(() => import('./picture.js'));

/**
 * Direct logit attribution: what every component adds to the logit of an answer, or to its difference from another token, at one
 * position. Contributions are exact and sum to the model's own number; every sum opens into its parts: attention into heads, heads into
 * the tokens that they read, MLPs into neurons.
 *
 * @summary What each part of the model adds to the logit of an answer.
 *
 * @example
 * ```html
 * <logit-attribution src="john-and-mary.json"></logit-attribution>
 * <logit-attribution src="john-and-mary.json" view="heads" layer="2" head="7"></logit-attribution>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - prompt of a live run
 * @attr {boolean} editable - show the prompt, the answer and what it is compared with in fields
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart crumbs - what is explained, and the way down to what is shown
 * @csspart bars - the list of parts
 * @csspart axis - what the two directions mean
 * @csspart map - the heads of all layers
 * @csspart sources - the prompt, coloured by what a head reads
 * @csspart answers - the fields of answer and comparison
 * @csspart caption - the sentence under the picture
 * @csspart controls - what is shown, and the legend
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
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a layer or a head
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class LogitAttributionElement extends LinkedFigure<AttributionData> {
  /** @internal */
  static override readonly tag = 'logit-attribution';
  /** @internal */
  static override styles: CSSResult[] = [...LinkedFigure.styles, placeStyles];

  /** What is shown: `components` of the whole model, `heads`, or `neurons`. */
  @property({ reflect: true }) view: AttributionView = 'components';
  /** With `view="heads"` or `"neurons"`: the layer that is taken apart; all layers where it is left out. */
  @property({ type: Number, reflect: true }) layer: number | undefined;
  /** With `view="heads"` and `layer`: the head that is taken apart, into the tokens that it reads from. */
  @property({ type: Number, reflect: true }) head: number | undefined;
  /** How many neurons of either sign are shown; recordings keep 20 of each layer. */
  @property({ type: Number }) top = 6;
  /** What the line beside the components is: their running sum, or `recompute`, what the stream says at each step by its own scale. */
  @property() norm: 'cached' | 'recompute' = 'cached';
  /** Text of the token that a live run explains; that of the recorded data where it is left out. */
  @property() answer: string | undefined;
  /** Text of the token that it is compared with in live runs; empty for none. */
  @property() wrong: string | undefined;
  /** Position that a live run explains; negative numbers count from the end. */
  @property({ type: Number }) position = -1;

  protected override readonly pictures = pictures;

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.hasUpdated && (['answer', 'wrong', 'position', 'norm'] as const).some((name) => changed.has(name))) this.live.again();
  }

  /** @internal Texts of answer and comparison, as author or reader have set them, else as the data have them. */
  get question(): [answer: string | undefined, wrong: string | undefined] {
    return [this.answer ?? this.figure?.answer.text, this.wrong ?? this.figure?.wrong?.text];
  }

  protected override renderWaiting(width: number): TemplateResult {
    const { view, layer, head, top, answer, wrong } = this;
    return waitingTemplate(width, { view, layer, head, top, answer, wrong, prompt: this.live.text });
  }

  protected override renderLiveFields(): TemplateResult {
    const [answer = '', wrong = ''] = this.question;
    return fieldsTemplate(answer, wrong, (what, text, pressed) => {
      this[what] = text === '' ? '' : asToken(text, this[what] ?? this.figure?.[what]?.text);
      if (pressed) void this.updateComplete.then(() => this.live.press());
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'logit-attribution': LogitAttributionElement;
  }
}
