// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import type { TraceToken } from '../shared/core.js';
import { SelectionChangeEvent } from '../shared/events.js';
import { FigureElement } from '../shared/figure-element.js';
import { formatNumber, formatWeight } from '../shared/format.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { maxPool, paintHeatmap, type CellGrid } from '../shared/heatmap.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveModel } from '../shared/live-model.js';
import { linkedSelection, Selection, type SelectionEvent } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tokenStyles, tokenTemplate } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import {
  attentionFromArrays,
  attentionFromTrace,
  attentionSentence,
  headGrid,
  headName,
  meanEntropy,
  topKeys,
  weightAt,
  type AttentionData,
  type AttentionWeights,
} from './attention-data.js';
import { attentionStyles } from './attention-view.styles.js';
import { layoutAttention, overhang, reservedPictureHeight, type AttentionLayout } from './layout.js';
import { attentionStrings } from './strings.js';

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
    columnCount: (row) => (this.figure?.causal ? row + 1 : (this.figure?.tokens.length ?? 0)),
    onMove: (place) => this.#point(place),
    onLock: (place) => this.#lock(place),
    onRelease: () => this.#release(),
  });
  #selection = new Selection();
  #ownSelection: Selection | undefined;
  #painted = '';
  #dataVersion = 0;
  #layout: AttentionLayout | undefined;

  /** What the reader points at. Give several figures one object, or the same `link`, and they follow each other. */
  get selection(): Selection {
    return this.#selection;
  }
  set selection(selection: Selection) {
    this.#ownSelection = selection;
    this.#follow(selection);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#selection.addEventListener('change', this.#onSelection);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#selection.removeEventListener('change', this.#onSelection);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.hasUpdated && (['attention', 'tokens', 'attentionHeadNames', 'maskUpperTri'] as const).some((name) => changed.has(name))) {
      this.refreshData();
    }
    if (changed.has('link')) this.#follow(this.#ownSelection ?? (this.link ? linkedSelection(this.link) : this.#selection));
    if (this.hasUpdated && (changed.has('query') || changed.has('key'))) this.#authorSelection();
  }

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

  protected override renderWaiting(width: number): TemplateResult {
    return html`<div .style=${`block-size: ${reservedPictureHeight(width)}px`}></div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }

  protected override runLive(model: LiveModel, prompt: string, signal: AbortSignal): Promise<AttentionData> {
    return model.attention(prompt, { signal });
  }

  protected override onFigure(figure: AttentionData): void {
    this.#dataVersion++;
    const { query } = this.#selection.state;
    if (query !== undefined && query >= figure.tokens.length) this.#selection.release(this);
    this.#authorSelection();
  }

  protected override onTheme(): void {
    this.#painted = '';
    super.onTheme();
  }

  protected override renderFigure(figure: AttentionData): TemplateResult {
    const layout = layoutAttention(this.width, figure.tokens.length, figure.headCount, devicePixelRatio);
    this.#layout = layout;
    const layer = this.#layerIndex(figure);
    return html`<div class="picture ${layout.wide ? 'wide' : 'narrow'}">
        ${this.#renderMatrix(figure, layout, layer)} ${this.#renderHeads(figure, layout, layer)}
      </div>
      <div class="caption" part="caption">${this.#caption(figure, layer)}</div>
      <div class="controls" part="controls">${this.#renderControls(figure, layout, layer)}</div>
      ${guard([this.#dataVersion, layer, this.#clampHead(figure)], () => this.#renderText(figure, layer))}`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.figure && this.width > 0) this.#paint(this.figure, this.#layout!);
  }

  // --- the picture

  #renderMatrix(figure: AttentionData, layout: AttentionLayout, layer: number): TemplateResult {
    const { fit, rowLabels, columnLabels, edge } = layout;
    const step = this.#step(figure, fit.size);
    const { query, key, locked } = this.#selection.state;
    const head = this.#headIndex(figure);
    const box = `--labels: ${rowLabels}px; --top: ${columnLabels}px; --edge: ${edge}px; --size: ${fit.size}px; --step: ${step}px; --over: ${overhang(columnLabels)}px`;
    return html`<div class="matrix" .style=${box}>
      <div class="axis keys" part="axis" aria-hidden="true">${this.#labels(figure, layout, key)}</div>
      <div class="axis queries" part="axis" aria-hidden="true">${this.#labels(figure, layout, query)}</div>
      <div
        class="cells"
        role="grid"
        tabindex="0"
        aria-label=${this.label ?? attentionStrings.attentionLabel(figure.layers[layer]!, headName(figure, layer, head))}
        aria-describedby="hint"
        aria-rowcount=${figure.tokens.length}
        aria-colcount=${figure.tokens.length}
        aria-activedescendant=${`c${this.#grid.active.column}`}
        @focus=${this.#grid.onFocus}
        @blur=${this.#grid.onBlur}
        @keydown=${this.#grid.onKeydown}
        @pointermove=${this.#onPointer}
        @pointerleave=${this.#onLeave}
        @pointerdown=${this.#onPress}
        @click=${this.#onClick}
      >
        <canvas class="large" part="cells" aria-hidden="true"></canvas>
        ${guard(this.#rowDependencies(layer, head), () => this.#renderActiveRow(figure, layer, head))}
        ${this.#renderOverlay(figure, step, query, key, locked)}
      </div>
      <p id="hint" class="visually-hidden">${attentionStrings.attentionGridHint(figure.causal)}</p>
    </div>`;
  }

  /** The cells of the active row only: names for assistive technology. */
  #renderActiveRow(figure: AttentionData, layer: number, head: number): TemplateResult {
    const { row } = this.#grid.active;
    const grid = headGrid(figure, layer, head);
    const query = figure.tokens[row];
    if (!query) return html``;
    const { state } = this.#selection;
    const seen = figure.causal ? row + 1 : figure.tokens.length;
    return html`<div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
      ${Array.from({ length: seen }, (_, key) => {
        const name = attentionStrings.attentionCell(
          query.spoken,
          row,
          figure.tokens[key]!.spoken,
          key,
          formatWeight(weightAt(grid, row, key)!),
        );
        const selected = state.locked && state.query === row && state.key === key;
        return html`<span id=${`c${key}`} role="gridcell" aria-colindex=${key + 1} aria-selected=${selected}>${name}</span>`;
      })}
    </div>`;
  }

  /** What the active row is made of: pointing elsewhere does not make it again. */
  #rowDependencies(layer: number, head: number): unknown[] {
    const { query, key, locked } = this.#selection.state;
    const { row } = this.#grid.active;
    return [this.#dataVersion, layer, head, row, locked && query === row ? key : undefined];
  }

  /** Bands and a ring over the cells, which are never painted again for a selection. */
  #renderOverlay(figure: AttentionData, step: number, query: number | undefined, key: number | undefined, locked: boolean): TemplateResult {
    const focus = this.#grid.focused ? this.#grid.active : undefined;
    const seen = query === undefined ? 0 : figure.causal ? query + 1 : figure.tokens.length;
    const state = locked ? 'locked' : '';
    const last = figure.tokens.length;
    return html`${
      query === undefined ? nothing : html`<div class="band ${state}" .style=${place(0, query * step, seen * step, step)}></div>`
    }
    ${
      key === undefined || query === undefined
        ? nothing
        : html`<div
              class="band faint"
              .style=${place(key * step, (figure.causal ? key : 0) * step, step, (last - (figure.causal ? key : 0)) * step)}
            ></div>
            <div class="ring ${state}" .style=${place(key * step, query * step, step, step)}></div>`
    }
    ${focus ? html`<div class="focus" .style=${place(focus.column * step, focus.row * step, step, step)}></div>` : nothing}`;
  }

  #labels(figure: AttentionData, layout: AttentionLayout, chosen: number | undefined): unknown {
    if (layout.allLabels) {
      return figure.tokens.map(
        (token) =>
          html`<span class="label ${token.position === chosen ? 'chosen' : ''}" .style=${`--at: ${token.position}`}
            ><span>${tokenTemplate(token)}</span></span
          >`,
      );
    }
    const count = figure.tokens.length;
    const every = [5, 10, 20, 50, 100, 200, 500].find((n) => (n * layout.fit.size) / count >= 22) ?? 1000;
    const ticks = Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
    const far = (tick: number): boolean => chosen === undefined || Math.abs(tick - chosen) * this.#step(figure, layout.fit.size) > 14;
    return html`${ticks.filter(far).map((tick) => html`<span class="label tick" .style=${`--at: ${tick}`}><span>${tick}</span></span>`)}
    ${
      chosen === undefined
        ? nothing
        : html`<span class="label tick chosen" .style=${`--at: ${chosen}`}><span>${tokenTemplate(figure.tokens[chosen]!)}</span></span>`
    }`;
  }

  #renderHeads(figure: AttentionData, layout: AttentionLayout, layer: number): TemplateResult | typeof nothing {
    if (figure.headCount < 2) return nothing;
    const { columns, fit, edge } = layout.thumbnails;
    return html`<fieldset
      class="heads"
      .style=${`--columns: ${columns}; --thumb: ${fit.size}px; --thumb-room: ${edge}px`}
      @pointerleave=${() => (this.previewHead = undefined)}
    >
      <legend class="visually-hidden">${attentionStrings.head}</legend>
      ${Array.from(
        { length: figure.headCount },
        (_, head) =>
          html`<label class="head" @pointerenter=${(event: PointerEvent) => this.#previewHead(event, head)}>
            <input
              class="visually-hidden"
              type="radio"
              name="head"
              .checked=${head === this.head}
              aria-label=${`${attentionStrings.head} ${headName(figure, layer, head)}`}
              @change=${() => this.#chooseHead(head)}
            />
            <canvas class="thumbnail" part="thumbnail" aria-hidden="true"></canvas>
            <span aria-hidden="true">${headName(figure, layer, head)}</span>
          </label>`,
      )}
    </fieldset>`;
  }

  #renderControls(figure: AttentionData, layout: AttentionLayout, layer: number): TemplateResult {
    const { pool } = layout.thumbnails.fit;
    return html`${
      figure.layers.length > 1
        ? html`<label
            >${attentionStrings.layer}
            <select @change=${this.#onLayer}>
              ${figure.layers.map((number, index) => html`<option value=${number} .selected=${index === layer}>${number}</option>`)}
            </select></label
          >`
        : nothing
    }
    ${legendTemplate(this.theme.current.sequential, {
      title: attentionStrings.weightLegend,
      ends: ['0', String(this.maxValue)],
      ...(figure.causal && { masked: attentionStrings.masked }),
    })}
    ${pool > 1 ? html`<span class="note">${attentionStrings.pooled(pool)}</span>` : nothing}`;
  }

  #renderText(figure: AttentionData, layer: number): TemplateResult {
    const grid = headGrid(figure, layer, this.#clampHead(figure));
    return html`<details>
      <summary>${strings.textAlternative}</summary>
      <p>
        ${attentionStrings.attentionCaption(figure.layers[layer]!, headName(figure, layer, this.#clampHead(figure)))}.
        ${attentionStrings.headSummary(formatNumber(meanEntropy(grid)))}
      </p>
      <div class="scroll-y" tabindex="0" role="region" aria-label=${strings.textAlternative}>
        <table class="text">
          <thead>
            <tr>
              <th scope="col">${attentionStrings.token}</th>
              <th scope="col">${attentionStrings.topKeys}</th>
            </tr>
          </thead>
          <tbody>
            ${figure.tokens.map(
              (token) =>
                html`<tr>
                  <th scope="row">${token.position} ${tokenTemplate(token)}</th>
                  <td>
                    ${topKeys(grid, token.position, 3).map(
                      ({ key, weight }, index) =>
                        html`${index > 0 ? ', ' : ''}${tokenTemplate(figure.tokens[key]!)} (${key}) ${formatWeight(weight)}`,
                    )}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
  }

  /** What is seen, in words made from the state. */
  #caption(figure: AttentionData, layer: number): TemplateResult {
    const head = this.#headIndex(figure);
    const { query, key, locked } = this.#selection.state;
    const title = attentionStrings.attentionCaption(figure.layers[layer]!, figure.headNames?.[head] ?? String(head));
    if (query === undefined) return html`${title}. <span class="quiet">${attentionStrings.attentionIdle}</span>`;
    const grid = headGrid(figure, layer, head);
    const mark = locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing;
    if (key !== undefined) {
      const sentence = attentionSentence(figure, layer, head, query, key);
      return html`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${mark}`;
    }
    const strongest = topKeys(grid, query, 3).map((top) => attentionStrings.to(formatWeight(top.weight), named(figure, top.key)));
    return html`${title}, ${attentionStrings.attendsMost(figure.tokens[query]!.quoted, strongest.join(', '))}.${mark}`;
  }

  // --- painting

  /** Paints where data, layer, head, size or theme have changed since the last time; selection changes none of them. */
  #paint(figure: AttentionData, layout: AttentionLayout): void {
    const layer = this.#layerIndex(figure);
    const head = this.#headIndex(figure);
    const { fit, thumbnails } = layout;
    const key = [this.#dataVersion, layer, fit.cell, thumbnails.fit.cell, thumbnails.fit.pool, this.maxValue, devicePixelRatio].join();
    const theme = this.theme.current;
    const paint = (canvas: HTMLCanvasElement, grid: CellGrid, { cell, pool }: { cell: number; pool: number }): void =>
      paintHeatmap(canvas, maxPool(grid, pool), {
        ramp: theme.sequential,
        max: this.maxValue,
        ink: theme.ink,
        cell,
        gaps: cell / devicePixelRatio >= 8,
      });
    const [oldKey, oldHead] = this.#painted.split('|');
    if (oldKey === key && oldHead === String(head)) return;
    paint(this.renderRoot.querySelector('canvas.large')!, headGrid(figure, layer, head), fit);
    if (oldKey !== key) {
      this.renderRoot
        .querySelectorAll<HTMLCanvasElement>('canvas.thumbnail')
        .forEach((canvas, index) => paint(canvas, headGrid(figure, layer, index), thumbnails.fit));
    }
    this.#painted = `${key}|${head}`;
  }

  // --- what the reader does

  readonly #onPointer = (event: PointerEvent): void => {
    const place = this.#hit(event);
    if (!place || !this.figure) {
      this.#onLeave();
      return;
    }
    if (event.pointerType !== 'touch') this.#point(place);
    this.tooltip.show(this.#sentence(place), event.clientX, event.clientY);
  };

  readonly #onLeave = (event?: PointerEvent): void => {
    this.tooltip.hide();
    // A finger leaves before its click comes; what it pointed at stays.
    if (!this.#grid.focused && event?.pointerType !== 'touch') this.#point(undefined);
  };

  #touch: GridPlace | undefined;

  /** A first touch points, a second one on the same cell locks. */
  readonly #onPress = (event: PointerEvent): void => {
    this.#touch = event.pointerType === 'touch' ? this.#hit(event) : undefined;
  };

  readonly #onClick = (event: MouseEvent): void => {
    const place = this.#hit(event);
    if (!place || this.#masked(place)) return;
    const { row, column } = this.#grid.active;
    const { query, key } = this.#selection.state;
    const first = this.#touch && !(row === place.row && column === place.column && query === place.row && key === place.column);
    this.#grid.moveTo(place);
    if (first) this.#point(place);
    else this.#lock(place);
  };

  #hit(event: MouseEvent): GridPlace | undefined {
    const figure = this.figure;
    const canvas = this.renderRoot.querySelector('canvas.large');
    if (!figure || !canvas) return undefined;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - left) / width) * figure.tokens.length);
    const row = Math.floor(((event.clientY - top) / height) * figure.tokens.length);
    const inside = row >= 0 && column >= 0 && row < figure.tokens.length && column < figure.tokens.length;
    return inside ? { row, column } : undefined;
  }

  #masked({ row, column }: GridPlace): boolean {
    return this.figure !== undefined && this.figure.causal && column > row;
  }

  #sentence({ row, column }: GridPlace): string {
    const figure = this.figure!;
    return attentionSentence(figure, this.#layerIndex(figure), this.#headIndex(figure), row, column);
  }

  #target(place: GridPlace) {
    return { layer: this.figure?.layers[this.#layerIndex(this.figure)], head: this.head, query: place.row, key: place.column };
  }

  #point(place: GridPlace | undefined): void {
    this.#selection.preview(place && !this.#masked(place) ? this.#target(place) : undefined, this);
  }

  #lock(place: GridPlace): void {
    this.#selection.toggle(this.#target(place), this);
    if (this.#selection.state.locked) announce(strings.selectionLocked(this.#sentence(place)));
  }

  #release(): boolean {
    const { locked, query } = this.#selection.state;
    this.tooltip.hide();
    this.#selection.release(this);
    return locked || query !== undefined;
  }

  #previewHead(event: PointerEvent, head: number): void {
    if (event.pointerType !== 'touch') this.previewHead = head;
  }

  #chooseHead(head: number): void {
    this.head = head;
    this.previewHead = undefined;
    this.#retarget();
  }

  readonly #onLayer = (event: Event): void => {
    this.layer = Number((event.target as HTMLSelectElement).value);
    this.#retarget();
  };

  /** A chosen head or layer keeps the selected cell. */
  #retarget(): void {
    const { state } = this.#selection;
    const target = { ...state, layer: this.layer, head: this.head };
    if (state.locked) this.#selection.lock(target, this);
    else this.dispatchEvent(new SelectionChangeEvent(target));
  }

  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || this.query === undefined || figure.tokens.length === 0) return;
    const query = wrap(this.query, figure.tokens.length);
    const key = this.key === undefined ? undefined : wrap(this.key, figure.tokens.length);
    this.#selection.lock({ layer: this.layer, head: this.head, query, key }, this);
    this.#grid.active = {
      row: query,
      column: key ?? topKeys(headGrid(figure, this.#layerIndex(figure), this.#clampHead(figure)), query, 1)[0]!.key,
    };
  }

  #follow(selection: Selection): void {
    this.#selection.removeEventListener('change', this.#onSelection);
    this.#selection = selection;
    if (this.isConnected) selection.addEventListener('change', this.#onSelection);
    this.requestUpdate();
  }

  readonly #onSelection = (event: Event): void => {
    const { source } = event as SelectionEvent;
    this.requestUpdate();
    if (source === this) this.dispatchEvent(new SelectionChangeEvent(this.#selection.state));
  };

  // --- small sums

  #layerIndex(figure: AttentionData): number {
    return Math.max(0, this.layer === undefined ? 0 : figure.layers.indexOf(this.layer));
  }

  #clampHead(figure: AttentionData): number {
    return Math.min(Math.max(0, this.head), figure.headCount - 1);
  }

  #headIndex(figure: AttentionData): number {
    return this.previewHead !== undefined && this.previewHead < figure.headCount ? this.previewHead : this.#clampHead(figure);
  }

  /** CSS pixels per token. */
  #step(figure: AttentionData, size: number): number {
    return size / figure.tokens.length;
  }
}

function place(x: number, y: number, width: number, height: number): string {
  return `transform: translate(${x}px, ${y}px); inline-size: ${width}px; block-size: ${height}px`;
}

function wrap(position: number, count: number): number {
  return Math.min(count - 1, Math.max(0, position < 0 ? position + count : position));
}

/** A token in quotes; one that stands in the prompt more than once, with its position. */
function named({ tokens }: AttentionData, position: number): string {
  const { quoted } = tokens[position]!;
  const again = tokens.some((token) => token.position !== position && token.quoted === quoted);
  return again ? attentionStrings.at(quoted, position) : quoted;
}

declare global {
  interface HTMLElementTagNameMap {
    'attention-view': AttentionViewElement;
  }
}
