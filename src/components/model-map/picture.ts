// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { warnOnce } from '../shared/attribute-value.js';
import { cssColour } from '../shared/colour.js';
import { GridController } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import type { SelectionState } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { captionTemplate, detailTemplate, legendOf } from './caption.js';
import { layoutMap } from './layout.js';
import { hasPart, isPartKind, mapFromTrace, partId, valuesOf, type MapData, type MapPlace } from './map-data.js';
import type { ModelMapElement } from './model-map.js';
import { mapStyles } from './model-map.styles.js';
import { isLow, openLayers, rowsOf, samePlace, stepsOf } from './rows.js';
import { largestValue, type MapScene } from './scene.js';
import { placeSentence } from './sentences.js';
import { mapStrings } from './strings.js';
import { placeSentenceWhere, surfaceTemplate } from './surface.js';
import { mapText } from './text.js';

export const styles: readonly CSSResult[] = [legendStyles, mapStyles];

export function create(element: ModelMapElement): Picture<MapData> {
  return new ModelMapPicture(element);
}

/** Draws the parts of a model, and follows what the reader points at. */
class ModelMapPicture extends PictureIn<ModelMapElement> implements Picture<MapData> {
  readonly #grid = new GridController(this.element, {
    rowCount: () => this.#rows.length,
    columnCount: (row) => this.#rows[row]?.length ?? 0,
    onMove: (at) => this.#move(at && this.#rows[at.row]?.[at.column]),
    onLock: ({ row, column }) => this.#lock(this.#rows[row]![column]!),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<MapPlace>(this.element.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (place) => placeSentenceWhere(this.element.figure!, this.#open, place),
    point: (place) => this.#point(place),
    isPointedAt: (place) => samePlace(this.#chosen, place),
    press: (place, firstTouch) => this.#press(place, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  /** Blocks in the middle of a tall model that are drawn in full. */
  #opened: readonly number[] | undefined;
  #rows: MapPlace[][] = [];
  #open: ReadonlySet<number> = new Set();
  #scene: MapScene | undefined;
  /** What the keys move from; its row changes when a block is opened. */
  #active: MapPlace | undefined;

  update(changed: PropertyValues<ModelMapElement>): void {
    if (changed.has('layers')) this.#opened = undefined;
    if (changed.has('layer') || changed.has('head') || changed.has('mapPart')) this.#authorSelection();
  }

  // --- the data

  read(value: unknown): MapData {
    return mapFromTrace(value);
  }

  promptOf(): string {
    return '';
  }

  sourceOf(figure: MapData): string {
    return figure.source;
  }

  liveRequest(): LiveRequest {
    return { kind: 'model', options: {} };
  }

  onFigure(figure: MapData): void {
    this.#opened = undefined;
    this.#active = undefined;
    if (this.#chosen && !this.#placeOf(figure, this.element.links.state)) this.element.links.release();
    this.#authorSelection();
  }

  /** With the numbers that it is coloured with. */
  drawnTrace(trace: unknown): unknown {
    if (!this.element.values) return trace;
    const { heads, ...values } = this.element.values;
    return { ...(trace as object), values, ...(heads !== undefined && { headValues: heads }) };
  }

  // --- the picture

  render(figure: MapData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    return html`<div .style=${`--map-paper: ${cssColour(this.element.theme.current.paper)}`}>
      ${surfaceTemplate(scene, this.#open, this.#pointing, this.element.label)}
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      ${legendOf(scene, this.element.valuesLabel ?? mapStrings.mapLegend)} ${detailTemplate(scene)}
    </div>`;
  }

  text(): TemplateResult {
    const { map } = this.#scene!;
    return html`${guard([this.element.figure, this.element.values, [...this.#open].join()], () => mapText(map, this.#open))}`;
  }

  readerState(): Record<string, unknown> {
    const chosen = this.element.links.state.locked ? this.#chosen : undefined;
    const opened = this.#opened ? { layers: this.#opened.join(' ') } : {};
    return chosen ? { ...opened, layer: chosen.part.layer, head: chosen.head, mapPart: chosen.part.kind } : opened;
  }

  #sceneOf(figure: MapData): MapScene {
    const map = this.element.values ? { ...figure, ...valuesOf(this.element.values) } : figure;
    const { state } = this.element.links;
    const chosen = this.#placeOf(figure, state);
    this.#open = this.#openLayers(figure, state.locked ? chosen : undefined);
    const steps = stepsOf(map, this.#open);
    this.#rows = rowsOf(map, steps);
    this.#activate(this.#active ?? (state.locked ? chosen : undefined));
    return {
      map,
      layout: layoutMap(map, steps, this.element.width),
      rows: this.#rows,
      chosen,
      locked: state.locked,
      grid: this.#grid,
      ramp: this.element.theme.current.diverging,
      maxValue: this.element.maxValue ?? largestValue(map),
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
    const chosen = this.#opened ?? this.#authorLayers(nLayer);
    const layer = locked?.part.layer;
    const open = openLayers(nLayer, chosen);
    if (layer === undefined || open.has(layer)) return open;
    // As many blocks stay open as before, so that the figure keeps its height: the nearest one makes way.
    const nearest = chosen.reduce((best, one) => (Math.abs(one - layer) < Math.abs(best - layer) ? one : best), chosen[0]!);
    this.#opened = chosen.map((one) => (one === nearest ? layer : one));
    return openLayers(nLayer, this.#opened);
  }

  #authorLayers(count: number): readonly number[] {
    const middle = [Math.floor(count / 2)];
    if (this.element.layers === undefined || isLow(count)) return middle;
    const wanted = this.element.layers.split(/[\s,]+/).filter(Boolean);
    const fit = wanted.map(Number).filter((layer) => Number.isInteger(layer) && layer >= 0 && layer < count);
    if (fit.length < wanted.length) {
      warnOnce(
        `<model-map layers="${this.element.layers}">: allowed are numbers from 0 to ${count - 1}, with spaces between. The others are left out.`,
      );
    }
    return fit.length > 0 ? fit : middle;
  }

  // --- what the reader does

  get #chosen(): MapPlace | undefined {
    return this.element.figure && this.#placeOf(this.element.figure, this.element.links.state);
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
    const { query, key } = this.element.links.state;
    const side = /^resid_(pre|mid)$/.exec(part.kind)?.[1];
    const point = side
      ? `${part.layer}_${side}`
      : part.kind === 'resid_post' && part.layer === this.element.figure!.facts.nLayer - 1
        ? 'final_post'
        : undefined;
    return { query, key, layer: part.layer, head, part: part.kind, point };
  }

  #move(place: MapPlace | undefined): void {
    if (place) this.#active = place;
    this.#point(place);
  }

  #point(place: MapPlace | undefined): void {
    this.element.selection.preview(place && this.#target(place), this.element);
  }

  #press(place: MapPlace, firstTouch: boolean): void {
    this.#active = place;
    this.#activate(place);
    this.element.requestUpdate();
    if (firstTouch) this.#point(place);
    else this.#lock(place);
  }

  #lock(place: MapPlace): void {
    if (this.element.links.state.locked && samePlace(this.#chosen, place)) {
      this.element.selection.release(this.element);
      return;
    }
    this.element.selection.lock(this.#target(place), this.element);
    announce(strings.selectionLocked(placeSentence(this.element.figure!, place)));
  }

  #release(): boolean {
    const { chosen } = this.#scene ?? {};
    this.element.tooltip.hide();
    return this.element.links.release() || chosen !== undefined;
  }

  /** What the author has locked by `layer`, `head` and `map-part`. */
  #authorSelection(): void {
    const figure = this.element.figure;
    if (!figure || (this.element.layer === undefined && this.element.mapPart === undefined)) return;
    const place = this.#placeOf(figure, { layer: this.element.layer, head: this.element.head, part: this.element.mapPart });
    if (!place) {
      warnOnce(
        `<model-map layer="${this.element.layer ?? ''}" head="${this.element.head ?? ''}" map-part="${this.element.mapPart ?? ''}">: this model has no such part. Allowed are layers from 0 to ${figure.facts.nLayer - 1} and the parts attn, mlp, ln1, ln2, resid_pre, resid_mid, resid_post; embed, pos_embed, ln_final, unembed.`,
      );
      return;
    }
    this.#active = place;
    this.element.selection.lock(this.#target(place), this.element);
  }
}
