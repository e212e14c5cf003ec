// SPDX-License-Identifier: MIT
import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { TraceToken } from '../shared/core.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import type { TokenMark } from './scene.js';
import type { TokensData, TokenValues } from './tokens-data.js';
import { waitingTemplate } from './waiting.js';

const pictures = new Lazy(() => import('./picture.js'));

/**
 * Any value per token over the text itself: how surprised a model is, what one neuron does, where a gradient points. Amounts take the
 * sequential colours, values on both sides of zero the diverging ones; several rows of values are chosen from, or drawn as stripes under
 * the text.
 *
 * @summary Text whose tokens carry values.
 *
 * @example
 * ```html
 * <colored-tokens src="surprise.json" position="-1"></colored-tokens>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - prompt of a live run
 * @attr {boolean} editable - show the prompt in a field
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be: an image, a table, a sentence. A child
 *   `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart text - the coloured text
 * @csspart token - one token of it
 * @csspart caption - the sentence under the text
 * @csspart controls - what the colours mean, and the choice of the value
 * @csspart legend - a colour scale
 * @csspart tooltip - the sentence beside the pointer
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a token; `query` is its position
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class ColoredTokensElement extends LinkedFigure<TokensData> {
  /** @internal */
  static override readonly tag = 'colored-tokens';

  /** The row of values that colours the text: its label, or its number from 0. The first one where it is left out. */
  @property() row: string | undefined;
  /** Position of the token to lock at the start; negative numbers count from the end. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** `fill` colours the background of each token; `underline` draws every row of values as a stripe under the text. */
  @property() mark: TokenMark = 'fill';
  /** Print the values under the tokens. */
  @property({ type: Boolean, attribute: 'show-values' }) showValues = false;
  /** The ends of the colours: of each `row` by itself, or `shared` by all rows, which then compare. */
  @property() scale: 'row' | 'shared' = 'row';
  /** The value at the lower end of the colours; it follows from the data where it is left out. */
  @property({ type: Number, attribute: 'min-value' }) minValue: number | undefined;
  /** The value at the upper end of the colours; it follows from the data where it is left out. */
  @property({ type: Number, attribute: 'max-value' }) maxValue: number | undefined;
  /** Colour of the upper end, instead of the suite's blue. */
  @property({ attribute: 'positive-color' }) positiveColor: string | undefined;
  /** Colour of the lower end of values on both sides of zero, instead of the suite's orange. */
  @property({ attribute: 'negative-color' }) negativeColor: string | undefined;
  /**
   * What a live run computes, separated by commas: `surprise`, `probability`, `entropy`, `rank`, a hook, a hook and a neuron
   * (`blocks.3.mlp.hook_post:12`). The rows of the recorded data where it is left out, else `surprise`.
   */
  @property() compute: string | undefined;
  /** Values without a trace, as CircuitsVis takes them: one per token, or [token][row]. Needs `tokens`. */
  @property({ attribute: false }) values: TokenValues | undefined;
  /** Tokens of `values`. */
  @property({ attribute: false }) tokens: readonly (string | TraceToken)[] | undefined;
  /** Names of the rows of `values`. */
  @property({ attribute: false }) labels: readonly string[] | undefined;
  /** With `values`: the upper end of the colours of each row. */
  @property({ attribute: false }) positiveBounds: readonly number[] | undefined;
  /** With `values`: the lower end of the colours of each row. */
  @property({ attribute: false }) negativeBounds: readonly number[] | undefined;

  protected override readonly pictures = pictures;

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (!this.hasUpdated) return;
    if (arrays.some((name) => changed.has(name))) this.refreshData();
    if (changed.has('compute')) this.live.again();
  }

  protected override dataProperty(): unknown {
    if (this.data !== undefined) return this.data;
    return this.values && this.tokens ? { values: this.values, tokens: this.tokens } : undefined;
  }

  protected override renderWaiting(): TemplateResult {
    return waitingTemplate(this, this.live.text);
  }
}

const arrays = ['values', 'tokens', 'labels', 'positiveBounds', 'negativeBounds'] as const;

declare global {
  interface HTMLElementTagNameMap {
    'colored-tokens': ColoredTokensElement;
  }
}
