// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import type { TraceToken } from '../shared/core.js';
import { SelectionChangeEvent } from '../shared/events.js';
import { OwnFigure } from '../shared/own-figure.js';
import { Lazy, type WaitsFor } from '../shared/lazy.js';
import type { LiveRequest } from '../shared/live-model.js';
import { positionWithin } from '../shared/positions.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection, SelectionState } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tooltipStyles } from '../shared/tooltip.js';
import {
  attentionFromTrace,
  headName,
  headsGrid,
  pairs,
  topKeys,
  type AttentionData,
  type AttentionWeights,
  type Combine,
  type SegmentPair,
} from './attention-data.js';
import { attentionStyles } from './attention-view.styles.js';
import { extentOf, pictureHeight } from './layout.js';
import {
  directions,
  headScores,
  scales,
  views,
  type AttentionDirection,
  type AttentionHost,
  type AttentionPicture,
  type AttentionScale,
  type AttentionScene,
  type AttentionScore,
  type AttentionViewName,
  type PictureModule,
} from './scene.js';
import { attentionStrings } from './strings.js';

/** Views, and what few figures need, are loaded when they are first asked for. */
const modules: Record<AttentionViewName, Lazy<PictureModule>> = {
  matrix: new Lazy(() => import('./matrix/matrix-view.js')),
  overview: new Lazy(() => import('./overview/overview-view.js')),
  tokens: new Lazy(() => import('./tokens/tokens-view.js')),
  arcs: new Lazy(() => import('./arcs/arcs-view.js')),
};
const arrays = new Lazy(() => import('./arrays.js'));
const options = new Lazy(() => import('./options.js'));
const text = new Lazy(() => import('./text.js'));

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
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be: an image, a table, a sentence. A child
 *   `<script type="application/json">` holds recorded data.
 *
 * @csspart figure - everything inside the element
 * @csspart cells - the canvas of the large head, of an overview or of the lines
 * @csspart thumbnail - the canvas of a small head
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
export class AttentionViewElement extends OwnFigure<AttentionData> implements WaitsFor, AttentionHost {
  /** @internal */
  static override readonly tag = 'attention-view';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tooltipStyles, attentionStyles];

  /** How attention is shown: `matrix`, `overview`, `tokens` or `arcs`. */
  @property({ reflect: true }) view: AttentionViewName = 'matrix';
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
  /** Write tokens on the axes of the matrix. */
  @property({ attribute: false }) showAxisLabels = true;

  /** A head under the pointer is shown large until the pointer leaves. */
  @state() private previewHead: number | undefined;
  @state() private optionsOpen = false;

  /** @internal */
  readonly parts: AttentionHost['parts'] = {
    tooltip: this.tooltip,
    scene: () => this.#scene && { ...this.#scene, selection: this.#shownSelection(this.#scene.figure) },
    point: (target) => this.selection.preview(target && this.#target(target), this),
    pointHead: (target) => this.selection.preview(target, this),
    lock: (target, sentence) => {
      this.selection.toggle(this.#target(target), this);
      if (this.#selection.state.locked) announce(strings.selectionLocked(sentence));
    },
    release: () => {
      this.tooltip.hide();
      return this.#selection.release();
    },
    previewHead: (head) => (this.previewHead = head),
    chooseHead: (head, how) => this.#chooseHead(head, how),
    open: (layer, head) => this.parts.set({ layer, head, heads: undefined, view: 'matrix' }),
    set: (changes) => {
      Object.assign(this, changes);
      this.previewHead = undefined;
      this.#retarget();
    },
  };
  readonly #selection = new SelectionController(this);
  readonly #pictures = new Map<AttentionViewName, AttentionPicture>();
  #scene: AttentionScene | undefined;
  #version = 0;
  #grid: { key: string; grid: AttentionScene['grid'] } | undefined;

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
    modules[this.#view].of(this);
  }

  // --- the data

  protected override dataProperty(): unknown {
    if (this.data !== undefined || !this.attention || !this.tokens) return this.data;
    return arrays.of(this, () => this.refreshData()) && { attention: this.attention, tokens: this.tokens };
  }

  protected override read(value: unknown): AttentionData {
    if (this.data !== undefined || !this.attention || !this.tokens) return attentionFromTrace(value);
    return arrays.of(this)!.attentionFromArrays(this.attention, this.tokens, {
      causal: this.maskUpperTri,
      headNames: this.attentionHeadNames,
      layer: this.layer,
    });
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
    const height = pictureHeight(this.#view, {
      width,
      count: 16,
      layers: 12,
      heads: 8,
      scored: this.score !== 'none',
      characters: (this.prompt ?? '').length || 80,
    });
    return html`${this.#place(height)}
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: AttentionData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    const module = modules[scene.view].of(this);
    if (module) {
      const picture = this.#picture ?? this.#open(module);
      return html`${picture.render(scene)} ${module.frame(scene, picture, this.parts)}`;
    }
    return this.#place(pictureHeight(scene.view, extentOf(scene)), modules[scene.view].failed ? attentionStrings.viewFailed : '');
  }

  /** The place of a picture of so many pixels, with what stands under it. */
  #place(height: number, said = ''): TemplateResult {
    return html`<div role="status" .style=${`block-size: ${height}px`}>${said}</div>
      <div class="caption ${this.#view}"></div>
      <div class="controls ${this.#view}"></div>`;
  }

  protected override renderText(): TemplateResult {
    const scene = this.#scene!;
    const dependencies = [scene.version, scene.layer, scene.view, text.of(this), ...scene.chosen, scene.several, scene.pair];
    return html`<details part="options" @toggle=${(event: Event) => (this.optionsOpen = (event.target as HTMLDetailsElement).open)}>
        <summary>${attentionStrings.options}</summary>
        ${this.optionsOpen ? options.of(this)?.optionsTemplate(scene, this.parts.set) : nothing}
      </details>
      ${guard(dependencies, () => this.#picture?.text?.(scene) ?? text.of(this)?.attentionText(scene))}`;
  }

  protected override readerState(): Record<string, unknown> {
    const { query, key, locked } = this.#selection.state;
    return locked ? { query, ...(key !== undefined && { key }) } : {};
  }

  #sceneOf(figure: AttentionData): AttentionScene {
    const layer = this.#layerIndex(figure);
    const { several, chosen } = this.#chosen(figure);
    const preview = this.previewHead;
    const heads = preview !== undefined && preview < figure.headCount ? [preview] : chosen.length > 0 ? chosen : everyHead(figure);
    const combine = oneOf(this.localName, 'combine', chosen.length > 0 ? this.combine : 'max', ['mean', 'max']);
    const pair = this.#pair(figure);
    const key = [this.#version, layer, heads, combine, pair?.from.name, pair?.to.name].join('|');
    if (this.#grid?.key !== key) this.#grid = { key, grid: headsGrid(figure, layer, heads, combine, pair) };
    const names = heads.map((head) => headName(figure, layer, head));
    const { combined, severalCaption, attentionCaption, headNamed } = attentionStrings;
    const many = heads.length > 1;
    const short = heads.map((head) => figure.headNames?.[head] ?? String(head));
    const all = heads.length === figure.headCount;
    return {
      figure,
      version: this.#version,
      width: this.width,
      view: this.#view,
      theme: this.theme.current,
      shading: this.#shading(),
      layer,
      chosen,
      several,
      combine,
      heads,
      grid: this.#grid.grid,
      title: many
        ? severalCaption(figure.layers[layer]!, combined(combine, short, all))
        : attentionCaption(figure.layers[layer]!, short[0]!),
      name: many ? combined(combine, names, all) : headNamed(names[0]!),
      pair,
      score: oneOf(this.localName, 'score', this.score, headScores),
      selection: this.#shownSelection(figure),
      axisLabels: this.showAxisLabels,
      direction: oneOf(this.localName, 'direction', this.direction, directions),
      topK: this.topK,
      threshold: this.threshold,
      label: this.label,
    };
  }

  #shading(): AttentionScene['shading'] {
    const { sequential, diverging } = this.theme.current;
    const signed = this.minValue < 0;
    const { negativeColor, positiveColor } = this;
    const ramp = signed ? diverging : sequential;
    return {
      ramp: positiveColor ? (arrays.of(this)?.ramp(this.theme.current, signed, negativeColor, positiveColor) ?? ramp) : ramp,
      scale: oneOf(this.localName, 'scale', this.scale, scales),
      max: signed ? Math.max(this.maxValue, -this.minValue) : this.maxValue,
      signed,
    };
  }

  protected override updated(changed: PropertyValues): void {
    const picture = this.#picture;
    if (!picture) return;
    super.updated(changed);
    if (this.figure && this.width > 0) picture.paint(this.#scene!);
  }

  protected override onTheme(): void {
    this.#picture?.forget();
    super.onTheme();
  }

  get #view(): AttentionViewName {
    return oneOf(this.localName, 'view', this.view, views);
  }

  /** The view that is shown, once it has been drawn. */
  get #picture(): AttentionPicture | undefined {
    return this.#pictures.get(this.#view);
  }

  #open(module: PictureModule): AttentionPicture {
    const made = module.create(this);
    this.#pictures.set(this.#view, made);
    const root = this.renderRoot as ShadowRoot;
    root.adoptedStyleSheets = [...new Set([...root.adoptedStyleSheets, ...module.styles.map(({ styleSheet }) => styleSheet!)])];
    return made;
  }

  // --- what the reader does

  #target(target: { query?: number; key?: number }) {
    const figure = this.figure!;
    const { several } = this.#chosen(figure);
    return { layer: figure.layers[this.#layerIndex(figure)], ...(!several && { head: this.#oneHead(figure) }), ...target };
  }

  #chooseHead(head: number, how: 'one' | 'add' | 'solo'): void {
    const { chosen } = this.#chosen(this.figure!);
    if (how === 'one') this.parts.set({ head, heads: undefined });
    else if (how === 'solo') this.parts.set({ heads: chosen.length === 1 && chosen[0] === head ? [] : [head] });
    else this.parts.set({ heads: chosen.includes(head) ? chosen.filter((one) => one !== head) : [...chosen, head].sort((a, b) => a - b) });
  }

  /** A chosen head or layer keeps the selected cell. */
  #retarget(): void {
    const { state } = this.#selection;
    const target = { ...state, layer: this.layer, head: this.heads ? undefined : this.head };
    if (state.locked) this.selection.lock(target, this);
    else {
      this.selection.preview(undefined, this);
      this.dispatchEvent(new SelectionChangeEvent(target));
    }
  }

  /** What the author has locked by `query` and `key`. */
  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || this.query === undefined || figure.tokens.length === 0) return;
    const query = positionWithin(this.query, figure.tokens.length);
    const key = this.key === undefined ? undefined : positionWithin(this.key, figure.keyTokens.length);
    this.selection.lock({ layer: this.layer, head: this.heads ? undefined : this.head, query, key }, this);
    const { grid } = this.#sceneOf(figure);
    this.#pictures.forEach((picture) => picture.moveTo?.({ row: query, column: key ?? topKeys(grid, query, 1)[0]?.at ?? 0 }));
  }

  // --- which layer and heads

  /** The selection without positions that this text does not have: a linked figure can show another one. */
  #shownSelection({ tokens, keyTokens }: AttentionData): Readonly<SelectionState> {
    const { state } = this.#selection;
    const { query, key } = state;
    const known = (query === undefined || query in tokens) && (key === undefined || key in keyTokens);
    return known ? state : { ...state, query: undefined, key: undefined };
  }

  #layerIndex(figure: AttentionData): number {
    const linked = this.#linked.layer;
    const layer = linked !== undefined && figure.layers.includes(linked) ? linked : this.layer;
    return Math.max(0, layer === undefined ? 0 : figure.layers.indexOf(layer));
  }

  /** The head that a linked figure points at, else the one of the author or the reader. */
  #oneHead(figure: AttentionData): number {
    return Math.min(Math.max(0, this.#linked.head ?? this.head), figure.headCount - 1);
  }

  /** The layer and the head of the selection; an overview shows what is only pointed at beside what is chosen. */
  get #linked(): { layer?: number | undefined; head?: number | undefined } {
    const { state } = this.#selection;
    return this.#view === 'overview' && !state.locked ? {} : state;
  }

  #chosen(figure: AttentionData): { several: boolean; chosen: readonly number[] } {
    if (!this.heads) return { several: false, chosen: [this.#oneHead(figure)] };
    return { several: true, chosen: this.heads.filter((head) => head >= 0 && head < figure.headCount) };
  }

  #pair({ segments }: AttentionData): SegmentPair | undefined {
    if (!this.between || segments.length === 0) return undefined;
    const all = pairs(segments);
    return all.get(oneOf(this.localName, 'between', this.between, ['all', ...all.keys()]));
  }
}

function headList(text: string | null): readonly number[] | undefined {
  if (text === null) return undefined;
  if (text === '' || text === 'all') return [];
  return [...new Set(text.split(',').map(Number))].filter(Number.isInteger).sort((a, b) => a - b);
}

function everyHead({ headCount }: AttentionData): number[] {
  return Array.from({ length: headCount }, (_, head) => head);
}

declare global {
  interface HTMLElementTagNameMap {
    'attention-view': AttentionViewElement;
  }
}
