// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { cellUnder } from '../shared/cell-under.js';
import type { TraceToken } from '../shared/core.js';
import { SelectionChangeEvent } from '../shared/events.js';
import { FigureElement } from '../shared/figure-element.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { positionWithin } from '../shared/positions.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tokenStyles } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import {
  attentionFromArrays,
  attentionFromTrace,
  attentionSentence,
  headGrid,
  topKeys,
  type AttentionData,
  type AttentionWeights,
} from './attention-data.js';
import { attentionStyles } from './attention-view.styles.js';
import { captionTemplate } from './caption.js';
import { controlsTemplate } from './controls.js';
import { headsTemplate } from './heads.js';
import { layoutAttention, reservedPictureHeight } from './layout.js';
import { matrixTemplate } from './matrix.js';
import { AttentionPainter } from './painter.js';
import { seenKeys, type AttentionScene } from './scene.js';
import { attentionText } from './text.js';

/**
 * Attention patterns: every head of a layer as a thumbnail, one head large with its tokens on both axes.
 *
 * @summary All heads of a layer, and one of them large: which token looks at which.
 *
 * @example
 * ```html
 * <attention-view src="john-and-mary.json" layer="2" head="5" query="6"></attention-view>
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
 *
 * @csspart figure - everything inside the element
 * @csspart cells - the canvas of the large head
 * @csspart thumbnail - the canvas of a small head
 * @csspart axis - the labels of one axis
 * @csspart caption - the sentence under the picture
 * @csspart controls - layer and legend
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
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a cell, or chooses a head or a layer
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class AttentionViewElement extends FigureElement<AttentionData> {
  /** @internal */
  static override readonly tag = 'attention-view';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, attentionStyles];

  /** The model's number of the layer shown; the first layer of the data where it is left out. */
  @property({ type: Number, reflect: true }) layer: number | undefined;
  /** The head shown large, counted from 0. */
  @property({ type: Number, reflect: true }) head = 0;
  /** Position of the query to lock; negative numbers count from the end. Setting it again, to the same value too, locks it again. */
  @property({ type: Number, hasChanged: () => true }) query: number | undefined;
  /** Position of the key to lock at the start, together with `query`. */
  @property({ type: Number, hasChanged: () => true }) key: number | undefined;
  /** The weight that the strongest colour stands for. */
  @property({ type: Number, attribute: 'max-value' }) maxValue = 1;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;
  /** Weights without a trace, as CircuitsVis takes them: [head][query][key], or a tensor [head, query, key]. Needs `tokens`. */
  @property({ attribute: false }) attention: AttentionWeights | undefined;
  /** Tokens of `attention`. */
  @property({ attribute: false }) tokens: readonly (string | TraceToken)[] | undefined;
  /** Names of the heads of `attention`. */
  @property({ attribute: false }) attentionHeadNames: readonly string[] | undefined;
  /** With `attention`: keys after the query are masked, not zero. */
  @property({ attribute: false }) maskUpperTri = true;

  /** A head under the pointer is shown large until the pointer leaves. */
  @state() private previewHead: number | undefined;

  readonly #grid = new GridController(this, {
    rowCount: () => this.figure?.tokens.length ?? 0,
    columnCount: (row) => (this.figure ? seenKeys(this.figure, row) : 0),
    onMove: (place) => this.#point(place),
    onLock: (place) => this.#lock(place),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<GridPlace>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (place) => this.#sentence(place),
    point: (place) => this.#point(place),
    isPointedAt: (place) => this.#isPointedAt(place),
    press: (place, firstTouch) => this.#press(place, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  readonly #painter = new AttentionPainter();
  #scene: AttentionScene | undefined;
  #version = 0;

  /** What the reader points at. Give several figures one object, or the same `link`, and they follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.hasUpdated && (['attention', 'tokens', 'attentionHeadNames', 'maskUpperTri'] as const).some((name) => changed.has(name))) {
      this.refreshData();
    }
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.figure && (changed.has('query') || changed.has('key'))) this.#authorSelection();
  }

  // --- the data

  protected override dataProperty(): unknown {
    if (this.data !== undefined) return this.data;
    return this.attention && this.tokens ? { attention: this.attention, tokens: this.tokens } : undefined;
  }

  protected override read(value: unknown): AttentionData {
    if (this.data === undefined && this.attention && this.tokens) {
      return attentionFromArrays(this.attention, this.tokens, {
        causal: this.maskUpperTri,
        headNames: this.attentionHeadNames,
        layer: this.layer,
      });
    }
    return attentionFromTrace(value);
  }

  protected override promptOf(figure: AttentionData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: AttentionData): string {
    return figure.source;
  }

  protected override liveRequest(prompt: string): LiveRequest {
    return { kind: 'attention', options: { prompt } };
  }

  protected override onFigure(figure: AttentionData): void {
    this.#version++;
    this.#selection.keepWithin(figure.tokens.length);
    this.#authorSelection();
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    return html`<div .style=${`block-size: ${reservedPictureHeight(width)}px`}></div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: AttentionData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    return html`<div class="picture ${scene.layout.wide ? 'wide' : 'narrow'}">
        ${matrixTemplate(scene, this.#pointing, this.label)}
        ${headsTemplate(scene, { choose: this.#chooseHead, preview: (head) => (this.previewHead = head) })}
      </div>
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      <div class="controls" part="controls">
        ${controlsTemplate(scene, { ramp: this.theme.current.sequential, maxValue: this.maxValue, chooseLayer: this.#chooseLayer })}
      </div>`;
  }

  protected override renderText(): TemplateResult {
    const scene = this.#scene!;
    return html`${guard([scene.version, scene.layer, scene.chosenHead], () => attentionText(scene))}`;
  }

  protected override readerState(): Record<string, unknown> {
    const { query, key, locked } = this.#selection.state;
    return locked ? { query, ...(key !== undefined && { key }) } : {};
  }

  #sceneOf(figure: AttentionData): AttentionScene {
    return {
      figure,
      version: this.#version,
      layout: layoutAttention(this.width, figure.tokens.length, figure.headCount, devicePixelRatio),
      layer: this.#layerIndex(figure),
      chosenHead: this.#chosenHead(figure),
      head: this.#largeHead(figure),
      selection: this.#selection.state,
      grid: this.#grid,
    };
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.figure && this.width > 0) this.#painter.paint(this.renderRoot, this.#scene!, this.theme.current, this.maxValue);
  }

  protected override onTheme(): void {
    this.#painter.forget();
    super.onTheme();
  }

  // --- what the reader does

  #hit(event: MouseEvent): GridPlace | undefined {
    const count = this.figure?.tokens.length;
    const canvas = this.renderRoot.querySelector('canvas.large');
    return count && canvas ? cellUnder(event, canvas, count, count) : undefined;
  }

  #masked({ row, column }: GridPlace): boolean {
    return this.figure !== undefined && column >= seenKeys(this.figure, row);
  }

  #sentence({ row, column }: GridPlace): string {
    const figure = this.figure!;
    return attentionSentence(figure, this.#layerIndex(figure), this.#largeHead(figure), row, column);
  }

  #target(place: GridPlace) {
    return { layer: this.figure?.layers[this.#layerIndex(this.figure)], head: this.head, query: place.row, key: place.column };
  }

  #isPointedAt({ row, column }: GridPlace): boolean {
    const { active } = this.#grid;
    const { query, key } = this.#selection.state;
    return row === active.row && column === active.column && row === query && column === key;
  }

  #point(place: GridPlace | undefined): void {
    this.selection.preview(place && !this.#masked(place) ? this.#target(place) : undefined, this);
  }

  #press(place: GridPlace, firstTouch: boolean): void {
    if (this.#masked(place)) return;
    this.#grid.moveTo(place);
    if (firstTouch) this.#point(place);
    else this.#lock(place);
  }

  #lock(place: GridPlace): void {
    this.selection.toggle(this.#target(place), this);
    if (this.#selection.state.locked) announce(strings.selectionLocked(this.#sentence(place)));
  }

  #release(): boolean {
    this.tooltip.hide();
    return this.#selection.release();
  }

  readonly #chooseHead = (head: number): void => {
    this.head = head;
    this.previewHead = undefined;
    this.#retarget();
  };

  readonly #chooseLayer = (layer: number): void => {
    this.layer = layer;
    this.#retarget();
  };

  /** A chosen head or layer keeps the selected cell. */
  #retarget(): void {
    const { state } = this.#selection;
    const target = { ...state, layer: this.layer, head: this.head };
    if (state.locked) this.selection.lock(target, this);
    else this.dispatchEvent(new SelectionChangeEvent(target));
  }

  /** What the author has locked by `query` and `key`. */
  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || this.query === undefined || figure.tokens.length === 0) return;
    const query = positionWithin(this.query, figure.tokens.length);
    const key = this.key === undefined ? undefined : positionWithin(this.key, figure.tokens.length);
    this.selection.lock({ layer: this.layer, head: this.head, query, key }, this);
    const strongest = (): number => topKeys(headGrid(figure, this.#layerIndex(figure), this.#chosenHead(figure)), query, 1)[0]!.key;
    this.#grid.active = { row: query, column: key ?? strongest() };
  }

  // --- which layer and head

  #layerIndex(figure: AttentionData): number {
    const linked = this.#selection.state.layer;
    const layer = linked !== undefined && figure.layers.includes(linked) ? linked : this.layer;
    return Math.max(0, layer === undefined ? 0 : figure.layers.indexOf(layer));
  }

  /** The head that a linked figure points at, else the one of the author or the reader. */
  #chosenHead(figure: AttentionData): number {
    return Math.min(Math.max(0, this.#selection.state.head ?? this.head), figure.headCount - 1);
  }

  /** The head under the pointer, else the chosen one. */
  #largeHead(figure: AttentionData): number {
    return this.previewHead !== undefined && this.previewHead < figure.headCount ? this.previewHead : this.#chosenHead(figure);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'attention-view': AttentionViewElement;
  }
}
