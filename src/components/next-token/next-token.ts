// SPDX-License-Identifier: MIT
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import type { TokenLogProbs } from './log-probs.js';
import type { NextData } from './next-data.js';
import { placeStyles } from './place.styles.js';
import { waitingTemplate } from './waiting.js';

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
 * @slot legend - in place of what the marks mean
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart text - the prompt and the tokens so far
 * @csspart mass - all probability in one bar, with what top-p cuts and where the draw falls
 * @csspart heads - the axis and the names over the columns of the candidates
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
 * @cssprop [--vitrine-ramp] - colours of amounts: `viridis` or `cividis`; from the page's paper to blue where it is left out
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at or locks an added token; `query` is its position
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class NextTokenElement extends LinkedFigure<NextData> {
  /** @internal */
  static override readonly tag = 'next-token';
  /** @internal */
  static override styles: CSSResult[] = [...LinkedFigure.styles, placeStyles];

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
  /** Depth of the beam search of a live run with `view="beams"`. */
  @property({ type: Number, attribute: 'beam-depth' }) beamDepth = 4;
  /** Log-probabilities without a trace, as CircuitsVis takes them: [position][k] for each token of `prompt`, a list, after the first. */
  @property({ attribute: false }) topKLogProbs: TokenLogProbs['topKLogProbs'] | undefined;
  /** Tokens of `topKLogProbs`. */
  @property({ attribute: false }) topKTokens: TokenLogProbs['topKTokens'] | undefined;
  /** With `topKLogProbs`: rank of each token of the text, from 0. */
  @property({ attribute: false }) correctTokenRank: TokenLogProbs['correctTokenRank'];
  /** With `topKLogProbs`: log-probability of each token of the text. */
  @property({ attribute: false }) correctTokenLogProb: TokenLogProbs['correctTokenLogProb'];

  /** The prompt as CircuitsVis gives it, token by token. */
  #promptTokens: readonly string[] | undefined;

  protected override readonly pictures = pictures;

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#takePrompt();
    super.willUpdate(changed);
    if (!this.hasUpdated) return;
    const isList = changed.has('prompt') && this.topKLogProbs !== undefined;
    if (isList || arrays.some((name) => changed.has(name))) this.refreshData();
    if (changed.has('view')) this.live.again();
  }

  protected override dataProperty(): unknown {
    this.#takePrompt();
    return this.data ?? this.logProbs;
  }

  /** @internal The arrays of CircuitsVis, where all of them are there. */
  get logProbs(): TokenLogProbs | undefined {
    const { topKLogProbs, topKTokens, correctTokenRank, correctTokenLogProb } = this;
    if (!topKLogProbs || !topKTokens || !this.#promptTokens) return undefined;
    return { prompt: this.#promptTokens, topKLogProbs, topKTokens, correctTokenRank, correctTokenLogProb };
  }

  #takePrompt(): void {
    const prompt: unknown = this.prompt;
    if (!Array.isArray(prompt)) return;
    this.#promptTokens = prompt as string[];
    this.prompt = prompt.join('');
  }

  protected override renderWaiting(): TemplateResult {
    return waitingTemplate(this);
  }
}

const arrays = ['topKLogProbs', 'topKTokens', 'correctTokenRank', 'correctTokenLogProb'] as const;

declare global {
  interface HTMLElementTagNameMap {
    'next-token': NextTokenElement;
  }
}
