// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { authorRamp } from '../shared/colour.js';
import type { TraceToken } from '../shared/core.js';
import { OwnFigure } from '../shared/own-figure.js';
import { GridController } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { numberUnder } from '../shared/number-under.js';
import { Pointing } from '../shared/pointing.js';
import { positionWithin } from '../shared/positions.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { rgbOf } from '../shared/theme-controller.js';
import { tokenStyles } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { captionTemplate, tokenSentence } from './caption.js';
import { cellsTemplate } from './cells.js';
import { coloredTokensStyles } from './colored-tokens.styles.js';
import { controlsTemplate } from './controls.js';
import { lineNeighbour } from './lines.js';
import type { TokenMark, TokensScene } from './scene.js';
import { tokensStrings } from './strings.js';
import { tokensText } from './text.js';
import { tokensFromArrays, tokensFromTrace, type TokensData, type TokenValues } from './tokens-data.js';
import { scaleOf } from './value-scale.js';

/**
 * Any value per token over the text itself: how surprised a model is, what one neuron does, where a gradient points. Amounts take the
 * sequential colours, values on both sides of zero the diverging ones; several rows of values are chosen from, or drawn as stripes under
 * the text.
 *
 * @summary Text whose tokens carry values.
 *
 * @example
 * ```html
 * <colored-tokens src="surprise.json" position="-1"></colored-tokens>
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
 * @csspart text - the coloured text
 * @csspart token - one token of it
 * @csspart caption - the sentence under the text
 * @csspart controls - what the colours mean, and the choice of the value
 * @csspart legend - a colour scale
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a token; `query` is its position
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class ColoredTokensElement extends OwnFigure<TokensData> {
  /** @internal */
  static override readonly tag = 'colored-tokens';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, coloredTokensStyles];

  /** The row of values that colours the text: its label, or its number from 0. The first one where it is left out. */
  @property() row: string | undefined;
  /** Position of the token to lock at the start; negative numbers count from the end. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** `fill` colours the background of each token; `underline` draws every row of values as a stripe under the text. */
  @property() mark: TokenMark = 'fill';
  /** Print the values under the tokens. */
  @property({ type: Boolean, attribute: 'show-values' }) showValues = false;
  /** The ends of the colours: of each `row` by itself, or `shared` by all rows, which then compare. */
  @property() scale: 'row' | 'shared' = 'row';
  /** The value at the lower end of the colours; it follows from the data where it is left out. */
  @property({ type: Number, attribute: 'min-value' }) minValue: number | undefined;
  /** The value at the upper end of the colours; it follows from the data where it is left out. */
  @property({ type: Number, attribute: 'max-value' }) maxValue: number | undefined;
  /** Colour of the upper end, instead of the suite's blue. */
  @property({ attribute: 'positive-color' }) positiveColor: string | undefined;
  /** Colour of the lower end of values on both sides of zero, instead of the suite's orange. */
  @property({ attribute: 'negative-color' }) negativeColor: string | undefined;
  /**
   * What a live run computes, separated by commas: `surprise`, `probability`, `entropy`, `rank`, a hook, a hook and a neuron
   * (`blocks.3.mlp.hook_post:12`). The rows of the recorded data where it is left out, else `surprise`.
   */
  @property() compute: string | undefined;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;
  /** Values without a trace, as CircuitsVis takes them: one per token, or [token][row]. Needs `tokens`. */
  @property({ attribute: false }) values: TokenValues | undefined;
  /** Tokens of `values`. */
  @property({ attribute: false }) tokens: readonly (string | TraceToken)[] | undefined;
  /** Names of the rows of `values`. */
  @property({ attribute: false }) labels: readonly string[] | undefined;
  /** With `values`: the upper end of the colours of each row. */
  @property({ attribute: false }) positiveBounds: readonly number[] | undefined;
  /** With `values`: the lower end of the colours of each row. */
  @property({ attribute: false }) negativeBounds: readonly number[] | undefined;

  @state() private chosen = 0;

  readonly #grid = new GridController(this, {
    rowCount: () => 1,
    columnCount: () => this.figure?.tokens.length ?? 0,
    onMove: (place) => this.#point(place?.column),
    onLock: ({ column }) => this.#lock(column),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<number>(this.tooltip, {
    hit: (event) => numberUnder(event, 'position'),
    sentence: (position) => tokenSentence(this.#scene!, position),
    point: (position) => this.#point(position),
    isPointedAt: (position) => this.#selection.state.query === position,
    press: (position, firstTouch) => this.#press(position, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  #scene: TokensScene | undefined;
  #marked: { here: Element | null; active: Element | null } = { here: null, active: null };

  /** What the reader points at; `query` is the position. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const arrays = ['values', 'tokens', 'labels', 'positiveBounds', 'negativeBounds'] as const;
    if (this.hasUpdated && arrays.some((name) => changed.has(name))) this.refreshData();
    if (changed.has('link')) this.#selection.link(this.link);
    if (changed.has('row')) this.chosen = this.#authorRow();
    if (changed.has('position')) this.#authorSelection();
    if (this.hasUpdated && changed.has('compute')) this.live.again();
  }

  // --- the data

  protected override dataProperty(): unknown {
    if (this.data !== undefined) return this.data;
    return this.values && this.tokens ? { values: this.values, tokens: this.tokens } : undefined;
  }

  protected override read(value: unknown): TokensData {
    if (this.values && this.tokens && (value as { values?: unknown }).values === this.values) {
      return tokensFromArrays(this.tokens, this.values, this);
    }
    return tokensFromTrace(value);
  }

  protected override promptOf(figure: TokensData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: TokensData): string {
    return figure.source;
  }

  protected override liveRequest(prompt: string): LiveRequest {
    const recorded = this.figure?.rows.flatMap(({ of }) => (of === undefined ? [] : [of])) ?? [];
    const asked = this.compute?.split(',').map((value) => value.trim());
    return { kind: 'tokens', options: { prompt, values: asked ?? (recorded.length > 0 ? recorded : ['surprise']) } };
  }

  protected override onFigure(figure: TokensData): void {
    this.#selection.keepWithin(figure.tokens.length);
    this.chosen = Math.min(this.#authorRow(), Math.max(0, figure.rows.length - 1));
    this.#authorSelection();
  }

  // --- the picture

  protected override renderWaiting(): TemplateResult {
    return html`<div class="text unseen">${this.live.text || '\u00a0\n\u00a0\n\u00a0'}</div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: TokensData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    const { mark, showValues, selection, shown } = scene;
    const classes = ['text', mark, showValues ? 'valued' : '', selection.locked ? 'locked' : ''].join(' ');
    return html`<div
        class=${classes}
        part="text"
        role="listbox"
        tabindex="0"
        .style=${`--stripes: ${mark === 'underline' ? shown.length : 0}`}
        aria-label=${this.label ?? tokensStrings.tokensLabel(shown.map(({ label }) => label).join(', '))}
        aria-describedby="hint"
        aria-activedescendant=${`t${this.#grid.active.column}`}
        @focus=${this.#grid.onFocus}
        @blur=${this.#grid.onBlur}
        @keydown=${this.#onKeydown}
        @pointermove=${this.#pointing.onMove}
        @pointerleave=${this.#pointing.onLeave}
        @pointerdown=${this.#pointing.onDown}
        @click=${this.#pointing.onClick}
      >
        ${guard(this.#drawn(scene), () => cellsTemplate(scene))}
      </div>
      <p id="hint" class="visually-hidden">${tokensStrings.tokensHint}</p>
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      <div class="controls" part="controls">${controlsTemplate(scene, (row) => (this.chosen = row))}</div>`;
  }

  protected override renderText(): TemplateResult {
    const scene = this.#scene!;
    return html`${guard(this.#drawn(scene), () => tokensText(scene))}`;
  }

  /** What text and table are made of: while it stays, they are not made again. */
  #drawn({ figure, chosen, mark, showValues, theme }: TokensScene): unknown[] {
    const { scale, minValue, maxValue, positiveColor, negativeColor } = this;
    return [figure, chosen, mark, showValues, theme, scale, minValue, maxValue, positiveColor, negativeColor];
  }

  protected override readerState(): Record<string, unknown> {
    const { query, locked } = this.#selection.state;
    const { rows } = this.figure ?? { rows: [] };
    return { ...(rows.length > 1 && { row: String(this.chosen) }), ...(locked && query !== undefined && { position: query }) };
  }

  #sceneOf(figure: TokensData): TokensScene {
    const mark = oneOf(this.localName, 'mark', this.mark, ['fill', 'underline']);
    const together = oneOf(this.localName, 'scale', this.scale, ['row', 'shared']) === 'shared';
    const author = { min: this.minValue, max: this.maxValue };
    const ramps = this.#ramps();
    return {
      figure,
      shown: mark === 'underline' ? figure.rows : figure.rows.slice(this.chosen, this.chosen + 1),
      chosen: this.chosen,
      scales: figure.rows.map((row) => scaleOf(row, together ? figure.rows : [row], author, ramps)),
      mark,
      showValues: this.showValues,
      theme: this.theme.current,
      selection: this.#selection.state,
    };
  }

  #ramps(): Pick<TokensScene['theme'], 'sequential' | 'diverging'> {
    const { current } = this.theme;
    const above = this.positiveColor === undefined ? undefined : rgbOf(this.positiveColor);
    const below = this.negativeColor === undefined ? undefined : rgbOf(this.negativeColor);
    if (!above) return current;
    return { sequential: authorRamp(current.paper, above), diverging: below ? authorRamp(current.paper, above, below) : current.diverging };
  }

  /** What is pointed at is marked on the cells as they stand: a text of thousands of tokens is not drawn again for it. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { query, locked } = this.#selection.state;
    const cell = (position: number | undefined): Element | null =>
      position === undefined ? null : this.renderRoot.querySelector(`#t${position}`);
    const here = cell(query);
    const active = this.#grid.focused ? cell(this.#grid.active.column) : null;
    const before = this.#marked;
    before.here?.classList.remove('here');
    before.here?.setAttribute('aria-selected', 'false');
    before.active?.removeAttribute('data-focus');
    here?.classList.add('here');
    if (locked) here?.setAttribute('aria-selected', 'true');
    active?.setAttribute('data-focus', '');
    this.#marked = { here, active };
  }

  // --- what the reader does

  /** Up and down go to the token above and below, wherever the lines break; the rest is the grid's. */
  readonly #onKeydown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0 || event.altKey || event.metaKey) return this.#grid.onKeydown(event);
    event.preventDefault();
    const cells = this.renderRoot.querySelectorAll('.cell');
    this.#grid.moveTo({ row: 0, column: lineNeighbour(cells, this.#grid.active.column, step) });
    this.#point(this.#grid.active.column);
  };

  #point(position: number | undefined): void {
    this.selection.preview(position === undefined ? undefined : { query: position }, this);
  }

  #press(position: number, firstTouch: boolean): void {
    this.#grid.moveTo({ row: 0, column: position });
    if (firstTouch) this.#point(position);
    else this.#lock(position);
  }

  #lock(position: number): void {
    this.selection.toggle({ query: position }, this);
    if (this.#selection.state.locked && this.#scene) announce(strings.selectionLocked(tokenSentence(this.#scene, position)));
  }

  #release(): boolean {
    this.tooltip.hide();
    return this.#selection.release();
  }

  #authorRow(): number {
    const { rows } = this.figure ?? { rows: [] };
    const named = rows.findIndex(({ label }) => label === this.row);
    return named >= 0 ? named : Math.max(0, Math.min(rows.length - 1, Math.trunc(Number(this.row ?? 0)) || 0));
  }

  #authorSelection(): void {
    const count = this.figure?.tokens.length ?? 0;
    if (this.position === undefined || Number.isNaN(this.position) || count === 0) return;
    const query = positionWithin(this.position, count);
    this.#grid.active = { row: 0, column: query };
    this.selection.lock({ query }, this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'colored-tokens': ColoredTokensElement;
  }
}
