// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { cellUnder } from '../shared/cell-under.js';
import { headKinds } from '../shared/core.js';
import { FigureElement } from '../shared/figure-element.js';
import { formatNumber } from '../shared/format.js';
import { GridController } from '../shared/grid-controller.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { oneOf } from '../shared/attribute-value.js';
import { besideEdge, besideTemplate } from './beside.js';
import { headFinderStyles } from './head-finder.styles.js';
import { fullScore, headsFromTrace, rankHeads, type HeadsData, type RankedHead } from './heads-data.js';
import { listTemplate } from './list.js';
import { HeadsPainter, thumbnailEdge } from './painter.js';
import { headSentence, nameOf, unitOf, type HeadsScene } from './scene.js';
import { headFinderStrings as words } from './strings.js';

/** From this width on, map and pattern stand beside the list. */
const wideFrom = 560;
const rowHeight = thumbnailEdge + 6;

/**
 * Heads of a model ranked by where they look: at the previous token, at what followed an earlier copy (induction), at the copy, at
 * themselves. Each with a small pattern; the chosen one large, with the line that the score looks at.
 *
 * @summary Heads ranked by what they do, with their patterns.
 *
 * @example
 * ```html
 * <head-finder src="heads.json" by="induction" link="heads"></head-finder>
 * <attention-view src="names.json" link="heads"></attention-view>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - a text to score the heads on; random tokens, repeated, where it is left out
 * @attr {boolean} editable - show the prompt in a field
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart ranking - the list of heads
 * @csspart thumbnail - the small pattern of a head
 * @csspart map - the score of every head
 * @csspart caption - the sentence under the picture
 * @csspart controls - the kind of score and the legend
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a head
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class HeadFinderElement extends FigureElement<HeadsData> {
  /** @internal */
  static override readonly tag = 'head-finder';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, legendStyles, tooltipStyles, headFinderStyles];

  /** The score that ranks: `induction`, `previous`, `duplicate`, `self`, `entropy` (lowest first) or `distance`. */
  @property({ reflect: true }) by: string | undefined;
  /** How many heads are listed. */
  @property({ type: Number }) top = 8;
  /** Layer of the head to lock at the start, with `head`; the first of the ranking where it is left out. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Head to lock at the start, with `layer`. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#scene?.list.length ?? 0,
    columnCount: () => 1,
    onMove: (place) => this.#point(place && this.#scene?.list[place.row]),
    onLock: ({ row }) => this.#lock(this.#scene!.list[row]!),
    onRelease: () => {
      this.tooltip.hide();
      return this.#selection.release();
    },
  });
  readonly #pointing = new Pointing<RankedHead>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (head) => headSentence(this.#scene!, head),
    point: (head) => this.#point(head),
    isPointedAt: (head) => this.#isPointedAt(head),
    press: (head, firstTouch) => {
      if (head.rank < this.top) this.#grid.moveTo({ row: head.rank, column: 0 });
      if (firstTouch) this.#point(head);
      else this.#lock(head);
    },
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  readonly #painter = new HeadsPainter();
  #scene: HeadsScene | undefined;
  #version = 0;

  /** What the reader points at: a layer and a head. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override get needsPrompt(): boolean {
    return false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.figure && (changed.has('layer') || changed.has('head'))) this.#authorSelection();
  }

  protected override read(value: unknown): HeadsData {
    return headsFromTrace(value);
  }

  protected override promptOf(figure: HeadsData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: HeadsData): string {
    return figure.source;
  }

  protected override liveRequest(prompt: string): LiveRequest {
    return { kind: 'heads', options: prompt ? { prompt } : {} };
  }

  protected override onFigure(): void {
    this.#version++;
    this.#authorSelection();
  }

  protected override renderWaiting(width: number): TemplateResult {
    const wide = width >= wideFrom;
    const edge = besideEdge({ wide, width });
    const list = this.top * rowHeight;
    const height = wide ? Math.max(list, 2 * edge + 60) : list + 14 + edge + 24;
    return html`<div .style=${`block-size: ${height}px`}></div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: HeadsData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate();
    return html`<div class="finder ${scene.wide ? 'wide' : ''}" .style=${`--thumb: ${thumbnailEdge}px`}>
        <div>${listTemplate(scene, this.#pointing, this.label)}</div>
        ${besideTemplate(scene, this.#pointing)}
      </div>
      <div class="caption" part="caption">
        <div>
          ${headSentence(scene, scene.chosen)}${scene.selection.locked ? html` <span class="quiet">(${strings.locked})</span>` : ''}.
        </div>
        <div class="quiet">${figure.on}; ${words.headConvention[figure.convention]}</div>
      </div>
      <div class="controls" part="controls">
        <label
          >${words.scoreKind}
          <select @change=${(event: Event) => (this.by = (event.target as HTMLSelectElement).value)}>
            ${figure.kinds.map((name, index) => html`<option value=${name} .selected=${index === scene.kind}>${words.headKinds[name]}</option>`)}
          </select></label
        >
        ${legendTemplate(scene.theme.sequential, { title: unitOf(scene), ends: ['0', String(Number(scene.full.toPrecision(2)))] })}
      </div>`;
  }

  protected override renderText(figure: HeadsData): TemplateResult {
    const { kind } = this.#scene!;
    return textAlternative({
      heads: [words.rankedHead, words.rankedScore],
      rows: rankHeads(figure, kind).map((head) => ({ head: nameOf(head), cell: formatNumber(head.score) })),
    });
  }

  protected override readerState(): Record<string, unknown> {
    const { layer, head, locked } = this.#selection.state;
    return locked && layer !== undefined && head !== undefined ? { layer, head } : {};
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.figure && this.width > 0) this.#painter.paint(this.renderRoot, this.#scene!);
  }

  protected override onTheme(): void {
    this.#painter.forget();
    super.onTheme();
  }

  #kindOf(figure: HeadsData): number {
    const wanted = this.by === undefined ? 'induction' : oneOf(this.localName, 'by', this.by, ['induction', ...headKinds]);
    return Math.max(0, figure.kinds.indexOf(wanted));
  }

  #sceneOf(figure: HeadsData): HeadsScene {
    const kind = this.#kindOf(figure);
    const ranked = rankHeads(figure, kind);
    const { layer, head } = this.#selection.state;
    const chosen = ranked.find((entry) => entry.layer === layer && entry.head === head) ?? ranked[0]!;
    return {
      figure,
      version: this.#version,
      kind,
      list: ranked.slice(0, Math.max(1, this.top)),
      full: fullScore(figure, kind),
      chosen,
      wide: this.width >= wideFrom,
      width: this.width,
      selection: this.#selection.state,
      grid: this.#grid,
      theme: this.theme.current,
    };
  }

  #hit(event: MouseEvent): RankedHead | undefined {
    const { figure, kind, list } = this.#scene ?? {};
    if (!figure || kind === undefined || !list) return undefined;
    const path = event.composedPath();
    const row = path.find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['rank'] !== undefined);
    if (row) return list[Number(row.dataset['rank'])];
    const map = path.find((node): node is HTMLElement => node instanceof HTMLElement && node.classList.contains('map'));
    const place = map && cellUnder(event, map, figure.layerCount, figure.headCount);
    if (!place) return undefined;
    const layer = figure.layerCount - 1 - place.row;
    return rankHeads(figure, kind).find((entry) => entry.layer === layer && entry.head === place.column);
  }

  #isPointedAt({ layer, head }: RankedHead): boolean {
    const { state } = this.#selection;
    return state.layer === layer && state.head === head;
  }

  #point(head: RankedHead | undefined): void {
    this.selection.preview(head && { layer: head.layer, head: head.head }, this);
  }

  #lock(head: RankedHead): void {
    if (this.#selection.state.locked && this.#isPointedAt(head)) {
      this.selection.release(this);
      return;
    }
    this.selection.lock({ layer: head.layer, head: head.head }, this);
    announce(strings.selectionLocked(headSentence(this.#scene!, head)));
  }

  #authorSelection(): void {
    const { layer, head, figure } = this;
    if (!figure || layer === undefined || head === undefined) return;
    if (layer < figure.layerCount && head < figure.headCount) this.selection.lock({ layer, head }, this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'head-finder': HeadFinderElement;
  }
}
