// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import type { SelectionState } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { tokenStyles } from '../shared/token-view.js';
import { attributionFromTrace, type AttributionData } from './attribution-data.js';
import { barsTemplate } from './bars.js';
import { attributionSentence, captionTemplate, headOf, strongest } from './caption.js';
import { controlsTemplate } from './controls.js';
import { crumbsTemplate } from './crumbs.js';
import type { LogitAttributionElement } from './logit-attribution.js';
import { attributionStyles } from './logit-attribution.styles.js';
import { wideFrom } from './layout.js';
import { cellAt, mapPlaceUnder, mapTemplate, placeOfCell } from './map.js';
import { levelOf, type Part } from './parts.js';
import { placeWithin, samePlace, wayTo, type Place } from './place.js';
import type { AttributionScene, Pointed } from './scene.js';
import { readTemplate, sourcesTemplate } from './sources.js';
import { attributionText } from './text.js';

export const styles: readonly CSSResult[] = [tokenStyles, legendStyles, attributionStyles];

export function create(element: LogitAttributionElement): Picture<AttributionData> {
  return new AttributionPicture(element);
}

/** Takes the logit apart, level by level, and follows the reader down and up. */
class AttributionPicture extends PictureIn<LogitAttributionElement> implements Picture<AttributionData> {
  readonly #grid = new GridController(this.element, {
    rowCount: () => this.#rowCount(),
    columnCount: () => this.#columnCount(),
    onMove: (place) => this.#point(place && this.#pointedAt(place)),
    onLock: (place) => {
      const pointed = this.#pointedAt(place);
      if (pointed) this.#press(pointed);
    },
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<Pointed>(this.element.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (pointed) => attributionSentence(this.#scene!, pointed),
    point: (pointed) => this.#point(pointed),
    isPointedAt: (pointed) => samePointed(pointed, this.#pointed),
    press: (pointed, firstTouch) => {
      this.#grid.moveTo(this.#placeOf(pointed));
      if (firstTouch) this.#point(pointed);
      else this.#press(pointed);
    },
    isHeld: () => this.#grid.focused,
  });
  /** From the whole down to what is shown. */
  #way: Place[] = [];
  /** What is pointed at in this figure. */
  #at: Pointed | undefined;
  #scene: AttributionScene | undefined;

  get #pointed(): Pointed | undefined {
    return this.#at;
  }
  set #pointed(pointed: Pointed | undefined) {
    this.#at = pointed;
    this.element.requestUpdate();
  }

  update(changed: PropertyValues<LogitAttributionElement>): void {
    if ((['view', 'layer', 'head'] as const).some((name) => changed.has(name))) this.#follow(this.element.figure!);
  }

  // --- the data

  read(value: unknown): AttributionData {
    return attributionFromTrace(value);
  }

  promptOf(figure: AttributionData): string {
    return figure.prompt;
  }

  sourceOf(figure: AttributionData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest | undefined {
    const [answer, wrong] = this.element.question;
    if (answer === undefined) return undefined;
    const { norm, position } = this.element;
    return { kind: 'attribution', options: { prompt, answer, position, norm: this.#norm(norm), ...(wrong && { wrong }) } };
  }

  onFigure(figure: AttributionData): void {
    this.#pointed = undefined;
    this.element.links.keepWithin(figure.tokens.length);
    this.#follow(figure);
  }

  // --- the picture

  render(figure: AttributionData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate(); // how many rows and columns there are follows from what is shown
    return html`${crumbsTemplate(scene, this.#goBack)}
      <div class="beside">${this.#picture(scene)}</div>
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      <div class="controls" part="controls">
        ${controlsTemplate(scene, this.#norm(this.element.norm), (place) => this.#go(wayTo(place)))}
      </div>`;
  }

  #picture(scene: AttributionScene): unknown {
    const { level, place } = scene;
    if (place.head !== undefined) return sourcesTemplate(scene, this.#pointing, this.element.label);
    const head = place.view === 'heads' ? headOf(scene, scene.pointed ?? strongest(scene)) : undefined;
    const read = head ? readTemplate(scene, head.layer, head.head) : nothing;
    return html`${level ? barsTemplate(scene, level, this.#pointing, this.element.label) : mapTemplate(scene, this.#pointing, this.element.label)}
    ${read}`;
  }

  text(): TemplateResult {
    return attributionText(this.#scene!);
  }

  #sceneOf(figure: AttributionData): AttributionScene {
    const place = this.#place();
    const isMap = place.view === 'heads' && (place.layer === undefined || place.head !== undefined);
    const level = isMap ? undefined : levelOf(figure, place, Math.max(1, this.element.top), this.#norm(this.element.norm));
    const scene: AttributionScene = {
      figure,
      way: this.#way,
      place,
      level,
      width: this.element.width,
      wide: this.element.width >= wideFrom,
      pointed: undefined,
      selection: this.element.links.state,
      theme: this.element.theme.current,
      grid: this.#grid,
    };
    scene.pointed = this.#pointed ?? this.#fromSelection(scene);
    return scene;
  }

  #norm(norm: string): 'cached' | 'recompute' {
    return oneOf(this.element.localName, 'norm', norm, ['cached', 'recompute']);
  }

  // --- where the reader is

  #place(): Place {
    return this.#way.at(-1) ?? { view: 'components' };
  }

  /** Author or data have changed: the way is kept where it leads to the same place. */
  #follow(figure: AttributionData): void {
    const view = oneOf(this.element.localName, 'view', this.element.view, ['components', 'heads', 'neurons']);
    const place = placeWithin(figure, { view, layer: this.element.layer, head: this.element.head });
    if (samePlace(place, this.#place()) && this.#way.length > 0) return;
    this.#way = wayTo(place);
    this.#pointed = undefined;
    this.#grid.active = { row: 0, column: 0 };
  }

  /** @param from - the place that is left on the way up: what it was opened from is the active one again */
  #go(way: Place[], from?: Place): void {
    const held = this.#grid.focused || this.element.renderRoot.querySelector('.crumb:focus') !== null;
    const { view, layer, head } = way.at(-1)!;
    this.#way = way;
    this.#pointed = undefined;
    Object.assign(this.element, { view, layer, head });
    this.#scene = this.#sceneOf(this.element.figure!);
    this.#grid.active = { row: 0, column: 0, ...(from && openerOf(this.#scene, from)) };
    this.element.tooltip.hide();
    if (head === undefined) this.element.selection.release(this.element);
    else this.element.selection.lock({ layer, head, query: this.element.figure!.position }, this.element);
    if (held) void this.element.updateComplete.then(() => this.#refocus());
  }

  readonly #goBack = (step: number): void => this.#go(this.#way.slice(0, step + 1), this.#way[step + 1]);

  /** The keyboard goes on in what is shown now, be it the same list or another. */
  #refocus(): void {
    const grid = this.element.renderRoot.querySelector<HTMLElement>('[role=grid]');
    if (grid?.matches(':focus')) this.#point(this.#pointedAt(this.#grid.active));
    else grid?.focus({ preventScroll: true });
  }

  // --- what the reader does

  #hit(event: Event): Pointed | undefined {
    const scene = this.#scene;
    const path = event.composedPath().filter((node): node is HTMLElement => node instanceof HTMLElement);
    const part = path.find(({ dataset }) => dataset['part'] !== undefined || dataset['key'] !== undefined);
    if (part?.dataset['part'] !== undefined) return { what: 'part', index: Number(part.dataset['part']) };
    if (part) return { what: 'source', key: Number(part.dataset['key']) };
    const cells = path.find(({ classList }) => classList.contains('cells'));
    const place = cells && scene && mapPlaceUnder(event as MouseEvent, cells, scene.figure, scene.width);
    return place && cellAt(scene!.figure, place);
  }

  #pointedAt({ row, column }: GridPlace): Pointed | undefined {
    const scene = this.#scene;
    if (!scene) return undefined;
    if (scene.level) return { what: 'part', index: row };
    return scene.place.head === undefined ? cellAt(scene.figure, { row, column }) : { what: 'source', key: column };
  }

  #placeOf(pointed: Pointed): GridPlace {
    if (pointed.what === 'part') return { row: pointed.index, column: 0 };
    if (pointed.what === 'source') return { row: 0, column: pointed.key };
    return placeOfCell(this.element.figure!, pointed)!;
  }

  /** What other figures are told of it. */
  #target(pointed: Pointed): Omit<SelectionState, 'locked'> {
    const { position } = this.element.figure!;
    if (pointed.what === 'source') {
      const { layer, head } = this.#place();
      return { layer, head, query: position, key: pointed.key };
    }
    const part = this.#partOf(pointed);
    if (part?.kind === 'head') return { layer: part.layer, head: part.index, query: position };
    return part?.layer === undefined ? {} : { layer: part.layer };
  }

  #partOf(pointed: Pointed): Pick<Part, 'kind' | 'layer' | 'index' | 'opens'> | undefined {
    if (pointed.what === 'part') return this.#scene?.level?.parts[pointed.index];
    const { sources, neurons } = this.element.figure!;
    if (pointed.what === 'head') {
      const { layer, head } = pointed;
      return { kind: 'head', layer, index: head, ...(sources && { opens: { view: 'heads', layer, head } }) };
    }
    if (pointed.what === 'source') return undefined;
    const { layer } = pointed;
    return { kind: 'mlp', layer, ...(neurons && { opens: { view: 'neurons', layer } }) };
  }

  #point(pointed: Pointed | undefined): void {
    const { locked } = this.element.links.state;
    // A head that is open is locked, so that linked figures stay on it; its tokens can be pointed at all the same.
    if (!locked || (this.#place().head !== undefined && this.element.links.state.key === undefined)) this.#pointed = pointed;
    if (!locked) this.element.selection.preview(pointed && this.#target(pointed), this.element);
  }

  /** A press opens what has parts, and locks what has none. */
  #press(pointed: Pointed): void {
    const part = this.#partOf(pointed);
    if (part?.opens) {
      this.#go([...this.#way, part.opens]);
      return;
    }
    const again = this.element.links.state.locked && samePointed(pointed, this.#pointed) && this.#isHeld();
    if (again) {
      this.#letGo();
      return;
    }
    this.#pointed = pointed;
    this.element.selection.lock(this.#target(pointed), this.element);
    announce(strings.selectionLocked(attributionSentence(this.#scene!, pointed)));
  }

  /** Whether something of what is shown is locked, not only the head that is open. */
  #isHeld(): boolean {
    const { locked, key } = this.element.links.state;
    return locked && (this.#place().head === undefined || key !== undefined);
  }

  #letGo(): void {
    const { layer, head } = this.#place();
    if (head === undefined) this.element.selection.release(this.element);
    else this.element.selection.lock({ layer, head, query: this.element.figure!.position }, this.element);
  }

  /** Escape lets go of what is locked, then goes back up. */
  #release(): boolean {
    this.element.tooltip.hide();
    if (this.#isHeld()) {
      this.#letGo();
      return true;
    }
    if (this.#way.length > 1) {
      this.#goBack(this.#way.length - 2);
      return true;
    }
    this.#pointed = undefined;
    return this.element.links.release();
  }

  /** What another figure points at, where this one shows it. */
  #fromSelection({ figure, place, level }: AttributionScene): Pointed | undefined {
    const { layer, head, key } = this.element.links.state;
    if (place.head !== undefined) {
      const here = layer === place.layer && head === place.head && key !== undefined && key < figure.tokens.length;
      return here ? { what: 'source', key } : undefined;
    }
    if (layer === undefined) return undefined;
    if (!level)
      return head !== undefined && head < figure.headCount && layer < figure.layerCount ? { what: 'head', layer, head } : undefined;
    const kind = place.view === 'heads' ? 'head' : 'attn';
    const index =
      head === undefined
        ? -1
        : level.parts.findIndex((part) => part.kind === kind && part.layer === layer && (kind === 'attn' || part.index === head));
    return index < 0 ? undefined : { what: 'part', index };
  }

  // --- how many rows and columns

  #rowCount(): number {
    const { level, place, figure } = this.#scene ?? {};
    return level ? level.parts.length : place?.head === undefined ? (figure?.layerCount ?? 0) : 1;
  }

  #columnCount(): number {
    const { level, place, figure } = this.#scene ?? {};
    if (level || !figure) return 1;
    return place!.head === undefined ? figure.headCount + 1 : figure.tokens.length;
  }
}

/** The bar or cell that opens into a place. */
function openerOf({ figure, level }: AttributionScene, { view, layer, head }: Place): GridPlace | undefined {
  if (level) {
    const row = level.parts.findIndex(({ opens }) => opens && samePlace(opens, { view, layer, head }));
    return row < 0 ? undefined : { row, column: 0 };
  }
  if (layer === undefined) return undefined;
  return placeOfCell(figure, view === 'heads' ? { what: 'head', layer, head: head ?? 0 } : { what: 'mlp', layer });
}

function samePointed(one: Pointed, other: Pointed | undefined): boolean {
  return other !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
