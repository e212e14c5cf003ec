// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
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
import { captionTemplate, lensSentence } from './caption.js';
import { controlsTemplate } from './controls.js';
import { detailTemplate } from './detail.js';
import { gridTemplate } from './grid.js';
import { lensFromTrace, shownPoints, type LensData } from './lens-data.js';
import { layoutLens, windowStart, type LensLayout } from './layout.js';
import { lensStyles } from './logit-lens.styles.js';
import type { LensCell, LensScene } from './scene.js';
import { stripTemplate } from './strip.js';
import { lensText } from './text.js';
import { waitingTemplate } from './waiting.js';

/** More rows than these are drawn without the states inside a block. */
const mostRows = 14;

/**
 * What the model would say at every layer: rows are points of the residual stream from the embedding (below) to the output (above),
 * columns are positions, each cell the likeliest next token, coloured by its probability. In a narrow place it shows one position with
 * its likeliest tokens side by side.
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
 *
 * @csspart figure - everything inside the element
 * @csspart cells - the grid of tokens
 * @csspart cell - one token of the grid
 * @csspart axis - the labels of one axis
 * @csspart strip - the prompt as text, to choose a position
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
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a cell; `query` is the position
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class LogitLensElement extends FigureElement<LensData> {
  /** @internal */
  static override readonly tag = 'logit-lens';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, lensStyles];

  /** Position that the figure opens on; negative numbers count from the end. The last one where it is left out. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** Label of the row to lock at the start, such as "2_pre"; with `position`. */
  @property({ hasChanged: () => true }) row: string | undefined;
  /** What the colour says: `top`, the probability of the likeliest token, or `target`, that of the followed token. */
  @property() colour: 'top' | 'target' = 'top';
  /** Text of a token to follow through the layers, in live runs; recorded data bring their own. */
  @property() target: string | undefined;
  /** How many tokens per cell a live run asks for. */
  @property({ type: Number, attribute: 'top-k' }) topK = 5;
  /** How a live run applies the final norm: to each state by itself, or with the scale of the whole run. */
  @property() norm: 'recompute' | 'cached' = 'recompute';
  /** Rows: all points of the residual stream, or only those before each block. By default all, where they are at most 14. */
  @property() points: 'all' | 'layers' | undefined;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;

  /** The chosen cell, when nothing is pointed at. */
  @state() private home: { point: number; position: number } = { point: 0, position: 0 };
  /** The position in the first column. */
  @state() private first = 0;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#rows().length,
    columnCount: () => this.#columnCount(),
    onMove: (place) => this.#point(place && this.#cell(place)),
    onLock: (place) => this.#lock(this.#cell(place)),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<LensCell>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (cell) => lensSentence(this.figure!, cell),
    point: (cell) => this.#point(cell),
    isPointedAt: (cell) => this.#isPointedAt(cell),
    press: (cell, firstTouch) => this.#press(cell, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  #layout: LensLayout | undefined;
  #scene: LensScene | undefined;
  /** Row and candidate that are pointed at; the selection itself knows positions only. */
  #pointed: Omit<LensCell, 'position'> | undefined;

  /** What the reader points at; `query` is the position. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.figure && (changed.has('position') || changed.has('row'))) this.#authorSelection();
    if (this.hasUpdated && (changed.has('topK') || changed.has('norm') || changed.has('target'))) this.live.again();
  }

  // --- the data

  protected override read(value: unknown): LensData {
    return lensFromTrace(value);
  }

  protected override promptOf(figure: LensData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: LensData): string {
    return figure.source;
  }

  protected override liveRequest(prompt: string): LiveRequest {
    const target = this.target === undefined ? {} : { target: this.target };
    return { kind: 'logit-lens', options: { prompt, topK: this.topK, norm: this.norm, ...target } };
  }

  protected override onFigure(figure: LensData): void {
    this.#selection.keepWithin(figure.tokens.length);
    this.home = { point: figure.labels.length - 1, position: figure.tokens.length - 1 };
    this.#authorSelection();
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    return waitingTemplate(width, this.live.text, this.topK);
  }

  protected override renderFigure(figure: LensData): TemplateResult {
    const layout = (this.#layout = layoutLens(this.width, figure.tokens.length, figure.k));
    this.#grid.hostUpdate(); // how many columns there are follows from the layout
    const scene = (this.#scene = this.#sceneOf(figure, layout));
    const inGrid = layout.mode === 'grid';
    const windowed = !inGrid || layout.columns < figure.tokens.length;
    return html`${windowed && figure.tokens.length > 1 ? stripTemplate(scene, this.#choose) : nothing}
      ${gridTemplate(scene, this.#pointing, this.#columnCount(), this.label)}
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      ${inGrid ? detailTemplate(scene) : nothing}
      <div class="controls" part="controls">${controlsTemplate(scene, (colour) => (this.colour = colour))}</div>`;
  }

  protected override renderText(): TemplateResult {
    return lensText(this.#scene!);
  }

  protected override readerState(): Record<string, unknown> {
    const { position, point } = this.home;
    return { position, ...(this.#selection.state.locked && { row: this.figure?.labels[point] }) };
  }

  #sceneOf(figure: LensData, layout: LensLayout): LensScene {
    const chosen = this.#chosen(figure);
    const shown = this.#grid.focused ? this.#grid.active.column : chosen.position;
    if (layout.mode === 'grid') this.first = windowStart(this.first, layout.columns, figure.tokens.length, shown);
    return {
      figure,
      layout,
      rows: this.#rows(),
      first: this.first,
      chosen,
      colour: this.colour,
      theme: this.theme.current,
      selection: this.#selection.state,
      grid: this.#grid,
    };
  }

  /** The cell that caption and detail are about: what is pointed at, else where the figure stands. */
  #chosen(figure: LensData): LensCell {
    const { query } = this.#selection.state;
    if (query === undefined) return { ...this.home, point: Math.min(this.home.point, figure.labels.length - 1), rank: 0 };
    const { point, rank } = this.#pointed ?? { point: this.home.point, rank: 0 };
    return {
      position: query >= figure.tokens.length ? this.home.position : query,
      point: Math.min(point, figure.labels.length - 1),
      rank: Math.min(rank, figure.k - 1),
    };
  }

  // --- what the reader does

  #hit(event: Event): LensCell | undefined {
    const cell = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined);
    return cell && this.figure && this.#cell({ row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) });
  }

  #cell({ row, column }: GridPlace): LensCell {
    const point = this.#rows()[row] ?? 0;
    return this.#layout?.mode === 'position' ? { point, position: this.home.position, rank: column } : { point, position: column, rank: 0 };
  }

  #isPointedAt({ point, position, rank }: LensCell): boolean {
    return this.#selection.state.query === position && this.#pointed?.point === point && this.#pointed.rank === rank;
  }

  #point(cell: LensCell | undefined): void {
    if (!this.#selection.state.locked) {
      this.#pointed = cell;
      this.requestUpdate();
    }
    this.selection.preview(cell && { query: cell.position }, this);
  }

  #press(cell: LensCell, firstTouch: boolean): void {
    this.#grid.moveTo({ row: this.#rows().indexOf(cell.point), column: this.#layout?.mode === 'grid' ? cell.position : cell.rank });
    if (firstTouch) this.#point(cell);
    else this.#lock(cell);
  }

  #lock(cell: LensCell): void {
    const again = this.#selection.state.locked && this.#isPointedAt(cell);
    this.#pointed = cell;
    this.home = { point: cell.point, position: cell.position };
    this.requestUpdate();
    if (again) {
      this.selection.release(this);
      return;
    }
    this.selection.lock({ query: cell.position }, this);
    if (this.figure) announce(strings.selectionLocked(lensSentence(this.figure, cell)));
  }

  #release(): boolean {
    this.tooltip.hide();
    return this.#selection.release();
  }

  /** Chooses a position: the figure stays on it, and what was locked is let go. */
  readonly #choose = (position: number): void => {
    const figure = this.figure;
    if (!figure) return;
    const within = Math.min(figure.tokens.length - 1, Math.max(0, position));
    this.home = { point: this.home.point, position: within };
    this.#pointed = undefined;
    this.selection.release(this);
    if (this.#layout?.mode === 'grid') this.#grid.moveTo({ row: this.#grid.active.row, column: within });
  };

  /** Where the author has the figure stand, by `position` and `row`. */
  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || figure.tokens.length === 0) return;
    const point = this.row === undefined ? figure.labels.length - 1 : Math.max(0, figure.labels.indexOf(this.row));
    const position = positionWithin(this.position ?? -1, figure.tokens.length);
    this.home = { point, position };
    if (this.row !== undefined) {
      this.#pointed = { point, rank: 0 };
      this.selection.lock({ query: position }, this);
    }
    this.#grid.active = {
      row: Math.max(0, this.#rows().indexOf(point)),
      column: this.#layout?.mode === 'position' ? 0 : position,
    };
  }

  // --- how many rows and columns

  #rows(): number[] {
    if (!this.figure) return [];
    return shownPoints(this.figure.labels, this.points === 'all' ? Infinity : this.points === 'layers' ? 0 : mostRows);
  }

  #columnCount(): number {
    if (!this.figure) return 0;
    return this.#layout?.mode === 'position' ? this.#layout.columns : this.figure.tokens.length;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'logit-lens': LogitLensElement;
  }
}
