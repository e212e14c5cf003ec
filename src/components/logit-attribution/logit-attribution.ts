// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { OwnFigure } from '../shared/own-figure.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { Pointing } from '../shared/pointing.js';
import { SelectionController } from '../shared/selection-controller.js';
import type { Selection, SelectionState } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { tokenStyles } from '../shared/token-view.js';
import { tooltipStyles } from '../shared/tooltip.js';
import { attributionFromTrace, type AttributionData } from './attribution-data.js';
import { barsTemplate } from './bars.js';
import { attributionSentence, captionTemplate, headOf, strongest } from './caption.js';
import { controlsTemplate } from './controls.js';
import { crumbsTemplate } from './crumbs.js';
import { asToken, fieldsTemplate } from './fields.js';
import { attributionStyles } from './logit-attribution.styles.js';
import { cellAt, mapPlaceUnder, mapTemplate, placeOfCell } from './map.js';
import { levelOf, type Part } from './parts.js';
import { placeWithin, samePlace, wayTo, type AttributionView, type Place } from './place.js';
import { wideFrom, type AttributionScene, type Pointed } from './scene.js';
import { readTemplate, sourcesTemplate } from './sources.js';
import { attributionText } from './text.js';
import { waitingTemplate } from './waiting.js';

/**
 * Direct logit attribution: what every component adds to the logit of an answer, or to its difference from another token, at one
 * position. Contributions are exact and sum to the model's own number; every sum opens into its parts: attention into heads, heads into
 * the tokens that they read, MLPs into neurons.
 *
 * @summary What each part of the model adds to the logit of an answer.
 *
 * @example
 * ```html
 * <logit-attribution src="john-and-mary.json"></logit-attribution>
 * <logit-attribution src="john-and-mary.json" view="heads" layer="2" head="7"></logit-attribution>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - prompt of a live run
 * @attr {boolean} editable - show the prompt, the answer and what it is compared with in fields
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart crumbs - what is explained, and the way down to what is shown
 * @csspart bars - the list of parts
 * @csspart axis - what the two directions mean
 * @csspart map - the heads of all layers
 * @csspart sources - the prompt, coloured by what a head reads
 * @csspart answers - the fields of answer and comparison
 * @csspart caption - the sentence under the picture
 * @csspart controls - what is shown, and the legend
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
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a layer or a head
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class LogitAttributionElement extends OwnFigure<AttributionData> {
  /** @internal */
  static override readonly tag = 'logit-attribution';
  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tokenStyles, legendStyles, tooltipStyles, attributionStyles];

  /** What is shown: `components` of the whole model, `heads`, or `neurons`. */
  @property({ reflect: true }) view: AttributionView = 'components';
  /** With `view="heads"` or `"neurons"`: the layer that is taken apart; all layers where it is left out. */
  @property({ type: Number, reflect: true }) layer: number | undefined;
  /** With `view="heads"` and `layer`: the head that is taken apart, into the tokens that it reads from. */
  @property({ type: Number, reflect: true }) head: number | undefined;
  /** How many neurons of either sign are shown; recordings keep 20 of each layer. */
  @property({ type: Number }) top = 6;
  /** What the line beside the components is: their running sum, or `recompute`, what the stream says at each step by its own scale. */
  @property() norm: 'cached' | 'recompute' = 'cached';
  /** Text of the token that a live run explains; that of the recorded data where it is left out. */
  @property() answer: string | undefined;
  /** Text of the token that it is compared with in live runs; empty for none. */
  @property() wrong: string | undefined;
  /** Position that a live run explains; negative numbers count from the end. */
  @property({ type: Number }) position = -1;
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;

  /** From the whole down to what is shown. */
  @state() private way: Place[] = [];
  /** What is pointed at in this figure. */
  @state() private pointed: Pointed | undefined;

  readonly #grid = new GridController(this, {
    rowCount: () => this.#rowCount(),
    columnCount: () => this.#columnCount(),
    onMove: (place) => this.#point(place && this.#pointedAt(place)),
    onLock: (place) => {
      const pointed = this.#pointedAt(place);
      if (pointed) this.#press(pointed);
    },
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<Pointed>(this.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (pointed) => attributionSentence(this.#scene!, pointed),
    point: (pointed) => this.#point(pointed),
    isPointedAt: (pointed) => samePointed(pointed, this.pointed),
    press: (pointed, firstTouch) => {
      this.#grid.moveTo(this.#placeOf(pointed));
      if (firstTouch) this.#point(pointed);
      else this.#press(pointed);
    },
    isHeld: () => this.#grid.focused,
  });
  readonly #selection = new SelectionController(this);
  #scene: AttributionScene | undefined;

  /** What the reader points at: a layer, a head. Figures that share the object follow each other. */
  get selection(): Selection {
    return this.#selection.current;
  }
  set selection(selection: Selection) {
    this.#selection.current = selection;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('link')) this.#selection.link(this.link);
    if (this.figure && (['view', 'layer', 'head'] as const).some((name) => changed.has(name))) this.#follow(this.figure);
    if (this.hasUpdated && (['answer', 'wrong', 'position', 'norm'] as const).some((name) => changed.has(name))) this.live.again();
  }

  // --- the data

  protected override read(value: unknown): AttributionData {
    return attributionFromTrace(value);
  }

  protected override promptOf(figure: AttributionData): string {
    return figure.prompt;
  }

  protected override sourceOf(figure: AttributionData): string {
    return figure.source;
  }

  protected override liveRequest(prompt: string): LiveRequest | undefined {
    const [answer, wrong] = this.#question();
    if (answer === undefined) return undefined;
    const { norm, position } = this;
    return { kind: 'attribution', options: { prompt, answer, position, norm: this.#norm(norm), ...(wrong && { wrong }) } };
  }

  /** Texts of answer and comparison, as author or reader have set them, else as the data have them. */
  #question(): [answer: string | undefined, wrong: string | undefined] {
    return [this.answer ?? this.figure?.answer.text, this.wrong ?? this.figure?.wrong?.text];
  }

  protected override onFigure(figure: AttributionData): void {
    this.pointed = undefined;
    this.#selection.keepWithin(figure.tokens.length);
    this.#follow(figure);
  }

  // --- the picture

  protected override renderWaiting(width: number): TemplateResult {
    return waitingTemplate(width, { view: this.view, layer: this.layer, head: this.head }, this.top);
  }

  protected override renderFigure(figure: AttributionData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate(); // how many rows and columns there are follows from what is shown
    return html`${crumbsTemplate(scene, this.#goBack)}
      <div class="beside">${this.#picture(scene)}</div>
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      <div class="controls" part="controls">${controlsTemplate(scene, this.#norm(this.norm), (place) => this.#go(wayTo(place)))}</div>`;
  }

  #picture(scene: AttributionScene): unknown {
    const { level, place } = scene;
    if (place.head !== undefined) return sourcesTemplate(scene, this.#pointing, this.label);
    const head = place.view === 'heads' ? headOf(scene, scene.pointed ?? strongest(scene)) : undefined;
    const read = head ? readTemplate(scene, head.layer, head.head) : nothing;
    return html`${level ? barsTemplate(scene, level, this.#pointing, this.label) : mapTemplate(scene, this.#pointing, this.label)} ${read}`;
  }

  protected override renderText(): TemplateResult {
    return attributionText(this.#scene!);
  }

  protected override renderLiveFields(): TemplateResult {
    const [answer = '', wrong = ''] = this.#question();
    return fieldsTemplate(answer, wrong, (what, text, pressed) => {
      this[what] = text === '' ? '' : asToken(text, this[what] ?? this.figure?.[what]?.text);
      if (pressed) void this.updateComplete.then(() => this.live.press());
    });
  }

  #sceneOf(figure: AttributionData): AttributionScene {
    const place = this.#place();
    const isMap = place.view === 'heads' && (place.layer === undefined || place.head !== undefined);
    const level = isMap ? undefined : levelOf(figure, place, Math.max(1, this.top), this.#norm(this.norm));
    const scene: AttributionScene = {
      figure,
      way: this.way,
      place,
      level,
      width: this.width,
      wide: this.width >= wideFrom,
      pointed: undefined,
      selection: this.#selection.state,
      theme: this.theme.current,
      grid: this.#grid,
    };
    scene.pointed = this.pointed ?? this.#fromSelection(scene);
    return scene;
  }

  #norm(norm: string): 'cached' | 'recompute' {
    return oneOf(this.localName, 'norm', norm, ['cached', 'recompute']);
  }

  // --- where the reader is

  #place(): Place {
    return this.way.at(-1) ?? { view: 'components' };
  }

  /** Author or data have changed: the way is kept where it leads to the same place. */
  #follow(figure: AttributionData): void {
    const view = oneOf(this.localName, 'view', this.view, ['components', 'heads', 'neurons']);
    const place = placeWithin(figure, { view, layer: this.layer, head: this.head });
    if (samePlace(place, this.#place()) && this.way.length > 0) return;
    this.way = wayTo(place);
    this.pointed = undefined;
    this.#grid.active = { row: 0, column: 0 };
  }

  /** @param from - the place that is left on the way up: what it was opened from is the active one again */
  #go(way: Place[], from?: Place): void {
    const held = this.#grid.focused || this.renderRoot.querySelector('.crumb:focus') !== null;
    const { view, layer, head } = way.at(-1)!;
    this.way = way;
    this.pointed = undefined;
    Object.assign(this, { view, layer, head });
    this.#scene = this.#sceneOf(this.figure!);
    this.#grid.active = { row: 0, column: 0, ...(from && openerOf(this.#scene, from)) };
    this.tooltip.hide();
    if (head === undefined) this.selection.release(this);
    else this.selection.lock({ layer, head, query: this.figure!.position }, this);
    if (held) void this.updateComplete.then(() => this.#refocus());
  }

  readonly #goBack = (step: number): void => this.#go(this.way.slice(0, step + 1), this.way[step + 1]);

  /** The keyboard goes on in what is shown now, be it the same list or another. */
  #refocus(): void {
    const grid = this.renderRoot.querySelector<HTMLElement>('[role=grid]');
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
    return placeOfCell(this.figure!, pointed)!;
  }

  /** What other figures are told of it. */
  #target(pointed: Pointed): Omit<SelectionState, 'locked'> {
    const { position } = this.figure!;
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
    const { sources, neurons } = this.figure!;
    if (pointed.what === 'head') {
      const { layer, head } = pointed;
      return { kind: 'head', layer, index: head, ...(sources && { opens: { view: 'heads', layer, head } }) };
    }
    if (pointed.what === 'source') return undefined;
    const { layer } = pointed;
    return { kind: 'mlp', layer, ...(neurons && { opens: { view: 'neurons', layer } }) };
  }

  #point(pointed: Pointed | undefined): void {
    const { locked } = this.#selection.state;
    // A head that is open is locked, so that linked figures stay on it; its tokens can be pointed at all the same.
    if (!locked || (this.#place().head !== undefined && this.#selection.state.key === undefined)) this.pointed = pointed;
    if (!locked) this.selection.preview(pointed && this.#target(pointed), this);
  }

  /** A press opens what has parts, and locks what has none. */
  #press(pointed: Pointed): void {
    const part = this.#partOf(pointed);
    if (part?.opens) {
      this.#go([...this.way, part.opens]);
      return;
    }
    const again = this.#selection.state.locked && samePointed(pointed, this.pointed) && this.#isHeld();
    if (again) {
      this.#letGo();
      return;
    }
    this.pointed = pointed;
    this.selection.lock(this.#target(pointed), this);
    announce(strings.selectionLocked(attributionSentence(this.#scene!, pointed)));
  }

  /** Whether something of what is shown is locked, not only the head that is open. */
  #isHeld(): boolean {
    const { locked, key } = this.#selection.state;
    return locked && (this.#place().head === undefined || key !== undefined);
  }

  #letGo(): void {
    const { layer, head } = this.#place();
    if (head === undefined) this.selection.release(this);
    else this.selection.lock({ layer, head, query: this.figure!.position }, this);
  }

  /** Escape lets go of what is locked, then goes back up. */
  #release(): boolean {
    this.tooltip.hide();
    if (this.#isHeld()) {
      this.#letGo();
      return true;
    }
    if (this.way.length > 1) {
      this.#goBack(this.way.length - 2);
      return true;
    }
    this.pointed = undefined;
    return this.#selection.release();
  }

  /** What another figure points at, where this one shows it. */
  #fromSelection({ figure, place, level }: AttributionScene): Pointed | undefined {
    const { layer, head, key } = this.#selection.state;
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

declare global {
  interface HTMLElementTagNameMap {
    'logit-attribution': LogitAttributionElement;
  }
}
