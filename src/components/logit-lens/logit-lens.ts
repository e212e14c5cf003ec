// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { inkOn, rampIndex, rampRgb, cssColour } from '../shared/colour.js';
import { SelectionChangeEvent } from '../shared/events.js';
import { FigureElement } from '../shared/figure-element.js';
import { formatCount, formatNumber, formatPercent } from '../shared/format.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveModel } from '../shared/live-model.js';
import { linkedSelection, Selection, type SelectionEvent } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tokenStyles, tokenTemplate } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { candidates, cellIndex, lensFromTrace, shownPoints, type LensData } from './lens-data.js';
import { layoutLens, windowStart, type LensLayout } from './layout.js';
import { lensStyles } from './logit-lens.styles.js';
import { lensStrings } from './strings.js';

/** A cell of the lens in the data: a row of the residual stream and a position of the prompt. */
interface Cell {
  point: number;
  position: number;
  /** Which candidate, where several stand side by side. */
  rank: number;
}

const rowHeight = 24;
const mostRows = 14;
const stripFrom = 1;

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
  @state() private first = 0;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#rows().length,
    columnCount: () => this.#columnCount(),
    onMove: (place) => this.#move(place),
    onLock: (place) => this.#lock(this.#cell(place)),
    onRelease: () => this.#release(),
  });
  #selection = new Selection();
  #ownSelection: Selection | undefined;
  #layout: LensLayout | undefined;
  /** The row pointed at; the selection itself knows positions only. */
  #point: number | undefined;

  /** What the reader points at; `query` is the position. Figures that share the object follow each other. */
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
    if (changed.has('link')) this.#follow(this.#ownSelection ?? (this.link ? linkedSelection(this.link) : this.#selection));
    if (this.hasUpdated && (changed.has('position') || changed.has('row'))) this.#authorSelection();
    if (this.hasUpdated && (changed.has('topK') || changed.has('norm') || changed.has('target'))) this.live.again();
  }

  protected override read(value: unknown): LensData {
    return lensFromTrace(value);
  }

  protected override promptOf(figure: LensData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: LensData): string {
    return figure.source;
  }

  protected override renderWaiting(width: number): TemplateResult {
    // About four letters to a token: enough to know whether all positions will have room, and if not, how high their text will stand.
    const text = this.live.text;
    const { mode, columns } = layoutLens(width, Math.ceil(text.length / 4) || 16, this.topK);
    const strip = text !== '' && (mode === 'position' || columns * 4 < text.length);
    return html`${
        strip
          ? html`<div class="strip-line unseen">
              <button type="button" tabindex="-1">‹</button>
              <div class="strip">${text}</div>
              <button type="button" tabindex="-1">›</button>
            </div>`
          : nothing
      }
      <div .style=${`block-size: ${9 * rowHeight}px`}></div>
      ${mode === 'grid' ? html`<div class="positions unseen"><span class="input">&nbsp;</span></div>` : nothing}
      <div class="caption"></div>
      ${mode === 'grid' ? html`<div class="candidates" .style=${`--lines: ${this.topK}`}></div>` : nothing}
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }

  protected override runLive(model: LiveModel, prompt: string, signal: AbortSignal): Promise<LensData> {
    return model.lens(prompt, { topK: this.topK, norm: this.norm, target: this.target, signal });
  }

  protected override onFigure(figure: LensData): void {
    const { query } = this.#selection.state;
    if (query !== undefined && query >= figure.tokens.length) this.#selection.release(this);
    this.home = { point: figure.labels.length - 1, position: figure.tokens.length - 1 };
    this.#authorSelection();
  }

  protected override renderFigure(figure: LensData): TemplateResult {
    const layout = layoutLens(this.width, figure.tokens.length, figure.k);
    this.#layout = layout;
    this.#grid.hostUpdate(); // how many columns there are follows from the layout
    const chosen = this.#chosen(figure);
    const shown = this.#grid.focused ? this.#grid.active.column : chosen.position;
    if (layout.mode === 'grid') this.first = windowStart(this.first, layout.columns, figure.tokens.length, shown);
    const windowed = layout.mode === 'position' || layout.columns < figure.tokens.length;
    return html`${windowed && figure.tokens.length > stripFrom ? this.#renderStrip(figure, layout, chosen) : nothing}
      ${this.#renderGrid(figure, layout, chosen)}
      <div class="caption" part="caption">${this.#caption(figure, chosen)}</div>
      ${layout.mode === 'grid' ? this.#renderDetail(figure, chosen) : nothing}
      <div class="controls" part="controls">${this.#renderControls(figure)}</div>
      ${this.#renderText(figure, chosen.position)}`;
  }

  // --- the picture

  #renderGrid(figure: LensData, layout: LensLayout, chosen: Cell): TemplateResult {
    const rows = this.#rows();
    const { mode, columns, column, rowLabels } = layout;
    const { locked } = this.#selection.state;
    const box = `--columns: ${columns}; --column: ${column}px; --labels: ${rowLabels}px; --row: ${rowHeight}px`;
    const hint = mode === 'grid' ? lensStrings.lensGridHint : lensStrings.lensPositionHint;
    return html`<div
        class="grid ${mode} ${locked ? 'locked' : ''}"
        part="cells"
        role="grid"
        tabindex="0"
        .style=${box}
        aria-label=${this.label ?? lensStrings.lensLabel}
        aria-describedby="hint"
        aria-rowcount=${rows.length}
        aria-colcount=${this.#columnCount()}
        aria-activedescendant=${this.#activeId(layout)}
        @focus=${this.#grid.onFocus}
        @blur=${this.#grid.onBlur}
        @keydown=${this.#grid.onKeydown}
        @pointermove=${this.#onPointer}
        @pointerleave=${this.#onLeave}
        @pointerdown=${this.#onPress}
        @click=${this.#onClick}
      >
        ${rows.map((point, row) => this.#renderRow(figure, layout, chosen, point, row))}
      </div>
      ${mode === 'grid' ? this.#renderPositions(figure, layout, chosen) : nothing}
      <p id="hint" class="visually-hidden">${hint}</p>`;
  }

  /** The active cell's id, where the window shows it. */
  #activeId({ mode, columns }: LensLayout): string | typeof nothing {
    const { row, column } = this.#grid.active;
    const shown = mode === 'position' || (column >= this.first && column < this.first + columns);
    return shown ? `c${row}-${column}` : nothing;
  }

  #renderRow(figure: LensData, layout: LensLayout, chosen: Cell, point: number, row: number): TemplateResult {
    const label = figure.labels[point]!;
    return html`<div class="row" role="row" aria-rowindex=${row + 1}>
      <div class="point ${point === chosen.point ? 'chosen' : ''}" role="rowheader">${shortLabel(label)}</div>
      ${Array.from({ length: layout.columns }, (_, column) => this.#renderCell(figure, layout, chosen, point, row, column))}
    </div>`;
  }

  #renderCell(
    figure: LensData,
    layout: LensLayout,
    chosen: Cell,
    point: number,
    row: number,
    column: number,
  ): TemplateResult | typeof nothing {
    const inGrid = layout.mode === 'grid';
    const position = inGrid ? this.first + column : chosen.position;
    const rank = inGrid ? 0 : column;
    const candidate = candidates(figure, point, position, rank + 1)[rank];
    if (!candidate) return nothing;
    const amount = this.#amount(figure, point, position, candidate.probability);
    const background = rampRgb(this.theme.current.sequential, rampIndex(amount));
    const active = this.#grid.active;
    const here = point === chosen.point && (inGrid ? position === chosen.position : rank === chosen.rank);
    const logicalColumn = inGrid ? position : rank;
    const classes = ['cell', here ? 'here' : '', inGrid && position === chosen.position ? 'column' : ''].join(' ');
    const name = lensStrings.lensCell(
      figure.labels[point]!,
      figure.tokens[position]!.spoken,
      candidate.token.spoken,
      formatPercent(candidate.probability),
    );
    return html`<div
      id=${`c${row}-${logicalColumn}`}
      class=${classes}
      part="cell"
      role="gridcell"
      aria-colindex=${logicalColumn + 1}
      aria-selected=${here && this.#selection.state.locked}
      data-row=${row}
      data-column=${logicalColumn}
      data-focus=${this.#grid.focused && active.row === row && active.column === logicalColumn ? '' : nothing}
      .style=${`background-color: ${cssColour(background)}; color: ${inkOn(background)}`}
    >
      <span class="visually-hidden">${name}</span><span class="text" aria-hidden="true">${tokenTemplate(candidate.token)}</span>${
        inGrid ? nothing : html`<span class="percent">${formatPercent(candidate.probability)}</span>`
      }
    </div>`;
  }

  /** The prompt's tokens under their columns: the lens says what follows each of them. */
  #renderPositions(figure: LensData, layout: LensLayout, chosen: Cell): TemplateResult {
    const shown = figure.tokens.slice(this.first, this.first + layout.columns);
    return html`<div
      class="positions"
      part="axis"
      aria-hidden="true"
      .style=${`--column: ${layout.column}px; --labels: ${layout.rowLabels}px`}
    >
      <span class="point">${strings.prompt.toLowerCase()}</span>
      ${shown.map((token) => html`<span class="input ${token.position === chosen.position ? 'chosen' : ''}">${tokenTemplate(token)}</span>`)}
    </div>`;
  }

  /** The whole prompt as text, where the grid shows a part of it. */
  #renderStrip(figure: LensData, layout: LensLayout, chosen: Cell): TemplateResult {
    const inGrid = layout.mode === 'grid';
    const last = inGrid ? this.first + layout.columns : chosen.position + 1;
    const first = inGrid ? this.first : chosen.position;
    return html`<div class="strip-line">
      <button
        type="button"
        aria-label=${lensStrings.earlier}
        ?disabled=${chosen.position === 0}
        @click=${() => this.#choose(chosen.position - 1)}
      >
        ‹
      </button>
      <div
        class="strip"
        part="strip"
        role="group"
        tabindex="0"
        aria-label=${lensStrings.promptStrip}
        @click=${this.#onStrip}
        @keydown=${this.#onStripKey}
      >
        ${figure.tokens.map(
          ({ position }, index) =>
            html`<span
              class="choice ${position >= first && position < last ? 'shown' : ''} ${position === chosen.position ? 'chosen' : ''}"
              data-position=${position}
              >${tokenTemplate(figure.tokens[index]!)}</span
            >`,
        )}
      </div>
      <button
        type="button"
        aria-label=${lensStrings.later}
        ?disabled=${chosen.position >= figure.tokens.length - 1}
        @click=${() => this.#choose(chosen.position + 1)}
      >
        ›
      </button>
    </div>`;
  }

  #renderDetail(figure: LensData, { point, position }: Cell): TemplateResult {
    const list = candidates(figure, point, position);
    const ramp = this.theme.current.sequential;
    return html`<div class="detail" part="detail" .style=${`--lines: ${figure.k}`}>
      <ol class="candidates">
        ${list.map(
          ({ token, probability }) =>
            html`<li>
              <span class="name">${tokenTemplate(token)}</span>
              <span class="percent">${formatPercent(probability)}</span>
              <span
                class="bar"
                .style=${`inline-size: ${(probability * 100).toFixed(2)}%; background: ${cssColour(rampRgb(ramp, 190))}`}
              ></span>
            </li>`,
        )}
      </ol>
    </div>`;
  }

  #renderControls(figure: LensData): TemplateResult {
    const { target } = figure;
    const following = this.colour === 'target' && target !== undefined;
    const followed = target && figure.tokenOf(target.id).quoted;
    const choice =
      followed &&
      this.#layout?.mode === 'grid' &&
      html`<select
        aria-label=${lensStrings.colour}
        @change=${(event: Event) => (this.colour = (event.target as HTMLSelectElement).value as 'top' | 'target')}
      >
        <option value="top" .selected=${!following}>${lensStrings.colourTop}</option>
        <option value="target" .selected=${following}>${lensStrings.colourTarget(followed)}</option>
      </select>`;
    const scale = { title: choice || lensStrings.probabilityLegend, ends: ['0%', '100%'] as const };
    return html`${legendTemplate(this.theme.current.sequential, scale)} <span>${lensStrings.lensNorm[figure.norm]}</span>`;
  }

  #renderText(figure: LensData, position: number): TemplateResult {
    return html`<details>
      <summary>${strings.textAlternative}</summary>
      <div class="scroll-y" tabindex="0" role="region" aria-label=${strings.textAlternative}>
        <table class="text">
          <caption class="quiet">
            ${figure.tokens[position]!.quoted}, ${lensStrings.position(position)}
          </caption>
          <thead>
            <tr>
              <th scope="col">${lensStrings.point}</th>
              <th scope="col">${lensStrings.nextToken}</th>
            </tr>
          </thead>
          <tbody>
            ${this.#rows().map(
              (point) =>
                html`<tr>
                  <th scope="row">${figure.labels[point]}</th>
                  <td>
                    ${candidates(figure, point, position, 3).map(
                      ({ token, probability }, index) =>
                        html`${index > 0 ? ', ' : ''}${tokenTemplate(token)} ${formatPercent(probability)}`,
                    )}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
  }

  #caption(figure: LensData, { point, position, rank }: Cell): TemplateResult {
    const index = cellIndex(figure, point, position);
    const target = figure.target;
    const isOutput = point === figure.labels.length - 1;
    const entropy = formatNumber(figure.entropy[index]!);
    const facts = [
      isOutput ? lensStrings.lensOutput(entropy) : lensStrings.lensEntropy(entropy, formatNumber(figure.klToFinal[index]!)),
      ...(target
        ? [
            lensStrings.lensTarget(
              figure.tokenOf(target.id).quoted,
              formatPercent(target.probability[index]!),
              formatCount(target.rank[index]! + 1),
            ),
          ]
        : []),
      ...(this.#selection.state.locked ? [strings.locked] : []),
    ];
    return html`<div>${this.#sentence(figure, { point, position, rank })}.</div>
      <div class="quiet">${facts.join('; ')}</div>`;
  }

  #sentence(figure: LensData, { point, position, rank }: Cell): string {
    const { token, probability } = candidates(figure, point, position)[rank]!;
    return lensStrings.lensSentence(
      shortLabel(figure.labels[point]!),
      figure.tokens[position]!.quoted,
      position,
      token.quoted,
      formatPercent(probability),
    );
  }

  #amount(figure: LensData, point: number, position: number, probability: number): number {
    if (this.colour !== 'target' || !figure.target || this.#layout?.mode === 'position') return probability;
    return figure.target.probability[cellIndex(figure, point, position)]!;
  }

  // --- what the reader does

  readonly #onPointer = (event: PointerEvent): void => {
    const cell = this.#hit(event);
    if (!cell || !this.figure) {
      this.#onLeave();
      return;
    }
    if (event.pointerType !== 'touch') this.#preview(cell);
    this.tooltip.show(this.#sentence(this.figure, cell), event.clientX, event.clientY);
  };

  readonly #onLeave = (event?: PointerEvent): void => {
    this.tooltip.hide();
    // A finger leaves before its click comes; what it pointed at stays.
    if (!this.#grid.focused && event?.pointerType !== 'touch') this.#preview(undefined);
  };

  #byTouch = false;

  /** A first touch points, a second one on the same cell locks. */
  readonly #onPress = (event: PointerEvent): void => {
    this.#byTouch = event.pointerType === 'touch';
  };

  readonly #onClick = (event: MouseEvent): void => {
    const cell = this.#hit(event);
    if (!cell) return;
    const pointed = this.#selection.state.query === cell.position && this.#point === cell.point && this.#rank === cell.rank;
    this.#grid.moveTo({ row: this.#rows().indexOf(cell.point), column: this.#layout?.mode === 'grid' ? cell.position : cell.rank });
    if (this.#byTouch && !pointed) this.#preview(cell);
    else this.#lock(cell);
  };

  readonly #onStrip = (event: Event): void => {
    const choice = (event.target as Element).closest<HTMLElement>('[data-position]');
    if (choice) this.#choose(Number(choice.dataset['position']));
  };

  readonly #onStripKey = ({ key }: KeyboardEvent): void => {
    const { position } = this.home;
    if (key === 'ArrowLeft') this.#choose(position - 1);
    if (key === 'ArrowRight') this.#choose(position + 1);
  };

  #hit(event: Event): Cell | undefined {
    const cell = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined);
    return cell && this.#cell({ row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) });
  }

  #cell({ row, column }: GridPlace): Cell {
    const point = this.#rows()[row] ?? 0;
    return this.#layout?.mode === 'position' ? { point, position: this.home.position, rank: column } : { point, position: column, rank: 0 };
  }

  #move(place: GridPlace | undefined): void {
    this.#preview(place && this.#cell(place));
  }

  #rank = 0;

  #preview(cell: Cell | undefined): void {
    if (!this.#selection.state.locked) {
      this.#point = cell?.point;
      this.#rank = cell?.rank ?? 0;
      this.requestUpdate();
    }
    this.#selection.preview(cell && { query: cell.position }, this);
  }

  #lock(cell: Cell): void {
    const { query, locked } = this.#selection.state;
    const same = locked && query === cell.position && this.#point === cell.point && this.#rank === cell.rank;
    this.#point = cell.point;
    this.#rank = cell.rank;
    this.home = { point: cell.point, position: cell.position };
    if (same) this.#selection.release(this);
    else this.#selection.lock({ query: cell.position }, this);
    this.requestUpdate();
    if (!same && this.figure) announce(strings.selectionLocked(this.#sentence(this.figure, cell)));
  }

  #release(): boolean {
    const { locked, query } = this.#selection.state;
    this.tooltip.hide();
    this.#selection.release(this);
    return locked || query !== undefined;
  }

  /** Chooses a position: the figure stays on it, and what was locked is let go. */
  #choose(position: number): void {
    const figure = this.figure;
    if (!figure) return;
    const within = Math.min(figure.tokens.length - 1, Math.max(0, position));
    this.home = { point: this.home.point, position: within };
    this.#point = undefined;
    this.#selection.release(this);
    if (this.#layout?.mode === 'grid') this.#grid.moveTo({ row: this.#grid.active.row, column: within });
  }

  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || figure.tokens.length === 0) return;
    const count = figure.tokens.length;
    const position = this.position === undefined ? count - 1 : this.position < 0 ? this.position + count : this.position;
    const point = this.row === undefined ? figure.labels.length - 1 : Math.max(0, figure.labels.indexOf(this.row));
    this.home = { point, position: Math.min(count - 1, Math.max(0, position)) };
    if (this.row !== undefined) {
      this.#point = point;
      this.#selection.lock({ query: this.home.position }, this);
    }
    this.#grid.active = {
      row: Math.max(0, this.#rows().indexOf(point)),
      column: this.#layout?.mode === 'position' ? 0 : this.home.position,
    };
  }

  /** The cell that caption and detail are about: what is pointed at, else where the figure stands. */
  #chosen(figure: LensData): Cell {
    const { query } = this.#selection.state;
    const position = query === undefined || query >= figure.tokens.length ? this.home.position : query;
    const point = query === undefined ? this.home.point : (this.#point ?? this.home.point);
    return {
      position,
      point: Math.min(point, figure.labels.length - 1),
      rank: query === undefined ? 0 : Math.min(this.#rank, figure.k - 1),
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

  #rows(): number[] {
    if (!this.figure) return [];
    return shownPoints(this.figure.labels, this.points === 'all' ? Infinity : this.points === 'layers' ? 0 : mostRows);
  }

  #columnCount(): number {
    if (!this.figure) return 0;
    return this.#layout?.mode === 'position' ? this.#layout.columns : this.figure.tokens.length;
  }
}

/** "final_post" is the output; one word says it. */
function shortLabel(label: string): string {
  return label.startsWith('final') ? 'final' : label;
}

declare global {
  interface HTMLElementTagNameMap {
    'logit-lens': LogitLensElement;
  }
}
