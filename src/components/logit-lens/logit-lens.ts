// SPDX-License-Identifier: MIT
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { oneOf } from '../shared/attribute-value.js';
import { FigureElement } from '../shared/figure-element.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import type { LensData } from './lens-data.js';
import { lensStyles } from './logit-lens.styles.js';
import { lensColours, type LensColour } from './colours.js';
import { waitingTemplate } from './waiting.js';

const pictures = new Lazy(() => import('./picture.js'));

/**
 * What the model would say at every layer: rows are points of the residual stream from the embedding (below) to the output (above),
 * columns are positions, each cell the likeliest next token, coloured by its probability or another statistic. Curves under the grid follow
 * tokens through the layers: that of the cell pointed at, and those that are pressed. In a narrow place the grid shows one position with its
 * likeliest tokens side by side.
 *
 * @summary The next token as it takes shape, layer by layer.
 *
 * @example
 * ```html
 * <logit-lens src="capital-of-france.json" position="-1"></logit-lens>
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
 * @csspart cells - the grid of tokens
 * @csspart cell - one token of the grid
 * @csspart axis - the labels of one axis
 * @csspart strip - the prompt as text, to choose a position
 * @csspart chart - the curves through the layers
 * @csspart detail - the likeliest tokens of the chosen cell
 * @csspart caption - the sentence under the picture
 * @csspart controls - what the colour means
 * @csspart legend - the colour scale
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a cell; `query` is the position, `layer` the block
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class LogitLensElement extends LinkedFigure<LensData> {
  /** @internal */
  static override readonly tag = 'logit-lens';
  /** @internal */
  static override styles: CSSResult[] = [...FigureElement.styles, lensStyles];

  /** Position that the figure opens on; negative numbers count from the end. The last one where it is left out. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** Label of the row to lock at the start, such as "2_pre"; with `position`. */
  @property({ hasChanged: () => true }) row: string | undefined;
  /**
   * What colour and curves say: `top`, the probability of the likeliest token; `target` and `rank`, probability and rank of the token that is
   * followed (else of the output's token); `entropy`; `kl`, the divergence to the output; `agreement` with the output's likeliest token.
   */
  @property() colour: LensColour = 'top';
  /** Tokens to follow as curves: `Mary, John`, or JSON in which a list is summed: `[" Mary", [" John", " Tom"]]`. */
  @property() pins: string | undefined;
  /** Positions whose curves are compared: `3, -1`. Without, that of the chosen cell. */
  @property() compare: string | undefined;
  /** `none` leaves the curves out. */
  @property() chart: 'lines' | 'none' = 'lines';
  /** Text of a token to follow through the layers, in live runs; recorded data bring their own. */
  @property() target: string | undefined;
  /** How many tokens per cell a live run asks for. */
  @property({ type: Number, attribute: 'top-k' }) topK = 5;
  /** How a live run applies the final norm: to each state by itself, or with the scale of the whole run. */
  @property() norm: 'recompute' | 'cached' = 'recompute';
  /** Rows: all points of the residual stream, or only those before each block. By default all, where they are at most 14. */
  @property() points: 'all' | 'layers' | undefined;
  /** One row in so many, counted from the output. By default all, or as many as `max-rows` allows. */
  @property({ type: Number }) stride: number | undefined;
  /** Most rows that are drawn without a `stride`. */
  @property({ type: Number, attribute: 'max-rows' }) maxRows = 26;
  /** Width of a column in CSS pixels; fitted to the width where it is left out. */
  @property({ type: Number, attribute: 'column-width' }) columnWidth: number | undefined;

  protected override readonly pictures = pictures;

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.colour = oneOf(this.localName, 'colour', this.colour, lensColours);
    super.willUpdate(changed);
    if (this.hasUpdated && (changed.has('topK') || changed.has('norm') || changed.has('target'))) this.live.again();
  }

  protected override renderWaiting(width: number): TemplateResult {
    const { topK, chart, points, pins, compare } = this;
    return waitingTemplate(width, { prompt: this.live.text, topK, chart, points, pins, compare });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'logit-lens': LogitLensElement;
  }
}
