// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { cellUnder } from '../shared/cell-under.js';
import { rawArray, storable, VitrineError, type PatchingPart } from '../shared/core.js';
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
import { Carry, same } from './carry.js';
import { captionTemplate } from './caption.js';
import { cellsTemplate, type GridListeners } from './cells.js';
import { controlsTemplate } from './controls.js';
import { fieldsTemplate, type SweepFields } from './fields.js';
import { layoutPatching } from './layout.js';
import { Outputs } from './outputs.js';
import { outputSentence, outputsTemplate } from './outputs-view.js';
import { SweepPainter } from './painter.js';
import { greatest, isPlain, pairOf, patchingFromTrace, traceOfGrid, type PatchingData, type PlainGrid } from './patching-data.js';
import { patchingStyles } from './patching-grid.styles.js';
import { movedSentence, patchingSentence } from './phrases.js';
import { alongTokens, stripsOf, type PatchingScene } from './scene.js';
import { promptsTemplate } from './strips.js';
import { patchingStrings as words } from './strings.js';
import { patchingText } from './text.js';
import { cellOf, picksOf, siteOf, stateOf, targetOf, viewOf, type GridView } from './view.js';
import { waitingTemplate } from './waiting.js';

const techniques = ['patching', 'ablation', 'tracing'] as const;
const tag = 'patching-grid';

/**
 * A sweep as a grid: what a metric says when one part of the model at a time is patched, ablated or restored. Rows are layers, the last on
 * top; columns positions or heads, the prompts along them. Live sweeps are painted as their cells come. A state of one run can be dragged
 * into any cell of the other, while what it can still reach is shaded; the figure says what the model then answers.
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
 * @csspart strip - a prompt, along the columns or as text
 * @csspart cells - the canvas of the grid
 * @csspart axis - the labels of one axis
 * @csspart outputs - the likeliest tokens after a state was moved
 * @csspart caption - the sentence under the picture
 * @csspart controls - what is shown of larger sweeps, and the legend
 * @csspart legend - the colour scale
 * @csspart tooltip - the sentence beside the pointer
 * @csspart foot - the text alternative and the ways to save the figure
 * @csspart live - prompt field and status of a live figure
 * @csspart prompt - a prompt field
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
  static override readonly tag = tag;
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, patchingStyles];

  /** The prompt that shows the behaviour; the only one of `ablation` and `tracing`. */
  @property() clean: string | undefined;
  /** The prompt that does not, with as many tokens. */
  @property() corrupted: string | undefined;
  /** The right answer: one token, with its leading space. */
  @property() answer: string | undefined;
  /** The wrong answer; the metric is then the difference of their logits, else the probability of the answer. */
  @property() wrong: string | undefined;
  /** What a live sweep does: `patching`, `ablation` or `tracing`. */
  @property() technique: 'patching' | 'ablation' | 'tracing' | undefined;
  /** What a live sweep changes: `resid_pre`, `mlp_out`, `head_out`, `head_every`...; for `tracing` `state`, `mlp` or `attn`. */
  @property() site: string | undefined;
  /** Of `patching`: `denoise` puts clean states into the corrupted run, `noise` the other way. */
  @property() direction: 'denoise' | 'noise' | undefined;
  /** Of `patching`: the metric itself, not the share of the difference. */
  @property({ type: Boolean }) raw = false;
  /** Of `tracing`: positions of the subject, such as "3,4". */
  @property() subject: string | undefined;
  /** Layer of the cell to lock at the start. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Position of that cell (of a pattern, the query); negative numbers count from the end. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** Head of that cell. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;
  /** Of a pattern, the key of that cell; negative numbers count from the end. */
  @property({ type: Number, hasChanged: () => true }) key: number | undefined;
  /** Of heads by positions: `positions` draws every head at every position, `heads` all heads at one position. */
  @property() show: 'positions' | 'heads' = 'positions';
  /** The distance from no effect that the strongest colour stands for; from the data where it is left out. */
  @property({ type: Number, attribute: 'max-value' }) maxValue: number | undefined;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;
  /** Numbers of another tool in place of a sweep: `values` by rows, `rowLabels`, `columnLabels`, `title`. */
  @property({ attribute: false }) grid: PlainGrid | undefined;

  /** Index along the axes of which one place is drawn. */
  @state() private picks: Readonly<Record<string, number>> = {};
  /** What the reader has typed. */
  @state() private typed: Partial<SweepFields> = {};

  readonly #keys = new GridController(this, {
    rowCount: () => this.#view?.rows.length ?? 0,
    columnCount: () => this.#view?.columns.length ?? 0,
    onMove: (cell) => (cell && this.#carry.from ? this.#carry.moveTo(cell) : this.#point(cell)),
    onLock: (cell) => this.#lock(cell),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<GridPlace>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (cell) => patchingSentence(this.#scene!, cell),
    point: (cell) => this.#point(cell),
    isPointedAt: (cell) => same(this.#pointed(), cell),
    press: (cell, firstTouch) => {
      this.#keys.moveTo(cell);
      if (firstTouch) this.#point(cell);
      else this.#lock(cell);
    },
    isHeld: () => this.#keys.focused,
  });
  readonly #carry = new Carry({
    isMovable: () => this.#isMovable(),
    hit: (event, clamped) => this.#hit(event, clamped),
    active: () => this.#keys.active,
    onChange: () => this.requestUpdate(),
    onDrop: (from, to) => this.#drop(from, to),
  });
  readonly #outputs = new Outputs({
    figure: () => this.figure,
    provider: () => this.live.provider,
    onChange: () => this.requestUpdate(),
    sentence: outputSentence,
  });
  readonly #selection = new SelectionController(this);
  readonly #painter = new SweepPainter();
  #view: GridView | undefined;
  #scene: PatchingScene | undefined;
  /** The greatest effect, and of how many cells it is. */
  #most = { figure: undefined as PatchingData | undefined, missing: -1, value: 1 };
  /** The move whose output is shown, as cells of the drawn view. */
  #moved: { from: GridPlace; to: GridPlace } | undefined;
  /** Prompts and axes of the drawn data: others let go of what was locked. */
  #identity = '';

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

  protected override get needsPrompt(): boolean {
    return false;
  }

  protected override get promptLabel(): string | undefined {
    return this.#technique() === 'patching' ? words.cleanField : undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('clean')) this.live.offer(this.clean);
    if (this.hasUpdated && changed.has('grid')) this.refreshData();
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.hasUpdated && (['layer', 'position', 'head', 'key', 'show'] as const).some((name) => changed.has(name)))
      this.#authorSelection();
    this.#outputs.onProvider();
  }

  // --- the data

  protected override dataProperty(): unknown {
    return this.data ?? this.grid;
  }

  protected override read(value: unknown): PatchingData {
    return patchingFromTrace(isPlain(value) ? traceOfGrid(value) : value);
  }

  protected override promptOf(figure: PatchingData): string {
    return this.clean ?? pairOf(figure).clean;
  }

  protected override sourceOf(figure: PatchingData): string {
    return figure.provenance.model;
  }

  #technique(): 'patching' | 'ablation' | 'tracing' {
    return oneOf(tag, 'technique', this.technique ?? this.figure?.technique, techniques);
  }

  /** The fields as they stand: typed, else by the author, else of the recorded data. */
  #fields(): SweepFields {
    const { figure } = this;
    const site = this.#technique() === 'tracing' ? 'state' : 'resid_pre';
    return {
      corrupted: this.typed.corrupted ?? this.corrupted ?? (figure && pairOf(figure).corrupted) ?? '',
      answer: this.typed.answer ?? this.answer ?? figure?.answer ?? '',
      wrong: this.typed.wrong ?? this.wrong ?? figure?.wrong ?? '',
      site: this.typed.site ?? this.site ?? (figure?.site || site),
    };
  }

  protected override liveRequest(clean: string): LiveRequest {
    const technique = this.#technique();
    const { corrupted, answer, wrong, site } = this.#fields();
    if (clean === '' || answer === '' || (technique === 'patching' && corrupted === ''))
      throw new VitrineError('invalid-option', words.patchingNeeds);
    const subject = this.subject === undefined ? [...(this.figure?.subject ?? [])] : this.subject.split(',').map(Number);
    return {
      kind: 'patching',
      options: {
        technique,
        clean,
        answer,
        site,
        ...(wrong !== '' && { wrong }),
        ...(technique === 'tracing' && { subject }),
        ...(technique === 'patching' && {
          corrupted,
          direction: oneOf(tag, 'direction', this.direction ?? this.figure?.direction, ['denoise', 'noise'] as const),
          normalize: !this.raw,
        }),
      },
    };
  }

  protected override onLivePart(part: unknown): void {
    const came = part as PatchingPart;
    if ('trace' in came) {
      this.drawLive(came.trace);
      return;
    }
    const { figure } = this;
    if (!figure) return;
    for (const [offset, value] of came.cells) {
      figure.values[offset] = value;
      figure.missing.delete(offset);
    }
    this.requestUpdate();
  }

  protected override liveProgress(): string | undefined {
    const { figure } = this;
    if (!figure || figure.missing.size === 0) return undefined;
    return words.patchingProgress(figure.values.length - figure.missing.size, figure.values.length);
  }

  /** A sweep that was cancelled is saved with the cells that it has. */
  override toJSON(): unknown {
    const json = super.toJSON();
    const { figure } = this;
    if (!figure || typeof json !== 'object' || json === null || isPlain(json)) return json;
    return storable({ ...json, values: rawArray(figure.values, figure.dims), missing: [...figure.missing] });
  }

  protected override onFigure(figure: PatchingData): void {
    const identity = JSON.stringify([
      figure.prompt,
      figure.source?.prompt,
      figure.technique,
      figure.site,
      figure.direction,
      figure.coordinates,
    ]);
    if (identity === this.#identity) return;
    this.#identity = identity;
    this.#outputs.forget();
    this.#moved = undefined;
    this.#carry.stop();
    this.picks = {};
    this.#selection.keepWithin(figure.tokens.length || figure.dims.at(-1)!);
    this.#authorSelection();
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    const locks = this.layer !== undefined && this.#technique() === 'patching';
    return waitingTemplate(width, this.site, locks);
  }

  protected override renderFigure(figure: PatchingData): TemplateResult {
    this.#view = viewOf(figure, this.picks, this.#shown());
    this.#keys.hostUpdate();
    const scene = (this.#scene = this.#sceneOf(figure, this.#view));
    const running = this.live.status === 'running';
    return html`${promptsTemplate(scene)} ${cellsTemplate(scene, this.#listeners, this.label)}
      <div class="caption" part="caption">${captionTemplate(scene, running, this.#moved && this.#outputs.result?.patched.value)}</div>
      ${this.#renderOutputs(scene)}
      <div class="controls" part="controls">
        ${controlsTemplate(scene, {
          pick: (axis, index) => {
            this.picks = { ...this.picks, [axis]: index };
            this.#leave();
          },
          show: (what) => (this.show = what),
        })}
      </div>`;
  }

  protected override renderText(figure: PatchingData): TemplateResult {
    // Not for every cell of a sweep that runs: its end makes the table.
    const { view } = this.#scene!;
    const done = this.live.status === 'running' ? undefined : figure.missing.size;
    return html`${guard([figure, done, this.picks, view.across], () => patchingText(this.#scene!))}`;
  }

  protected override renderLiveFields(): TemplateResult {
    return fieldsTemplate({
      technique: this.#technique(),
      ...this.#fields(),
      change: (name, value) => (this.typed = { ...this.typed, [name]: value }),
      run: () => void this.live.press(),
    });
  }

  #renderOutputs(scene: PatchingScene): TemplateResult | typeof nothing {
    const { figure } = scene;
    if (!this.#outputs.move || (!figure.outputs && !this.live.provider)) return nothing;
    const pointed = this.#pointed();
    const carrying = this.#carry.from !== undefined;
    const pick = (): void => {
      this.#carry.pickUp(pointed ?? this.#keys.active);
      this.renderRoot.querySelector<HTMLElement>('[role=grid]')!.focus();
    };
    const buttons = carrying
      ? html`<span class="quiet">${words.moveHere}</span>
          <button type="button" @click=${() => this.#carry.stop()}>${words.moveStop}</button>`
      : scene.movable && pointed
        ? html`<button type="button" @click=${pick}>${words.moveState}</button>`
        : nothing;
    return outputsTemplate({ figure, outputs: this.#outputs, provider: this.live.provider, theme: scene.theme, buttons });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const canvas = this.renderRoot.querySelector<HTMLCanvasElement>('.cells > canvas');
    if (canvas && this.figure && this.width > 0) this.#painter.paint(canvas, this.#scene!);
  }

  protected override onTheme(): void {
    this.#painter.forget();
    super.onTheme();
  }

  #shown(): 'positions' | 'heads' {
    return oneOf(tag, 'show', this.show, ['positions', 'heads'] as const);
  }

  #sceneOf(figure: PatchingData, view: GridView): PatchingScene {
    const tokens = alongTokens({ figure, view });
    const strips = stripsOf(figure).length;
    const square = view.across === 'src';
    const { path } = this.#carry;
    return {
      figure,
      view,
      layout: layoutPatching(this.width, view.rows.length, view.columns.length, tokens ? 'tokens' : 'names', strips, square),
      most: this.maxValue ?? this.#greatest(figure),
      pointed: path?.to ?? cellOf(figure, view, this.#selection.state),
      locked: this.#selection.state.locked,
      moving: path,
      moved: this.#moved,
      movable: this.#isMovable(),
      grid: this.#keys,
      theme: this.theme.current,
    };
  }

  #greatest(figure: PatchingData): number {
    if (this.#most.figure !== figure || this.#most.missing !== figure.missing.size) {
      this.#most = { figure, missing: figure.missing.size, value: greatest(figure) };
    }
    return this.#most.value;
  }

  // --- what the reader does

  readonly #listeners: GridListeners = {
    onMove: (event) => {
      if (!this.#carry.onMove(event)) this.#pointing.onMove(event);
      else if (this.#carry.path) this.tooltip.show(this.#movingText(this.#carry.path), event.clientX, event.clientY);
    },
    onLeave: (event) => {
      if (this.#carry.from) this.tooltip.hide();
      else this.#pointing.onLeave(event);
    },
    onDown: (event) => {
      this.#pointing.onDown(event);
      this.#carry.onDown(event);
    },
    onUp: (event) => this.#carry.onUp(event),
    onCancel: () => void this.#carry.stop(),
    onClick: (event) => {
      if (!this.#carry.onClick(event)) this.#pointing.onClick(event);
    },
    onKeydown: (event) => {
      if (!this.#carry.onKeydown(event)) this.#keys.onKeydown(event);
      else {
        event.preventDefault();
        if (this.#carry.path) announce(this.#movingText(this.#carry.path));
      }
    },
  };

  #movingText({ from, to }: { from: GridPlace; to: GridPlace }): string {
    return movedSentence(this.#scene!, from, to, undefined);
  }

  #move({ figure, view }: PatchingScene, from: GridPlace, to: GridPlace) {
    return { site: siteOf(figure, view), from: stateOf(figure, view, from), to: stateOf(figure, view, to) };
  }

  #hit(event: MouseEvent, clamped = false): GridPlace | undefined {
    const canvas = this.renderRoot.querySelector('.cells > canvas');
    if (!canvas || !this.#view) return undefined;
    const [rows, columns] = [this.#view.rows.length, this.#view.columns.length];
    return cellUnder(event, canvas, rows, columns, clamped);
  }

  /** Whether a state can be put elsewhere: of two prompts, and no pattern, whose entries belong to their places. */
  #isMovable(): boolean {
    const { figure } = this;
    return this.#tells() && !siteOf(figure!, this.#view!).startsWith('head_pattern');
  }

  /** Whether the figure can say what comes out of a patched run. */
  #tells(): boolean {
    const { figure } = this;
    return (
      figure?.technique === 'patching' &&
      figure.source !== undefined &&
      this.#view !== undefined &&
      (figure.outputs !== undefined || (this.live.provider !== undefined && figure.answer !== undefined))
    );
  }

  /** The cell that is pointed at, if it is one. */
  #pointed(): GridPlace | undefined {
    if (!this.figure || !this.#view) return undefined;
    const { row, column } = cellOf(this.figure, this.#view, this.#selection.state);
    return row === undefined || column === undefined ? undefined : { row, column };
  }

  #point(cell: GridPlace | undefined): void {
    if (!this.figure || !this.#view) return;
    this.selection.preview(cell && targetOf(this.figure, this.#view, cell), this);
  }

  #lock(cell: GridPlace): void {
    const { figure } = this;
    const view = this.#view;
    if (!figure || !view) return;
    if (this.#selection.state.locked && same(this.#pointed(), cell)) {
      this.selection.release(this);
      return;
    }
    this.selection.lock(targetOf(figure, view, cell), this);
    announce(strings.selectionLocked(patchingSentence(this.#scene!, cell)));
    this.#moved = undefined;
    if (this.#tells()) this.#outputs.show(this.#move(this.#scene!, cell, cell));
  }

  #drop(from: GridPlace, to: GridPlace): void {
    const scene = this.#scene!;
    this.tooltip.hide();
    this.#keys.moveTo(to);
    this.#moved = same(from, to) ? undefined : { from, to };
    this.selection.lock(targetOf(scene.figure, scene.view, to), this);
    this.#outputs.show(this.#move(scene, from, to));
  }

  #release(): boolean {
    this.tooltip.hide();
    this.#moved = undefined;
    return this.#carry.stop() || this.#selection.release();
  }

  /** Another part of the sweep is drawn: what lay over the cells is of the part before. */
  #leave(): void {
    this.#moved = undefined;
    this.#carry.stop();
  }

  /** What the author has locked by `layer`, `position`, `head` and `key`. */
  #authorSelection(): void {
    const { figure, layer, head } = this;
    if (!figure || layer === undefined) return;
    const within = (position: number | undefined): number | undefined =>
      position === undefined || figure.tokens.length === 0 ? position : positionWithin(position, figure.tokens.length);
    const [query, key] = [within(this.position), within(this.key)];
    const target = { layer, ...(head !== undefined && { head }), ...(query !== undefined && { query }), ...(key !== undefined && { key }) };
    this.picks = { ...this.picks, ...picksOf(figure, target) };
    this.selection.lock(target, this);
    const view = (this.#view = viewOf(figure, this.picks, this.#shown()));
    const { row, column } = cellOf(figure, view, target);
    if (row === undefined || column === undefined) return;
    this.#keys.active = { row, column };
    if (this.#tells())
      this.#outputs.show({
        site: siteOf(figure, view),
        from: stateOf(figure, view, { row, column }),
        to: stateOf(figure, view, { row, column }),
      });
  }

  protected override readerState(): Record<string, unknown> {
    const { layer, head, query, key, locked } = this.#selection.state;
    return locked
      ? {
          layer,
          ...(head !== undefined && { head }),
          ...(query !== undefined && { position: query }),
          ...(key !== undefined && { key }),
        }
      : {};
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'patching-grid': PatchingGridElement;
  }
}
