// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { cellUnder } from '../shared/cell-under.js';
import { isVitrineError, type PatchedOutput } from '../shared/core.js';
import { FigureElement } from '../shared/figure-element.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { runQueue } from '../shared/run-queue.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenStyles } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { cellsTemplate, stripsTemplate } from './cells.js';
import { fieldsTemplate } from './fields.js';
import { layoutPatching } from './layout.js';
import { outputsTemplate } from './outputs.js';
import { paintSweep } from './painter.js';
import { greatest, lengthOf, patchingFromRows, patchingFromTrace, sliceOf, type PatchingData } from './patching-data.js';
import { patchingStyles } from './patching-grid.styles.js';
import { cellPlace, coordinatesOf, patchingSentence, valueText, whereOf, type PatchingScene } from './scene.js';
import { patchingStrings as words } from './strings.js';

/** The hook behind a site that has positions, for moving one state of it. */
const hooks: Readonly<Record<string, string>> = {
  resid_pre: 'resid_pre',
  resid_mid: 'resid_mid',
  attn_out: 'attn_out',
  mlp_out: 'mlp_out',
  head_out_by_pos: 'z',
  head_q_by_pos: 'q',
  head_k_by_pos: 'k',
  head_v_by_pos: 'v',
};

/**
 * A sweep as a grid: what a metric says when one part of the model at a time is patched, ablated or restored. Rows are layers, the last on
 * top; columns positions or heads. Live sweeps are painted as their cells come. A state of one prompt can be moved into any cell of the
 * other, and the figure says what the model then answers.
 *
 * @summary Which states carry a behaviour, by moving them from one prompt to another.
 *
 * @example
 * ```html
 * <patching-grid src="names-resid.json" layer="2" position="10"></patching-grid>
 * <patching-grid model="m" clean="When Mary and John went to the store, John gave a drink to"
 *   corrupted="When Mary and John went to the store, Mary gave a drink to" answer=" Mary" wrong=" John"></patching-grid>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - the same as `clean`
 * @attr {boolean} editable - show prompts and answers in fields
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart strips - the two prompts
 * @csspart cells - the canvas of the grid
 * @csspart axis - the labels of one axis
 * @csspart outputs - the likeliest tokens after a state was moved
 * @csspart caption - the sentence under the picture
 * @csspart controls - what is shown of larger sweeps, and the legend
 * @csspart legend - the colour scale
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a cell; `query` is the position
 * @fires {RunEvent} vitrine-run - a live sweep has ended
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class PatchingGridElement extends FigureElement<PatchingData> {
  /** @internal */
  static override readonly tag = 'patching-grid';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, patchingStyles];

  /** The prompt that shows the behaviour. */
  @property() clean: string | undefined;
  /** The prompt that does not, with as many tokens. */
  @property() corrupted: string | undefined;
  /** The right answer, one token with its leading space. */
  @property() answer: string | undefined;
  /** The wrong answer; the metric is then the difference of their logits. */
  @property() wrong: string | undefined;
  /** `patching`, `ablation` or `tracing`, for live sweeps. */
  @property() technique: 'patching' | 'ablation' | 'tracing' = 'patching';
  /** What a live sweep changes: `resid_pre`, `attn_out`, `mlp_out`, `head_out`...; the sites of `activationPatching`. */
  @property() site: string | undefined;
  /** `denoise`: clean states into the corrupted run; `noise`: the other way. */
  @property() direction: 'denoise' | 'noise' = 'denoise';
  /** Positions of the subject, separated by commas, for `tracing`. */
  @property() subject: string | undefined;
  /** Layer of the cell to lock at the start. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Position of that cell; negative from the end. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** Head of that cell, where heads are an axis. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;
  /** Numbers from another tool, rows of layers; with `tokens` the columns are positions. */
  @property({ attribute: false }) values: readonly (readonly number[])[] | undefined;
  /** The tokens of `values`. */
  @property({ attribute: false }) tokens: readonly string[] | undefined;

  /** Index along the axes that are not drawn. */
  @state() private picks: Readonly<Record<string, number>> = {};
  /** The cell that is pointed at. */
  @state() private pointed: GridPlace | undefined;
  /** A state that is being moved. */
  @state() private moving: GridPlace | undefined;
  @state() private output: { result: PatchedOutput; caption: string } | undefined;
  @state() private outputError: string | undefined;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#scene?.rows ?? 0,
    columnCount: () => this.#scene?.columns ?? 0,
    onMove: (place) => this.#point(place),
    onLock: (place) => this.#lock(place),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<GridPlace>(this.tooltip, {
    hit: (event) => {
      const canvas = this.renderRoot.querySelector('canvas.large');
      return canvas && this.#scene ? cellUnder(event, canvas, this.#scene.rows, this.#scene.columns) : undefined;
    },
    sentence: (place) => patchingSentence(this.#scene!, place),
    point: (place) => this.#point(place),
    isPointedAt: (place) => samePlace(this.pointed, place),
    press: (place, firstTouch) => {
      this.#grid.moveTo(place);
      if (firstTouch) this.#point(place);
      else if (this.#dropped) this.#dropped = false;
      else this.#lock(place);
    },
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  #scene: PatchingScene | undefined;
  /** Where a pointer went down, to be dragged from. */
  #pressed: GridPlace | undefined;
  /** A drag has ended with this click. */
  #dropped = false;

  /** What the reader points at; `query` is the position. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override get runsOnPressOnly(): boolean {
    return true;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('clean')) this.prompt = this.clean ?? this.prompt;
    super.willUpdate(changed);
    if (this.hasUpdated && (changed.has('values') || changed.has('tokens'))) this.refreshData();
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.figure && (['layer', 'position', 'head'] as const).some((name) => changed.has(name))) this.#authorSelection();
  }

  // --- the data

  protected override dataProperty(): unknown {
    return this.values ? patchingFromRows(this.values, this.tokens) : super.dataProperty();
  }

  protected override read(value: unknown): PatchingData {
    return patchingFromTrace(value);
  }

  protected override promptOf(figure: PatchingData): string {
    return this.direction === 'denoise' ? (figure.source?.prompt ?? figure.prompt) : figure.prompt;
  }

  protected override sourceOf(figure: PatchingData): string {
    return figure.model;
  }

  protected override liveRequest(prompt: string): LiveRequest | undefined {
    const corrupted = this.#corrupted();
    const answer = this.answer ?? this.figure?.answer;
    const wrong = this.wrong ?? this.figure?.wrong;
    if (answer === undefined || (this.technique === 'patching' && corrupted === undefined)) {
      this.outputError = words.needsPair;
      return undefined;
    }
    const { technique, direction } = this;
    const site = this.site ?? this.figure?.site;
    const subject = this.subject?.split(',').map(Number);
    return {
      kind: 'patching',
      options: {
        technique,
        clean: prompt,
        answer,
        direction,
        ...(corrupted !== undefined && { corrupted }),
        ...(wrong !== undefined && wrong !== '' && { wrong }),
        ...(site !== undefined && site !== '' && { site }),
        ...(subject && { subject }),
      },
    };
  }

  #corrupted(): string | undefined {
    const { figure } = this;
    return this.corrupted ?? (this.direction === 'denoise' ? figure?.prompt : figure?.source?.prompt);
  }

  protected override onLivePart(part: unknown): void {
    if (typeof part !== 'object' || part === null) return;
    if ('trace' in part) this.drawLive(part.trace);
    const { figure } = this;
    if (!figure || !('cells' in part)) return;
    for (const [place, value] of part.cells as [number, number][]) {
      figure.values[place] = value;
      figure.missing.delete(place);
    }
    this.requestUpdate();
  }

  protected override onFigure(): void {
    this.output = undefined;
    this.outputError = undefined;
    this.moving = undefined;
    this.#authorSelection();
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    const { columnLabels, cellHeight } = layoutPatching(width, 12, 15, true);
    return html`<div class="strips">
        <div class="strip">&nbsp;</div>
        <div class="strip">&nbsp;</div>
      </div>
      <div .style=${`block-size: ${columnLabels + 12 * cellHeight}px`}></div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: PatchingData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate();
    const done = figure.values.length - figure.missing.size;
    const drag = { onDown: this.#onDown, onUp: this.#onUp };
    return html`${stripsTemplate(scene)} ${cellsTemplate(scene, this.#pointing, drag, this.label)}
      <div class="caption" part="caption">
        <div>
          ${scene.pointed ? `${patchingSentence(scene, scene.pointed)}.` : figure.meaning ? `${figure.meaning[0]!.toUpperCase()}${figure.meaning.slice(1)}.` : words.patchingHint}
          ${scene.locked ? html`<span class="quiet">(${strings.locked})</span>` : nothing}
        </div>
        ${figure.missing.size > 0 ? html`<div class="quiet">${words.patchingDone(done, figure.values.length)}</div>` : nothing}
      </div>
      ${this.#renderMoves(scene)}
      <div class="controls" part="controls">${this.#renderPicks(scene)} ${this.#renderLegend(scene)}</div>
      ${this.#renderFields()}`;
  }

  protected override renderText(figure: PatchingData): TemplateResult {
    const scene = this.#scene!;
    const columns = Array.from({ length: scene.columns }, (_, column) => column);
    return textAlternative({
      summary: html`<p>${figure.meaning}</p>`,
      heads: [words.patchingRow, words.patchingCells],
      rows: Array.from({ length: scene.rows }, (_, row) => ({
        head: figure.coordinates[scene.slice.row]![scene.slice.row === 'layer' ? scene.rows - 1 - row : row],
        cell: columns
          .filter((column) => !figure.missing.has(cellPlace(scene, { row, column })))
          .sort((a, b) => Math.abs(effect(scene, row, b)) - Math.abs(effect(scene, row, a)))
          .slice(0, 4)
          .map((column) => `${whereOf(scene, { row, column })}: ${valueText(figure, figure.values[cellPlace(scene, { row, column })]!)}`)
          .join('; '),
      })),
    });
  }

  #renderPicks({ figure, slice }: PatchingScene): unknown {
    return slice.picked.map(
      ({ axis, index }) =>
        html`<label
          >${words.patchingAxis[axis] ?? axis}
          <select @change=${(event: Event) => (this.picks = { ...this.picks, [axis]: (event.target as HTMLSelectElement).selectedIndex })}>
            ${figure.coordinates[axis]!.map((name, at) => html`<option .selected=${at === index}>${name}</option>`)}
          </select></label
        >`,
    );
  }

  #renderLegend({ figure, most, theme }: PatchingScene): TemplateResult {
    const end = (sign: number): string => valueText(figure, figure.neutral + sign * most);
    return legendTemplate(theme.diverging, { title: figure.metric, ends: [end(-1), end(1)] });
  }

  #renderFields(): TemplateResult | typeof nothing {
    if (!this.live.provider) return nothing;
    return fieldsTemplate({
      editable: this.editable,
      running: this.live.status === 'running' || this.live.status === 'waiting',
      site: this.site ?? this.figure?.site ?? 'resid_pre',
      corrupted: this.#corrupted() ?? '',
      answer: this.answer ?? this.figure?.answer ?? '',
      wrong: this.wrong ?? this.figure?.wrong ?? '',
      change: (name, value) => (this[name] = value),
      run: () => void this.live.press(),
      cancel: () => this.live.cancel(),
    });
  }

  #renderMoves(scene: PatchingScene): TemplateResult | typeof nothing {
    const ready = this.live.provider?.engine !== undefined && this.#hook() !== undefined && scene.figure.source !== undefined;
    if (!ready && !this.output && this.outputError === undefined) return nothing;
    const cell = scene.locked ? scene.pointed : undefined;
    return html`${
      ready
        ? html`<div class="buttons">
            <button type="button" ?disabled=${!cell} @click=${() => void this.#patch(cell!, cell!)}>${words.patchedOutput}</button>
            <button type="button" ?disabled=${!cell || scene.moving !== undefined} @click=${() => this.#pickUp(cell!)}>
              ${words.moveState}
            </button>
            ${scene.moving ? html`<span class="quiet" role="status">${words.dropHere}</span>` : nothing}
          </div>`
        : nothing
    }
    ${this.output ? outputsTemplate(this.output.result, this.output.caption, scene.theme) : nothing}
    ${this.outputError === undefined ? nothing : html`<div class="error" role="alert">${this.outputError}</div>`}`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const canvas = this.renderRoot.querySelector<HTMLCanvasElement>('canvas.large');
    const key = this.#scene && paintKey(this.#scene);
    if (!this.figure || this.width === 0 || !canvas || key === this.#painted) return;
    this.#painted = key;
    paintSweep(canvas, this.#scene!);
  }

  #painted: string | undefined;

  protected override onTheme(): void {
    this.#painted = undefined;
    super.onTheme();
  }

  #sceneOf(figure: PatchingData): PatchingScene {
    const slice = sliceOf(figure, this.picks);
    const [rows, columns] = [lengthOf(figure, slice.row), lengthOf(figure, slice.column)];
    const tokens = slice.column !== 'head' && figure.tokens.length > 0;
    const { state: selected } = this.#selection;
    return {
      figure,
      slice,
      layout: layoutPatching(this.width, rows, columns, tokens),
      rows,
      columns,
      most: greatest(figure),
      pointed: this.#linkedPlace(figure, rows, columns) ?? this.pointed,
      locked: selected.locked,
      moving: this.moving,
      grid: this.#grid,
      theme: this.theme.current,
    };
  }

  /** The cell of what another figure points at. */
  #linkedPlace(figure: PatchingData, rows: number, columns: number): GridPlace | undefined {
    const { layer, head, query } = this.#selection.state;
    const slice = sliceOf(figure, this.picks);
    const across = slice.column === 'head' ? head : query;
    if (layer === undefined || across === undefined || slice.row !== 'layer') return undefined;
    const row = figure.coordinates['layer']!.indexOf(layer);
    const column = figure.coordinates[slice.column]!.indexOf(across);
    return row >= 0 && column >= 0 && row < rows && column < columns ? { row: rows - 1 - row, column } : undefined;
  }

  // --- what the reader does

  #target(place: GridPlace): { layer?: number; head?: number; query?: number; key?: number } {
    const { layer, head, pos, dest, src } = coordinatesOf(this.#scene!, place);
    const at = pos ?? dest;
    return {
      ...(layer !== undefined && { layer: Number(layer) }),
      ...(head !== undefined && { head: Number(head) }),
      ...(at !== undefined && { query: Number(at) }),
      ...(src !== undefined && { key: Number(src) }),
    };
  }

  #point(place: GridPlace | undefined): void {
    if (this.#selection.state.locked && !this.moving) return;
    this.pointed = place;
    if (!this.moving) this.selection.preview(place && this.#target(place), this);
    else this.requestUpdate();
  }

  #lock(place: GridPlace): void {
    if (this.moving) {
      void this.#patch(this.moving, place);
      return;
    }
    if (this.#selection.state.locked && samePlace(this.#scene?.pointed, place)) {
      this.selection.release(this);
      return;
    }
    this.pointed = place;
    this.output = undefined;
    this.selection.lock(this.#target(place), this);
    announce(strings.selectionLocked(patchingSentence(this.#scene!, place)));
  }

  #release(): boolean {
    this.tooltip.hide();
    if (this.moving) {
      this.moving = undefined;
      return true;
    }
    this.pointed = undefined;
    return this.#selection.release();
  }

  #hook(): string | undefined {
    return this.figure && hooks[this.figure.site];
  }

  #pickUp(place: GridPlace): void {
    this.moving = place;
    this.selection.release(this);
    this.pointed = place;
    this.renderRoot.querySelector<HTMLElement>('[role=grid]')?.focus();
  }

  readonly #onDown = (event: PointerEvent): void => {
    this.#dropped = false;
    this.#pressed = event.pointerType === 'touch' || !this.live.provider?.engine || !this.#hook() ? undefined : this.#hit(event);
  };

  readonly #onUp = (event: PointerEvent): void => {
    const [from, to] = [this.#pressed, this.#hit(event)];
    this.#pressed = undefined;
    if (!from || !to || samePlace(from, to) || this.moving) return;
    this.#dropped = true;
    void this.#patch(from, to);
  };

  #hit(event: MouseEvent): GridPlace | undefined {
    const canvas = this.renderRoot.querySelector('canvas.large');
    return canvas && this.#scene ? cellUnder(event, canvas, this.#scene.rows, this.#scene.columns) : undefined;
  }

  /** Puts the state of one cell of the run that values come from into a cell of the other, and shows what comes next. */
  async #patch(from: GridPlace, to: GridPlace): Promise<void> {
    const { figure } = this;
    const scene = this.#scene;
    const engine = this.live.provider?.engine;
    const hook = this.#hook();
    if (!figure?.source || !scene || !engine || !hook) return;
    this.moving = undefined;
    const place = (cell: GridPlace) => {
      const { layer, head, pos } = coordinatesOf(scene, cell);
      return { hook, layer: Number(layer), position: Number(pos), ...(head !== undefined && { head: Number(head) }) };
    };
    const caption = words.movedCaption(whereOf(scene, from), whereOf(scene, to).replace(/^.*? of /, 'into '));
    try {
      const options = { source: figure.source.prompt, target: figure.prompt, from: place(from), to: place(to) };
      const result = await runQueue.add(() => engine.figure('patched-output', options), new AbortController().signal);
      this.output = { result, caption };
      this.outputError = undefined;
      announce(caption);
    } catch (error) {
      this.outputError = isVitrineError(error) || error instanceof Error ? error.message : String(error);
    }
  }

  #authorSelection(): void {
    const { figure, layer } = this;
    if (!figure || layer === undefined) return;
    const count = figure.tokens.length;
    const query = this.position === undefined ? undefined : this.position < 0 ? this.position + count : this.position;
    this.selection.lock({ layer, ...(query !== undefined && { query }), ...(this.head !== undefined && { head: this.head }) }, this);
  }

  protected override readerState(): Record<string, unknown> {
    const { layer, head, query, locked } = this.#selection.state;
    return locked ? { layer, ...(query !== undefined && { position: query }), ...(head !== undefined && { head }) } : {};
  }
}

function samePlace(one: GridPlace | undefined, other: GridPlace): boolean {
  return one?.row === other.row && one.column === other.column;
}

function effect(scene: PatchingScene, row: number, column: number): number {
  return scene.figure.values[cellPlace(scene, { row, column })]! - scene.figure.neutral;
}

/** What the painted cells depend on. */
function paintKey({ figure, slice, layout, most }: PatchingScene): string {
  const picked = slice.picked.map(({ index }) => index);
  return [identityOf(figure), figure.missing.size, picked.join(), layout.cellWidth, layout.cellHeight, most, devicePixelRatio].join(' ');
}

const identities = new WeakMap<object, number>();
let identity = 0;

function identityOf(figure: object): number {
  if (!identities.has(figure)) identities.set(figure, identity++);
  return identities.get(figure)!;
}

declare global {
  interface HTMLElementTagNameMap {
    'patching-grid': PatchingGridElement;
  }
}
