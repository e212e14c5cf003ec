// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { oneOf } from '../shared/attribute-value.js';
import type { TraceToken } from '../shared/core.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import type { AttentionData, AttentionWeights, Combine } from './attention-data.js';
import { pictureHeight } from './layout.js';
import { placeStyles, placeTemplate } from './place.js';
import type { AttentionDirection, AttentionScale, AttentionScore } from './scene.js';
import { pictures, views, type AttentionViewName } from './views.js';

/**
 * Attention patterns in four ways: a head as a matrix beside all heads of its layer, all heads of all layers, the text itself shaded by what
 * a token attends to and what attends to it, and lines from queries to keys. Layer, heads and selection stay where the view changes.
 *
 * @summary Which token looks at which: as a matrix, as an overview of all heads, on the text itself, as lines.
 *
 * @example
 * ```html
 * <attention-view src="john-and-mary.json" layer="2" head="5" query="6"></attention-view>
 * <attention-view src="john-and-mary.json" view="arcs" layer="2" heads="1,5" top-k="2"></attention-view>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - prompt of a live run
 * @attr {boolean} editable - show the prompt in a field
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive; `reserve-for` knows it for every width
 *
 * @slot - shown until the figure is drawn and when it cannot be: an image, a table, a sentence. A child
 *   `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart cells - the canvas of the large head, of an overview or of the lines
 * @csspart thumbnail - the frame of a small head
 * @csspart thumbnails - the canvas of all small heads
 * @csspart axis - the labels of one axis
 * @csspart text - the text of the token view
 * @csspart options - the choices behind a disclosure
 * @csspart caption - the sentence under the picture
 * @csspart controls - view, layer and legend
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a cell, or chooses a head, a layer or a view
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class AttentionViewElement extends LinkedFigure<AttentionData> {
  /** @internal */
  static override readonly tag = 'attention-view';
  /** @internal */
  static override styles: CSSResult[] = [...LinkedFigure.styles, placeStyles];

  /** How attention is shown: `matrix`, `overview`, `tokens` or `arcs`. */
  @property({ reflect: true }) view: AttentionViewName = 'matrix';
  /** How many layers, heads and tokens the data to come have, such as "4 8 15", so that their place is kept exactly. */
  @property({ attribute: 'reserve-for' }) reserveFor: string | undefined;
  /** The model's number of the layer shown; the first layer of the data where it is left out. */
  @property({ type: Number, reflect: true }) layer: number | undefined;
  /** The head shown large, counted from 0. */
  @property({ type: Number, reflect: true }) head = 0;
  /** Several heads drawn as one, such as "1,5"; "all" for all of the layer. Wins over `head`. */
  @property({ converter: { fromAttribute: headList, toAttribute: (heads: readonly number[]) => heads.join() || 'all' } })
  heads: readonly number[] | undefined;
  /** How several heads become one: the `mean` of their weights, or their largest (`max`). All heads of a layer are always the largest. */
  @property() combine: Combine = 'mean';
  /** Two segments of the data, such as "A-B": only weights from a query in the first to a key in the second are shown. */
  @property() between: string | undefined;
  /** A number for each head: mean weight on the `previous` token, on the token it`self`, on the `first` token, mean `entropy`, or what was `recorded`. */
  @property() score: AttentionScore = 'none';
  /** What a colour stands for: the weight (`linear`), its square root (`sqrt`), or its share of the largest weight of the `head`. */
  @property() scale: AttentionScale = 'linear';
  /** In `tokens`: shade what a token attends to (`out`), what attends to it (`in`), or `both`. */
  @property() direction: AttentionDirection = 'both';
  /** In `arcs`: how many keys of each query have a line. */
  @property({ type: Number, attribute: 'top-k' }) topK = 3;
  /** In `arcs`: weights from here on have a line, instead of the strongest few. */
  @property({ type: Number }) threshold: number | undefined;
  /** Position of the query to lock; negative numbers count from the end. Setting it again, to the same value too, locks it again. */
  @property({ type: Number, hasChanged: () => true }) query: number | undefined;
  /** Position of the key to lock at the start, together with `query`. */
  @property({ type: Number, hasChanged: () => true }) key: number | undefined;
  /** The weight that the strongest colour stands for. */
  @property({ type: Number, attribute: 'max-value' }) maxValue = 1;
  /** Below zero, weights of both signs are shown, with a ramp from `negativeColor` to `positiveColor`. */
  @property({ type: Number, attribute: 'min-value' }) minValue = 0;
  /** The colour of the lowest weight, where there are weights below zero. */
  @property({ attribute: 'negative-color' }) negativeColor: string | undefined;
  /** The colour of the largest weight. */
  @property({ attribute: 'positive-color' }) positiveColor: string | undefined;
  /** Weights without a trace, as CircuitsVis takes them: [head][query][key], or a tensor [head, query, key]. Needs `tokens`. */
  @property({ attribute: false }) attention: AttentionWeights | undefined;
  /** Tokens of `attention`. */
  @property({ attribute: false }) tokens: readonly (string | TraceToken)[] | undefined;
  /** Names of the heads of `attention`. */
  @property({ attribute: false }) attentionHeadNames: readonly string[] | undefined;
  /** With `attention`: keys after the query are masked, not zero. */
  @property({ attribute: false }) maskUpperTri = true;
  /** Write tokens on the axes of the matrix. */
  @property({ attribute: false }) showAxisLabels = true;

  protected override get pictures() {
    return pictures.get(this.shownView)!;
  }

  /** @internal The view, where the word for it is one. */
  get shownView(): AttentionViewName {
    return oneOf(this.localName, 'view', this.view, views);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const given = (['attention', 'tokens', 'attentionHeadNames', 'maskUpperTri'] as const).some((name) => changed.has(name));
    if (given && this.hasUpdated) this.refreshData();
  }

  protected override dataProperty(): unknown {
    const { data, attention, tokens } = this;
    return data === undefined && attention && tokens ? { attention, tokens } : data;
  }

  /** What the reader has let go of is no part of the state. */
  override getState(): Record<string, unknown> {
    const state = super.getState();
    if (!this.figure || this.links.state.locked) return state;
    delete state['query'];
    delete state['key'];
    return state;
  }

  protected override renderWaiting(width: number): TemplateResult {
    const [layers, heads, count] = this.reserveFor?.split(/\D+/).map(Number) ?? [];
    const extent = {
      width,
      count: count || 16,
      layers: layers || 12,
      heads: heads || 8,
      scored: this.score !== 'none',
      characters: (this.prompt ?? '').length || 4.6 * (count || 16),
    };
    return html`${placeTemplate(this.shownView, extent.scored, pictureHeight(this.shownView, extent))}
      <div class="summary-space"></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'attention-view': AttentionViewElement;
  }
}

function headList(text: string | null): readonly number[] | undefined {
  if (text === null) return undefined;
  if (text === '' || text === 'all') return [];
  return [...new Set(text.split(',').map(Number))].filter(Number.isInteger).sort((a, b) => a - b);
}
