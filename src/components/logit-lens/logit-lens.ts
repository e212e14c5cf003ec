// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { OwnFigure } from '../shared/own-figure.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { positionWithin } from '../shared/positions.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { lensFromTrace, type LensData } from './lens-data.js';
import { layoutLens, windowStart, type LensLayout } from './layout.js';
import { lensStyles } from './logit-lens.styles.js';
import { cellAt, chosenCell, selectionOf, type LensHome } from './place.js';
import { shownPoints } from './rows.js';
import { lensColours, type LensCell, type LensColour, type LensScene } from './scene.js';
import type { LensReader } from './trajectories/index.js';
import { placeTemplate, waitingTemplate } from './waiting.js';

type Picture = typeof import('./grid/index.js');
/** What draws a lens; then curves, further colours and column widths. */
const loadPicture = () => import('./grid/index.js');
const loadReader = () => import('./trajectories/index.js');

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
export class LogitLensElement extends OwnFigure<LensData> {
  /** @internal */
  static override readonly tag = 'logit-lens';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tooltipStyles, lensStyles];

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
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;

  /** The chosen cell, when nothing is pointed at. */
  @state() private home: LensHome = { point: 0, position: 0 };
  /** The position in the first column. */
  @state() private first = 0;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#rows().length + Number(this.#inGrid()),
    columnCount: () => this.#columnCount(),
    onMove: (place) => this.#point(place && this.#cell(place)),
    onLock: (place) => this.#act(this.#cell(place)),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<LensCell>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (cell) => this.#picture!.tooltipSentence(this.figure!, cell, this.colour !== 'top'),
    point: (cell) => this.#point(cell),
    isPointedAt: (cell) => this.#isPointedAt(cell),
    press: (cell, firstTouch) => this.#press(cell, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  #layout: LensLayout | undefined;
  #scene: LensScene | undefined;
  /** The candidate that is pointed at; the selection itself knows point and position. */
  #rank = 0;
  #picture: Picture | undefined;
  #reader: LensReader | undefined;
  #loading: Promise<void> | undefined;

  /** What the reader points at; `query` is the position, `point` and `layer` say the row. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.colour = oneOf(this.localName, 'colour', this.colour, lensColours);
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.figure && (changed.has('position') || changed.has('row'))) this.#authorSelection();
    if (this.hasUpdated && (changed.has('topK') || changed.has('norm') || changed.has('target'))) this.live.again();
  }

  protected override async getUpdateComplete(): Promise<boolean> {
    await super.getUpdateComplete();
    await this.#loading;
    return super.getUpdateComplete();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#loading ??= this.#load();
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#picture) super.updated(changed);
  }

  /** The grid is drawn first, then what a reader can do beyond it. */
  async #load(): Promise<void> {
    try {
      this.#picture = await loadPicture();
      const sheets = this.#picture.styles.flatMap(({ styleSheet }) => (styleSheet ? [styleSheet] : []));
      this.shadowRoot!.adoptedStyleSheets.push(...sheets);
      this.requestUpdate();
      const { LensReader } = await loadReader();
      this.#reader = new LensReader(this, {
        tooltip: this.tooltip,
        scene: () => this.#scene!,
        isLive: () => this.live.status === 'live',
        point: (cell) => this.#point(cell),
        press: (cell, firstTouch) => this.#press(cell, firstTouch),
        isPointedAt: (cell) => this.#isPointedAt(cell),
        isHeld: () => this.#grid.focused,
      });
      this.requestUpdate();
    } catch (error) {
      console.error(error);
    }
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
    return waitingTemplate(width, this.live.text, this.topK, this.chart !== 'none', this.points);
  }

  protected override renderFigure(figure: LensData): TemplateResult {
    const layout = (this.#layout = layoutLens(this.width, figure.tokens.length, figure.k, this.columnWidth));
    this.#grid.hostUpdate(); // how many columns there are follows from the layout
    const scene = (this.#scene = this.#sceneOf(figure, layout));
    const curves = this.chart !== 'none';
    if (!this.#picture) {
      const windowed = layout.mode === 'position' || layout.columns < figure.tokens.length;
      return placeTemplate(layout, scene.rows.length, figure.k, curves, windowed ? figure.prompt : '');
    }
    return this.#picture.lensTemplate(scene, {
      pointing: this.#pointing,
      columnCount: this.#columnCount(),
      label: this.label,
      curves,
      reader: this.#reader,
      choose: this.#choose,
    });
  }

  protected override renderText(): TemplateResult {
    return this.#reader?.text(this.#scene!) ?? html`<div class="summary-space"></div>`;
  }

  protected override readerState(): Record<string, unknown> {
    const { position, point } = this.home;
    return { position, row: this.#selection.state.locked ? this.figure?.labels[point] : '' };
  }

  #sceneOf(figure: LensData, layout: LensLayout): LensScene {
    const chosen = chosenCell(figure, this.#selection.state, this.home, this.#rank);
    const shown = this.#grid.focused ? this.#grid.active.column : chosen.position;
    if (layout.mode === 'grid') this.first = windowStart(this.first, layout.columns, figure.tokens.length, shown);
    return {
      figure,
      layout,
      ...this.#shown(),
      first: this.first,
      chosen,
      colour: this.colour,
      theme: this.theme.current,
      selection: this.#selection.state,
      grid: this.#grid,
      pins: this.#reader?.pins(figure) ?? [],
      compared: this.#reader?.compared(figure) ?? [],
    };
  }

  // --- what the reader does

  #hit(event: Event): LensCell | undefined {
    const cell = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined);
    return cell && this.figure && this.#cell({ row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) });
  }

  #cell(place: GridPlace): LensCell {
    return cellAt(place, this.#rows(), this.#inGrid(), this.home);
  }

  #isPointedAt({ point, position, rank }: LensCell): boolean {
    const { query, point: label } = this.#selection.state;
    return query === position && label === this.figure?.labels[point] && this.#rank === rank;
  }

  #point(cell: LensCell | undefined): void {
    if (!this.#selection.state.locked) {
      this.#rank = cell?.rank ?? 0;
      this.requestUpdate();
    }
    this.selection.preview(cell && this.figure && selectionOf(this.figure, cell), this);
  }

  #press(cell: LensCell, firstTouch: boolean): void {
    const rows = this.#rows();
    const column = this.#inGrid() ? cell.position : cell.rank;
    this.#grid.moveTo({ row: cell.prompt ? rows.length : Math.max(0, rows.indexOf(cell.point)), column });
    if (firstTouch && !cell.prompt) this.#point(cell);
    else this.#act(cell);
  }

  #act(cell: LensCell): void {
    if (cell.prompt) this.#reader?.actions.compare(cell.position);
    else this.#lock(cell);
  }

  #lock(cell: LensCell): void {
    const again = this.#selection.state.locked && this.#isPointedAt(cell);
    this.#rank = cell.rank;
    this.home = { point: cell.point, position: cell.position };
    this.requestUpdate();
    if (again) {
      this.selection.release(this);
      return;
    }
    this.selection.lock(selectionOf(this.figure!, cell), this);
    announce(strings.selectionLocked(this.#picture!.lensSentence(this.figure!, cell)));
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
    this.#rank = 0;
    this.selection.release(this);
    if (this.#inGrid()) this.#grid.moveTo({ row: this.#grid.active.row, column: within });
  };

  /** Where the author has the figure stand, by `position` and `row`. */
  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || figure.tokens.length === 0) return;
    const point = this.row ? Math.max(0, figure.labels.indexOf(this.row)) : figure.labels.length - 1;
    const position = positionWithin(this.position ?? -1, figure.tokens.length);
    this.home = { point, position };
    if (this.row) {
      this.#rank = 0;
      this.selection.lock(selectionOf(figure, { point, position, rank: 0 }), this);
    } else if (this.row === '') this.selection.release(this);
    this.#grid.active = { row: Math.max(0, this.#rows().indexOf(point)), column: this.#inGrid() ? position : 0 };
  }

  // --- how many rows and columns

  #inGrid(): boolean {
    return this.#layout?.mode !== 'position';
  }

  #shown(): { rows: number[]; stride: number } {
    const { points, stride, maxRows: most } = this;
    const { labels = [] } = this.figure ?? {};
    const keep = this.row ? labels.indexOf(this.row) : undefined;
    return shownPoints(labels, { points, stride, most, keep });
  }

  #rows(): number[] {
    return this.#shown().rows;
  }

  #columnCount(): number {
    if (!this.figure) return 0;
    return this.#inGrid() ? this.figure.tokens.length : this.#layout!.columns;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'logit-lens': LogitLensElement;
  }
}
