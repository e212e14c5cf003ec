// SPDX-License-Identifier: MIT
import { type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { FigureElement } from '../shared/figure-element.js';
import { Lazy } from '../shared/lazy.js';
import { defaultStrength, defaultTokens, roomText } from './defaults.js';
import type { SteeringPicture } from './picture.js';
import { placeStyles } from './place.styles.js';
import type { SteeringData } from './steering-data.js';
import { fieldsRoom, waitingTemplate } from './waiting.js';

const pictures = new Lazy(() => import('./picture.js'));

/** Numbers of layers, as a list or as an attribute writes them: "1,2". */
const layerList = {
  fromAttribute: (value: string | null): number[] | undefined =>
    value === null
      ? undefined
      : value
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(Number),
};

/**
 * A steering vector at work: what the model writes without it and with it, side by side, from one prompt and one seed, with a slider for
 * the strength. A line under every token says what the vector does to its probability. Recorded, it moves among the strengths of the
 * recording; live, it writes for any strength, finds vectors from two lists of prompts, and takes and gives files of them.
 *
 * @summary Text without and with a steering vector, and where the vector comes from.
 *
 * @example
 * ```html
 * <steering-lab src="mood.json" strength="4" less="sadder" more="happier"></steering-lab>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - prompt of a live run
 * @attr {boolean} editable - show the prompt, the pairs and the method in fields
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart texts - both texts
 * @csspart text - one of them
 * @csspart strength - the slider
 * @csspart caption - the sentence under the texts, and the button that stops a run
 * @csspart controls - what the colours mean
 * @csspart legend - the colour scale
 * @csspart vector - where the vector comes from, layer by layer
 * @csspart prompts - one of the two fields of prompts
 * @csspart tooltip - the sentence beside the pointer
 * @csspart foot - the text alternative and the ways to save the figure
 * @csspart live - fields and status of a live figure
 * @csspart prompt - the prompt field
 * @csspart waiting - the place kept free while data are on their way
 * @csspart error - a message about what failed
 * @csspart fallback - holds the author's own content
 *
 * @cssprop [--vitrine-accent] - colour of the reader's selection and of the slider
 * @cssprop [--vitrine-font-size=0.82em] - size of labels and captions
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {StrengthChangeEvent} vitrine-strength-change - the reader has moved the slider; `strength` says where to
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class SteeringLabElement extends FigureElement<SteeringData> {
  /** @internal */
  static override readonly tag = 'steering-lab';
  /** @internal */
  static override styles: CSSResult[] = [...FigureElement.styles, placeStyles];

  /** Times the vector; negative steers away, 0 adds nothing. A recorded figure takes the nearest strength that it has. */
  @property({ type: Number }) strength = defaultStrength;
  /** Prompts with the trait; as an attribute, one a line. Those of the recorded data where it is left out. */
  @property({ converter: String }) positive: string | readonly string[] | undefined;
  /** The other prompt of each pair, in the same order. */
  @property({ converter: String }) negative: string | readonly string[] | undefined;
  /** How the vector is found: `mean-difference`, `pca-diff`, `pca-center`, `pca-uncentered`, `logistic` or `actadd`. */
  @property() method: string | undefined;
  /** Layers to add it at in a live run, such as `2` or `1,2`; the middle one where it is left out. */
  @property({ converter: layerList }) layers: readonly number[] | undefined;
  /** Give changed activations the length that they had, in a live run. */
  @property({ type: Boolean, attribute: 'keep-norm' }) keepNorm = false;
  /** Tokens of each text. */
  @property({ type: Number, attribute: 'max-new-tokens' }) maxNewTokens: number | undefined;
  /** 0 takes the likeliest token each time; as recorded, else 0, where it is left out. */
  @property({ type: Number }) temperature: number | undefined;
  /** Of both texts. */
  @property({ type: Number }) seed: number | undefined;
  /** Begin every prompt of a live run with the model's begin-of-text token. */
  @property({ type: Boolean, attribute: 'prepend-bos' }) prependBos = false;
  /** Word at the lower end of the slider, such as "sadder". */
  @property() less: string | undefined;
  /** Word at the upper end of the slider. */
  @property() more: string | undefined;
  /** Show the vector layer by layer under the texts; behind a disclosure where it is left out. */
  @property({ type: Boolean }) open = false;

  protected override readonly pictures = pictures;

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    (this.picture as SteeringPicture | undefined)?.settings(changed);
  }

  protected override renderLiveFields(): TemplateResult {
    return super.renderLiveFields() ?? fieldsRoom(this.width);
  }

  protected override renderWaiting(width: number): TemplateResult {
    const room = roomText(this.live.text, this.maxNewTokens ?? defaultTokens);
    return waitingTemplate({ room, width, open: this.open, ends: Boolean(this.less || this.more) });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'steering-lab': SteeringLabElement;
  }
}
