// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { warnOnce } from '../shared/attribute-value.js';
import { cssColour } from '../shared/colour.js';
import { OwnFigure } from '../shared/own-figure.js';
import { GridController } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection, SelectionState } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { captionTemplate, detailTemplate, legendOf } from './caption.js';
import { layoutMap, reservedHeight } from './layout.js';
import { hasPart, isPartKind, mapFromTrace, partId, valuesOf, type MapData, type MapPlace, type MapValues } from './map-data.js';
import { mapStyles } from './model-map.styles.js';
import { isLow, openLayers, rowsOf, samePlace, stepsOf } from './rows.js';
import { largestValue, type MapScene } from './scene.js';
import { placeSentence } from './sentences.js';
import { mapStrings } from './strings.js';
import { placeSentenceWhere, surfaceTemplate } from './surface.js';
import { mapText } from './text.js';

/**
 * A model as a map: the residual stream as one line from the embedding up to the logits, and beside it what reads from it and adds to it.
 *
 * @summary The model as a schematic: its parts, sizes, hooks and shapes, to point at.
 *
 * @example
 * ```html
 * <model-map src="storyteller.json" layer="2" head="5" link="story"></model-map>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - not used: a map is of the model itself
 * @attr {boolean} editable - not used: a map is of the model itself
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be: an image, a table, a sentence. A child
 *   `<script type="application/json">` holds recorded data.
 *
 * @csspart figure - everything inside the element
 * @csspart map - the drawing
 * @csspart caption - the sentence under the drawing
 * @csspart detail - the hooks of what is pointed at, else the sizes of the model
 * @csspart controls - what colours and hatches mean
 * @csspart legend - the colour scale
 * @csspart tooltip - the sentence beside the pointer
 * @csspart live - status of a live figure
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a part or a head
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class ModelMapElement extends OwnFigure<MapData> {
  /** @internal */
  static override readonly tag = 'model-map';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, legendStyles, tooltipStyles, mapStyles];

  /** Block of the part to lock at the start. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Head to lock at the start, with `layer`. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;
  /** Part to lock at the start: `attn`, `mlp`, `ln1`, `ln2`, `resid_pre`, `resid_mid`, `resid_post` with `layer`; `embed`, `pos_embed`, `ln_final`, `unembed`. */
  @property({ attribute: 'map-part', hasChanged: () => true }) mapPart: string | undefined;
  /** Blocks of a tall model to draw in full besides the first and the last: "3 7". The middle one where it is left out. */
  @property() layers: string | undefined;
  /** Numbers to colour the parts with: `{ 'blocks.2.attn': 0.3, 'blocks.2.mlp': -0.1, heads: [[...], ...] }`, heads as [layer][head]. */
  @property({ attribute: false }) values: MapValues | undefined;
  /** What the numbers are, for the legend. */
  @property({ attribute: 'values-label' }) valuesLabel: string | undefined;
  /** The number, of either sign, that the strongest colour stands for; the largest of them where it is left out. */
  @property({ type: Number, attribute: 'max-value' }) maxValue: number | undefined;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;

  /** Blocks in the middle of a tall model that are drawn in full. */
  @state() private opened: readonly number[] | undefined;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#rows.length,
    columnCount: (row) => this.#rows[row]?.length ?? 0,
    onMove: (at) => this.#move(at && this.#rows[at.row]?.[at.column]),
    onLock: ({ row, column }) => this.#lock(this.#rows[row]![column]!),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<MapPlace>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (place) => placeSentenceWhere(this.figure!, this.#open, place),
    point: (place) => this.#point(place),
    isPointedAt: (place) => samePlace(this.#chosen, place),
    press: (place, firstTouch) => this.#press(place, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  #rows: MapPlace[][] = [];
  #open: ReadonlySet<number> = new Set();
  #scene: MapScene | undefined;
  /** What the keys move from; its row changes when a block is opened. */
  #active: MapPlace | undefined;

  /** What the reader points at: `layer`, `head` and `part`. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('link')) this.#selection.link(this.link);
    if (changed.has('layers')) this.opened = undefined;
    if (this.hasUpdated && (changed.has('layer') || changed.has('head') || changed.has('mapPart'))) this.#authorSelection();
  }

  // --- the data

  protected override read(value: unknown): MapData {
    return mapFromTrace(value);
  }

  protected override promptOf(): string {
    return '';
  }

  protected override sourceOf(figure: MapData): string {
    return figure.source;
  }

  protected override get needsPrompt(): boolean {
    return false;
  }

  protected override liveRequest(): LiveRequest {
    return { kind: 'model', options: {} };
  }

  protected override onFigure(figure: MapData): void {
    this.opened = undefined;
    this.#active = undefined;
    if (this.#chosen && !this.#placeOf(figure, this.#selection.state)) this.#selection.release();
    this.#authorSelection();
  }

  /** The recorded form, with the numbers that it is coloured with. */
  override toJSON(): unknown {
    const trace = super.toJSON();
    if (trace === undefined || !this.values) return trace;
    const { heads, ...values } = this.values;
    return { ...(trace as object), values, ...(heads !== undefined && { headValues: heads }) };
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    return html`<div .style=${`block-size: ${reservedHeight(width)}px`}></div>
      <div class="caption"></div>
      <div class="detail" .style=${width >= 640 ? '--lines: 5' : ''}></div>
      <div class="summary-space"></div>`;
  }

  protected override renderFigure(figure: MapData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    return html`<div .style=${`--map-paper: ${cssColour(this.theme.current.paper)}`}>
        ${surfaceTemplate(scene, this.#open, this.#pointing, this.label)}
      </div>
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      ${legendOf(scene, this.valuesLabel ?? mapStrings.mapLegend)} ${detailTemplate(scene)}`;
  }

  protected override renderText(): TemplateResult {
    const { map } = this.#scene!;
    return html`${guard([this.figure, this.values, [...this.#open].join()], () => mapText(map, this.#open))}`;
  }

  protected override readerState(): Record<string, unknown> {
    const chosen = this.#selection.state.locked ? this.#chosen : undefined;
    const opened = this.opened ? { layers: this.opened.join(' ') } : {};
    return chosen ? { ...opened, layer: chosen.part.layer, head: chosen.head, mapPart: chosen.part.kind } : opened;
  }

  #sceneOf(figure: MapData): MapScene {
    const map = this.values ? { ...figure, ...valuesOf(this.values) } : figure;
    const { state } = this.#selection;
    const chosen = this.#placeOf(figure, state);
    this.#open = this.#openLayers(figure, state.locked ? chosen : undefined);
    const steps = stepsOf(map, this.#open);
    this.#rows = rowsOf(map, steps);
    this.#activate(this.#active ?? (state.locked ? chosen : undefined));
    return {
      map,
      layout: layoutMap(map, steps, this.width),
      rows: this.#rows,
      chosen,
      locked: state.locked,
      grid: this.#grid,
      ramp: this.theme.current.diverging,
      maxValue: this.maxValue ?? largestValue(map),
    };
  }

  /** Puts the keyboard on a place, wherever its row is now; at first on the embedding, where the stream begins. */
  #activate(place: MapPlace | undefined): void {
    const row = this.#rows.findIndex((places) => places.some((one) => samePlace(one, place)));
    const at =
      row < 0 ? { row: this.#rows.length - 1, column: 0 } : { row, column: this.#rows[row]!.findIndex((one) => samePlace(one, place)) };
    if (row >= 0 || this.#active === undefined) this.#grid.active = at;
    else this.#grid.hostUpdate();
  }

  #openLayers(figure: MapData, locked: MapPlace | undefined): ReadonlySet<number> {
    const { nLayer } = figure.facts;
    const chosen = this.opened ?? this.#authorLayers(nLayer);
    const layer = locked?.part.layer;
    const open = openLayers(nLayer, chosen);
    if (layer === undefined || open.has(layer)) return open;
    // As many blocks stay open as before, so that the figure keeps its height: the nearest one makes way.
    const nearest = chosen.reduce((best, one) => (Math.abs(one - layer) < Math.abs(best - layer) ? one : best), chosen[0]!);
    this.opened = chosen.map((one) => (one === nearest ? layer : one));
    return openLayers(nLayer, this.opened);
  }

  #authorLayers(count: number): readonly number[] {
    const middle = [Math.floor(count / 2)];
    if (this.layers === undefined || isLow(count)) return middle;
    const wanted = this.layers.split(/[\s,]+/).filter(Boolean);
    const fit = wanted.map(Number).filter((layer) => Number.isInteger(layer) && layer >= 0 && layer < count);
    if (fit.length < wanted.length) {
      warnOnce(
        `<model-map layers="${this.layers}">: allowed are numbers from 0 to ${count - 1}, with spaces between. The others are left out.`,
      );
    }
    return fit.length > 0 ? fit : middle;
  }

  // --- what the reader does

  get #chosen(): MapPlace | undefined {
    return this.figure && this.#placeOf(this.figure, this.#selection.state);
  }

  /** What a selection means in this model: a part, the point of a lens, or the head of a figure that knows layers and heads only. */
  #placeOf(figure: MapData, state: Partial<SelectionState>): MapPlace | undefined {
    const { head, part, point } = state;
    const [, pointLayer, side] = /^(\d+)_(pre|mid)$/.exec(point ?? '') ?? [];
    const layer = pointLayer !== undefined ? Number(pointLayer) : point === 'final_post' ? figure.facts.nLayer - 1 : state.layer;
    const atPoint = point === undefined ? undefined : point === 'final_post' ? 'resid_post' : side && `resid_${side}`;
    const kind = part ?? atPoint ?? (layer === undefined ? undefined : 'attn');
    if (kind === undefined || !isPartKind(kind)) return undefined;
    const inBlock = !['embed', 'pos_embed', 'embed.ln', 'ln_final', 'unembed'].includes(kind);
    if (inBlock && (layer === undefined || layer < 0 || layer >= figure.facts.nLayer)) return undefined;
    const found = { kind, ...(inBlock && { layer }) } as MapPlace['part'];
    if (!hasPart(figure, found)) return undefined;
    const hasHead = kind === 'attn' && head !== undefined && head >= 0 && head < figure.facts.nHead;
    return { part: found, ...(hasHead && { head }) };
  }

  #hit(event: Event): MapPlace | undefined {
    const drawn = event.composedPath().find((node): node is SVGElement => node instanceof SVGElement && node.dataset['part'] !== undefined);
    if (!drawn) return undefined;
    const head = drawn.dataset['head'];
    return this.#rows
      .flat()
      .find((place) => partId(place.part) === drawn.dataset['part'] && place.head === (head === undefined ? undefined : Number(head)));
  }

  /** The selection of a place; positions that another figure has locked stay. */
  #target({ part, head }: MapPlace): Omit<SelectionState, 'locked'> {
    const { query, key } = this.#selection.state;
    const side = /^resid_(pre|mid)$/.exec(part.kind)?.[1];
    const point = side
      ? `${part.layer}_${side}`
      : part.kind === 'resid_post' && part.layer === this.figure!.facts.nLayer - 1
        ? 'final_post'
        : undefined;
    return { query, key, layer: part.layer, head, part: part.kind, point };
  }

  #move(place: MapPlace | undefined): void {
    if (place) this.#active = place;
    this.#point(place);
  }

  #point(place: MapPlace | undefined): void {
    this.selection.preview(place && this.#target(place), this);
  }

  #press(place: MapPlace, firstTouch: boolean): void {
    this.#active = place;
    this.#activate(place);
    this.requestUpdate();
    if (firstTouch) this.#point(place);
    else this.#lock(place);
  }

  #lock(place: MapPlace): void {
    if (this.#selection.state.locked && samePlace(this.#chosen, place)) {
      this.selection.release(this);
      return;
    }
    this.selection.lock(this.#target(place), this);
    announce(strings.selectionLocked(placeSentence(this.figure!, place)));
  }

  #release(): boolean {
    const { chosen } = this.#scene ?? {};
    this.tooltip.hide();
    return this.#selection.release() || chosen !== undefined;
  }

  /** What the author has locked by `layer`, `head` and `map-part`. */
  #authorSelection(): void {
    const figure = this.figure;
    if (!figure || (this.layer === undefined && this.mapPart === undefined)) return;
    const place = this.#placeOf(figure, { layer: this.layer, head: this.head, part: this.mapPart });
    if (!place) {
      warnOnce(
        `<model-map layer="${this.layer ?? ''}" head="${this.head ?? ''}" map-part="${this.mapPart ?? ''}">: this model has no such part. Allowed are layers from 0 to ${figure.facts.nLayer - 1} and the parts attn, mlp, ln1, ln2, resid_pre, resid_mid, resid_post; embed, pos_embed, ln_final, unembed.`,
      );
      return;
    }
    this.#active = place;
    this.selection.lock(this.#target(place), this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'model-map': ModelMapElement;
  }
}
