// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { oneOf } from '../shared/attribute-value.js';
import { rawArray, storable, VitrineError, type PatchingPart } from '../shared/core.js';
import { OwnFigure } from '../shared/own-figure.js';
import { Lazy } from '../shared/lazy.js';
import type { LiveRequest } from '../shared/live-model.js';
import { positionWithin } from '../shared/positions.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection } from '../shared/selection.js';
import { figureStyles } from '../shared/styles.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { fieldsTemplate, type SweepFields } from './fields.js';
import { layoutPatching, type PatchingLayout } from './layout.js';
import { isPlain, pairOf, patchingFromTrace, traceOfGrid, type PatchingData, type PlainGrid } from './patching-data.js';
import { patchingStyles } from './patching-grid.styles.js';
import type { SweepReader } from './picture/reader.js';
import { alongTokens, stripsOf } from './strip-names.js';
import { patchingStrings as words } from './strings.js';
import { picksOf, viewOf, type GridView } from './view.js';
import { placeTemplate, waitingTemplate } from './waiting.js';

const tag = 'patching-grid';
const techniques = ['patching', 'ablation', 'tracing'] as const;
const shows = ['positions', 'heads'] as const;
const pictureModule = new Lazy(() => import('./picture/patching-picture.js'));

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
export class PatchingGridElement extends OwnFigure<PatchingData> {
  /** @internal */
  static override readonly tag = tag;
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tooltipStyles, patchingStyles];

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

  readonly #selection = new SelectionController(this);
  #reader: SweepReader | undefined;
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
    if (this.hasUpdated && (['layer', 'position', 'head', 'key'] as const).some((name) => changed.has(name))) this.#authorSelection();
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
    const { prompt, source, technique, site, direction, coordinates } = figure;
    const identity = JSON.stringify([prompt, source?.prompt, technique, site, direction, coordinates]);
    if (identity === this.#identity) return;
    this.#identity = identity;
    this.#reader?.forget();
    this.picks = {};
    this.#selection.keepWithin(figure.tokens.length || figure.dims.at(-1)!);
    this.#authorSelection();
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    return waitingTemplate(width, this.site, this.layer !== undefined && this.#technique() === 'patching');
  }

  protected override renderFigure(figure: PatchingData): TemplateResult {
    const view = this.#view(figure);
    const layout = this.#layout(figure, view);
    const reader = this.#read(figure, view);
    const outputs = this.layer !== undefined && figure.technique === 'patching' && figure.outputs !== undefined;
    if (!reader) return placeTemplate(layout.height, outputs);
    const { label, maxValue } = this;
    return reader.render({ figure, view, layout, theme: this.theme.current, maxValue, label, running: this.live.status === 'running' });
  }

  protected override renderText(): TemplateResult {
    return this.#reader?.text() ?? html`<div class="summary-space"></div>`;
  }

  protected override renderLiveFields(): TemplateResult {
    return fieldsTemplate({
      technique: this.#technique(),
      ...this.#fields(),
      change: (name, value) => (this.typed = { ...this.typed, [name]: value }),
      run: () => void this.live.press(),
    });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.figure && this.width > 0) this.#reader?.paint(this.renderRoot);
  }

  protected override onTheme(): void {
    this.#reader?.forgetColours();
    super.onTheme();
  }

  #view(figure: PatchingData): GridView {
    return viewOf(figure, this.picks, oneOf(tag, 'show', this.show, shows));
  }

  #layout(figure: PatchingData, view: GridView): PatchingLayout {
    const labels = alongTokens({ figure, view }) ? 'tokens' : 'names';
    const square = view.across === 'src';
    return layoutPatching(this.width, view.rows.length, view.columns.length, labels, stripsOf(figure).length, square);
  }

  /** The reader's side, once its module is there. */
  #read(figure: PatchingData, view: GridView): SweepReader | undefined {
    const module = pictureModule.of(this);
    if (this.#reader || !module) return this.#reader;
    const root = this.renderRoot as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...module.styles.map(({ styleSheet }) => styleSheet!)];
    this.#reader = new module.SweepReader(this, {
      tooltip: this.tooltip,
      selection: this.#selection,
      provider: () => this.live.provider,
      controls: {
        pick: (axis, index) => {
          this.picks = { ...this.picks, [axis]: index };
          this.#reader?.leave();
        },
        show: (what) => {
          this.show = what;
          this.#reader?.leave();
        },
      },
    });
    if (this.layer !== undefined) this.#reader.showLocked({ figure, view });
    return this.#reader;
  }

  // --- what is chosen

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
    this.#reader?.showLocked({ figure, view: this.#view(figure) });
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
