// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { cssColour, rampRgb } from '../shared/colour.js';
import { OwnFigure } from '../shared/own-figure.js';
import { formatNumber, formatPercent } from '../shared/format.js';
import { GridController } from '../shared/grid-controller.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenStyles, tokenTemplate } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { oneOf } from '../shared/attribute-value.js';
import { barsTemplate } from './bars.js';
import { beamsTemplate, bestBeam } from './beams.js';
import { slidersTemplate } from './controls.js';
import { decode, drawn, uniformOf, type Candidate, type Decoding } from './decoding.js';
import { nextFromTrace, stepLogits, type NextData } from './next-data.js';
import { nextTokenStyles } from './next-token.styles.js';
import { candidateSentence, fullProbability, type NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';
import { textLine } from './text-line.js';

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
export class NextTokenElement extends OwnFigure<NextData> {
  /** @internal */
  static override readonly tag = 'next-token';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, tooltipStyles, nextTokenStyles];

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

  /** The candidate that is pointed at or locked. */
  @state() private pointed: { id: number; locked: boolean } | undefined;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#rowCount(),
    columnCount: () => 1,
    onMove: (place) => this.#point(place && this.#scene?.candidates[place.row]),
    onLock: ({ row }) => this.#lock(this.#scene!.candidates[row]!),
    onRelease: () => {
      const held = this.pointed !== undefined;
      this.pointed = undefined;
      this.tooltip.hide();
      return held;
    },
  });
  readonly #pointing = new Pointing<Candidate>(this.tooltip, {
    hit: (event) => {
      const row = event
        .composedPath()
        .find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined);
      return row && this.#scene?.candidates[Number(row.dataset['row'])];
    },
    sentence: (candidate) => candidateSentence(this.#scene!, candidate),
    point: (candidate) => this.#point(candidate),
    isPointedAt: ({ id }) => this.pointed?.id === id,
    press: (candidate, firstTouch) => {
      this.#grid.moveTo({ row: this.#scene!.candidates.indexOf(candidate), column: 0 });
      if (firstTouch) this.#point(candidate);
      else this.#lock(candidate);
    },
    isHeld: () => this.#grid.focused,
  });
  #scene: NextScene | undefined;
  /** Ids that a live run goes on from, and the prompt that they follow. */
  #appended: { prompt: string; ids: number[] } = { prompt: '', ids: [] };
  /** Said beside the buttons. */
  @state() private hint: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.hasUpdated && changed.has('view')) this.live.again();
  }

  protected override read(value: unknown): NextData {
    return nextFromTrace(value);
  }

  protected override promptOf(figure: NextData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: NextData): string {
    return figure.source;
  }

  protected override liveRequest(prompt: string): LiveRequest {
    if (prompt !== this.#appended.prompt) this.#appended = { prompt, ids: [] };
    const beams = this.#shown() === 'beams' ? { beams: { width: this.beamWidth, depth: 4 } } : {};
    return { kind: 'next-token', options: { prompt, appended: this.#appended.ids, ...beams } };
  }

  protected override onFigure(figure: NextData): void {
    this.pointed = undefined;
    this.hint = undefined;
    if (figure.prompt === this.#appended.prompt && this.#appended.ids.length > 0) this.step = figure.stepCount - 1;
    else this.step = Math.min(Math.max(0, this.step), figure.stepCount - 1);
  }

  protected override renderWaiting(): TemplateResult {
    return html`<div class="text-line"></div>
      <div .style=${`block-size: ${26 * this.candidates}px`}></div>
      <div class="caption"></div>
      <div .style=${'block-size: 120px'}></div>
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: NextData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate();
    if (this.#shown() === 'beams' && figure.beams) return this.#renderBeams(figure);
    return html`${textLine(scene, this.#goTo)} ${barsTemplate(scene, this.#pointing, this.label)}
      <div class="caption" part="caption">
        <div>${candidateSentence(scene, scene.chosen)}${scene.locked ? html` <span class="quiet">(${strings.locked})</span>` : ''}.</div>
        <div class="quiet">${this.#summary(scene)}.</div>
      </div>
      <div part="controls">
        <div class="steps">
          <button type="button" ?disabled=${scene.step === 0} @click=${() => this.#goTo(scene.step - 1)}>${words.stepBack}</button>
          <button type="button" @click=${() => this.#add(scene.chosen.id)}>${words.stepOn(figure.tokenOf(scene.chosen.id).quoted)}</button>
          <button type="button" @click=${() => this.#draw()}>${words.stepDraw}</button>
          <label
            >${words.seed}
            <input
              class="seed"
              type="number"
              .value=${String(this.seed)}
              @change=${(event: Event) => (this.seed = (event.target as HTMLInputElement).valueAsNumber || 0)}
          /></label>
          ${this.hint === undefined ? nothing : html`<span class="quiet" role="status">${this.hint}</span>`}
        </div>
        ${slidersTemplate(scene.decoding, (name, value) => (this[name] = value))} ${this.#legend(scene)}
      </div>`;
  }

  #renderBeams(figure: NextData): TemplateResult {
    const best = bestBeam(figure);
    return html`<div class="text-line" part="text">${figure.tokens.map((token) => tokenTemplate(token))}</div>
      ${beamsTemplate(figure)}
      <div class="caption" part="caption">
        <div>${words.beamCaption(figure.beams!.width)}.</div>
        ${best ? html`<div class="quiet">${words.beamSentence(`"${best.text}"`, formatNumber(best.logProbability), true)}.</div>` : nothing}
      </div>`;
  }

  protected override renderText(): TemplateResult {
    const { figure, candidates } = this.#scene!;
    return textAlternative({
      heads: [words.nextColumns[0]!, `${words.nextColumns[1]}, ${words.nextColumns[2]!.toLowerCase()}`],
      rows: candidates.slice(0, 30).map((candidate) => ({
        head: tokenTemplate(figure.tokenOf(candidate.id)),
        cell: `${formatPercent(candidate.raw)}, ${candidate.cutBy ? words.nextRules[candidate.cutBy] : formatPercent(candidate.probability)}`,
      })),
    });
  }

  #legend({ theme, full }: NextScene): TemplateResult {
    const colour = cssColour(rampRgb(theme.sequential, 190));
    return html`<div class="keys quiet" part="legend">
      <span><span class="swatch"></span>${words.rawLegend}</span>
      <span><span class="swatch" .style=${`background: ${colour}; outline: 0`}></span>${words.drawnLegend}</span>
      <span>${words.fullLength(formatPercent(full))}</span>
    </div>`;
  }

  #summary({ candidates, figure, decoding }: NextScene): string {
    const kept = candidates.filter(({ cutBy }) => !cutBy);
    const all = kept.length === figure.count && decoding.temperature !== 0;
    if (all && (decoding.topP < 1 || decoding.minP > 0)) return words.nextBeyond(figure.count);
    const sum = all ? 1 : kept.reduce((total, { raw }) => total + raw, 0);
    return words.nextCaption(all ? words.nextMany : words.nextKept(kept.length), formatPercent(sum));
  }

  #shown(): 'tokens' | 'beams' {
    return oneOf(this.localName, 'view', this.view, ['tokens', 'beams'] as const);
  }

  #rowCount(): number {
    return this.figure ? Math.min(Math.max(1, this.candidates), this.figure.count) : 0;
  }

  #sceneOf(figure: NextData): NextScene {
    const { temperature, topK, topP, minP, repetitionPenalty } = this;
    const decoding: Decoding = { temperature, topK, topP, minP, repetitionPenalty };
    const step = Math.min(Math.max(0, this.step), figure.stepCount - 1);
    const before = new Set([...figure.tokens.map(({ id }) => id), ...figure.chosen.slice(0, step)]);
    const candidates = decode(stepLogits(figure, step), decoding, before);
    const chosen = candidates.find(({ id }) => id === this.pointed?.id) ?? candidates[0]!;
    const { current: theme } = this.theme;
    const rows = this.#rowCount();
    return {
      figure,
      step,
      decoding,
      candidates,
      rows,
      full: fullProbability(candidates.slice(0, rows)),
      chosen,
      locked: this.pointed?.locked ?? false,
      theme,
      grid: this.#grid,
    };
  }

  // --- what the reader does

  #point(candidate: Candidate | undefined): void {
    if (!this.pointed?.locked) this.pointed = candidate && { id: candidate.id, locked: false };
  }

  #lock(candidate: Candidate): void {
    const again = this.pointed?.locked && this.pointed.id === candidate.id;
    this.pointed = again ? undefined : { id: candidate.id, locked: true };
    if (!again) announce(strings.selectionLocked(candidateSentence(this.#scene!, candidate)));
  }

  readonly #goTo = (step: number): void => {
    this.step = step;
    this.pointed = undefined;
    this.hint = undefined;
  };

  /** Takes the token that the seed draws. */
  #draw(): void {
    const { candidates, step } = this.#scene!;
    this.#add(drawn(candidates, uniformOf(this.seed, step)).id);
  }

  /** Goes on with a token: along the recording where it is the recorded one, else by the live model. */
  #add(id: number): void {
    const { figure, step } = this.#scene!;
    if (figure.chosen[step] === id) {
      this.#goTo(step + 1);
      return;
    }
    if (!this.live.provider) {
      this.hint = words.needsModel;
      return;
    }
    this.#appended = { prompt: this.live.text, ids: [...figure.chosen.slice(0, step), id] };
    void this.live.press();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'next-token': NextTokenElement;
  }
}
