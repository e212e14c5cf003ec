// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { warnOnce } from '../shared/attribute-value.js';
import type { FigureKinds, SteeringTrace } from '../shared/core.js';
import { StrengthChangeEvent } from '../shared/events.js';
import { OwnFigure } from '../shared/own-figure.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tokenStyles } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { dialTemplate, liveMarks, mostStrength } from './dial.js';
import { FileButtons } from './file-buttons.js';
import { LiveTexts } from './live-texts.js';
import { layerList } from './pairs.js';
import { placeUnder, samePlace, sides, textsSentence, tokenAt, tokenSentence, type SteeringScene, type TextPlace } from './scene.js';
import {
  beginsWithBos,
  nearestStrength,
  steeringData,
  steeringFromTrace,
  strengthsOf,
  textsAt,
  type ShownTexts,
  type SteeringData,
} from './steering-data.js';
import { steeringStyles } from './steering-lab.styles.js';
import { steeringStrings as words } from './strings.js';
import { steeringText } from './text.js';
import { textsTemplate } from './texts.js';
import { VectorSource } from './vector-source.js';
import { vectorTemplate } from './vector.js';
import { Rooms, roomText } from './rooms.js';
import { waitingTemplate } from './waiting.js';

/** A reader who types or slides has paused for so long. */
const pauseMs = 400;
const defaultStrength = 4;
const defaultTokens = 32;

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
export class SteeringLabElement extends OwnFigure<SteeringData> {
  /** @internal */
  static override readonly tag = 'steering-lab';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, steeringStyles];

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

  @state() private pointed: TextPlace | undefined;
  @state() private locked = false;
  /** The reader has stopped the last run. */
  @state() private stopped = false;

  readonly #grid = new GridController(this, {
    rowCount: () => (this.#scene ? 2 : 0),
    columnCount: (row) => this.#scene?.texts[sides[row]!].length ?? 0,
    onMove: (place) => this.#point(place && this.#place(place)),
    onLock: (place) => this.#lock(this.#place(place)),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<TextPlace>(this.tooltip, {
    hit: placeUnder,
    sentence: (place) => tokenSentence(this.#scene!.texts, place),
    point: (place) => this.#point(place),
    isPointedAt: (place) => samePlace(place, this.pointed),
    press: (place, firstTouch) => {
      this.#grid.moveTo({ row: sides.indexOf(place.side), column: place.index });
      if (firstTouch) this.#point(place);
      else this.#lock(place);
    },
    isHeld: () => this.#grid.focused,
  });
  #scene: SteeringScene | undefined;
  readonly #written = new LiveTexts();
  /** The strength that the last run was asked for. */
  #asked = defaultStrength;
  /** A vector from a file is added at the layers that it has; that they are others starts a run. */
  readonly #files = new FileButtons(this, (vector) => (this.layers = [...vector.layers]));
  readonly #source = new VectorSource(this, this.#files, () =>
    this.#soon(() => this.#source.check() && this.#free && void this.live.press()),
  );
  readonly #rooms = new Rooms();
  #pause: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('strength') && !Number.isFinite(this.strength)) {
      warnOnce('<steering-lab strength>: expected a number such as 2 or -4. 4 is used.');
      this.strength = defaultStrength;
    }
    if (changed.has('layers') && this.layers?.some((layer) => !Number.isInteger(layer))) {
      warnOnce('<steering-lab layers>: expected whole numbers such as "2" or "1,2". The middle layer is used.');
      this.layers = undefined;
    }
    if (!this.hasUpdated) return;
    if (changed.has('positive') || changed.has('negative')) this.#source.forget();
    const options = ['positive', 'negative', 'method', 'layers', 'keepNorm', 'maxNewTokens', 'temperature', 'seed', 'prependBos'] as const;
    if (options.some((name) => changed.has(name))) this.#again();
    else if (changed.has('strength') && this.#free && !(this.figure && strengthsOf(this.figure).includes(this.strength)))
      this.#soon(() => void this.live.press());
  }

  // --- the data

  protected override read(value: unknown): SteeringData {
    return steeringFromTrace(value);
  }

  protected override promptOf({ trace }: SteeringData): string {
    return trace.prompt;
  }

  protected override sourceOf(figure: SteeringData): string {
    return figure.source;
  }

  protected override onFigure({ trace }: SteeringData): void {
    this.#source.see(trace.vector);
    if (this.pointed && !this.locked) this.pointed = undefined;
  }

  // --- live

  protected override liveRequest(prompt: string): LiveRequest | undefined {
    const trace = this.figure?.trace;
    if (this.editable && !this.#source.check()) return undefined;
    const vector = this.#source.option();
    this.stopped = false;
    this.#asked = this.strength;
    const layers = this.layers ?? trace?.layers;
    return {
      kind: 'steering',
      options: {
        prompt,
        vector,
        ...(layers && { layers }),
        strengths: [this.#asked],
        keepNorm: this.keepNorm || (trace?.keepNorm ?? false),
        maxNewTokens: this.maxNewTokens ?? trace?.sampling.maxNewTokens ?? defaultTokens,
        temperature: this.temperature ?? trace?.sampling.temperature ?? 0,
        seed: this.seed ?? trace?.sampling.seed ?? 0,
        prependBos: this.prependBos || (trace !== undefined && beginsWithBos(trace)),
      },
    };
  }

  protected override onLivePart(part: unknown): void {
    const came = part as FigureKinds['steering']['part'];
    if ('trace' in came) {
      super.drawLive(this.#written.begin(came.trace, this.#asked));
      return;
    }
    const trace = this.#written.add(came);
    if (trace && this.figure) Object.assign(this.figure, steeringData(trace));
    this.requestUpdate();
  }

  override drawLive(trace: unknown): void {
    super.drawLive(this.#written.end(trace as SteeringTrace));
  }

  /** The engine is there: texts are written for any strength. */
  get #free(): boolean {
    return this.live.provider?.status === 'ready';
  }

  #shownStrength(figure: SteeringData): number {
    return this.#free ? this.strength : nearestStrength(figure, this.strength);
  }

  /** After a pause, so that a slider on its way and a text that is being typed ask for one run. */
  #soon(work: () => void): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(work, pauseMs);
  }

  // --- the picture

  protected override renderWaiting(): TemplateResult {
    return waitingTemplate(this.#room(), this.open, Boolean(this.less || this.more));
  }

  #room(): string {
    return roomText(this.live.text, this.maxNewTokens ?? defaultTokens);
  }

  protected override renderFigure(figure: SteeringData): TemplateResult {
    const strength = this.#shownStrength(figure);
    const scene = (this.#scene = this.#sceneOf(figure, textsAt(figure, strength)));
    this.#grid.hostUpdate(); // how many tokens there are follows from the strength
    const marks = this.#free ? liveMarks : strengthsOf(figure);
    const most = Math.max(mostStrength, ...marks.map(Math.abs), Math.abs(strength));
    const dial = { strength, most, marks, snaps: !this.#free, less: this.less, more: this.more };
    return html`${textsTemplate(scene)} ${dialTemplate(dial, (value) => this.#choose(value))}
      <div class="caption" part="caption">${this.#runButton()} ${this.#caption(scene)}</div>
      <div class="controls" part="controls">
        ${legendTemplate(this.theme.current.diverging, { title: words.steeringLegend, ends: [words.steeringLess, words.steeringMore] })}
      </div>
      ${this.#renderVector(figure)}`;
  }

  #caption(scene: SteeringScene): TemplateResult {
    const { texts, pointed, locked } = scene;
    if (!pointed) return html`${textsSentence(scene)}`;
    return html`${tokenSentence(texts, pointed)}. ${locked ? html`<span class="quiet">(${strings.locked})</span>` : nothing}`;
  }

  #runButton(): TemplateResult | typeof nothing {
    if (this.live.status === 'running' || this.live.status === 'waiting')
      return html`<button type="button" @click=${() => this.#stop()}>${strings.cancel}</button>`;
    return this.stopped && this.#free
      ? html`<button type="button" @click=${() => this.live.press()}>${words.writeAgain}</button>`
      : nothing;
  }

  #renderVector(figure: SteeringData): TemplateResult {
    const content = html`${vectorTemplate({
      figure,
      theme: this.theme.current,
      tooltip: this.tooltip,
      layers: this.#free ? (this.layers ?? figure.trace.layers) : figure.trace.layers,
      choose: this.#free ? (layers) => (this.layers = layers) : undefined,
      file: this.#files.loaded?.name,
    })}${this.#files.render(figure.trace, this.live.provider !== undefined)}`;
    if (this.open) return html`<div class="vector" part="vector">${content}</div>`;
    return html`<details class="vector" part="vector">
      <summary>${words.steeringVector}</summary>
      ${content}
    </details>`;
  }

  protected override renderLiveFields(): TemplateResult {
    return this.#source.render();
  }

  protected override renderText(): TemplateResult {
    return steeringText(this.#scene!);
  }

  protected override readerState(): Record<string, unknown> {
    return { strength: this.figure ? this.#shownStrength(this.figure) : this.strength, ...this.#source.typed };
  }

  #sceneOf(figure: SteeringData, texts: ShownTexts): SteeringScene {
    const pointed = this.pointed && tokenAt(texts, this.pointed) ? this.pointed : undefined;
    this.#rooms.add(figure);
    return {
      figure,
      texts,
      rooms: [this.#room(), ...this.#rooms.texts],
      theme: this.theme.current,
      pointed,
      locked: this.locked && pointed !== undefined,
      busy: this.live.status === 'running',
      grid: this.#grid,
      pointing: this.#pointing,
      label: this.label,
    };
  }

  // --- what the reader does

  #choose(strength: number): void {
    if (strength === this.strength) return;
    this.strength = strength;
    this.dispatchEvent(new StrengthChangeEvent(strength));
  }

  #place({ row, column }: GridPlace): TextPlace {
    return { side: sides[row]!, index: column };
  }

  #point(place: TextPlace | undefined): void {
    if (!this.locked) this.pointed = place;
  }

  #lock(place: TextPlace): void {
    if (!this.#scene || !tokenAt(this.#scene.texts, place)) return;
    this.locked = !(this.locked && samePlace(place, this.pointed));
    this.pointed = place;
    if (this.locked) announce(strings.selectionLocked(tokenSentence(this.#scene.texts, place)));
  }

  #release(): boolean {
    const held = this.locked || this.pointed !== undefined;
    this.locked = false;
    this.pointed = undefined;
    this.tooltip.hide();
    return held;
  }

  /** Runs again with other settings, also after the reader has stopped a run. */
  #again(): void {
    if (this.stopped && this.#free) void this.live.press();
    else this.live.again();
  }

  #stop(): void {
    this.live.cancel();
    this.stopped = true;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'steering-lab': SteeringLabElement;
  }
}
