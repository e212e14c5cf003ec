// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type ReactiveController, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { warnOnce } from '../shared/attribute-value.js';
import type { FigureKinds, SteeringTrace } from '../shared/core.js';
import { StrengthChangeEvent } from '../shared/events.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { Lazy } from '../shared/lazy.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { tokenStyles } from '../shared/token-view.js';
import { defaultStrength, defaultTokens, roomText } from './defaults.js';
import { dialTemplate, liveMarks, mostStrength } from './dial.js';
import { FileButtons } from './file-buttons.js';
import type { LiveTexts } from './live-texts.js';
import { Rooms } from './rooms.js';
import { placeUnder, samePlace, sides, textsSentence, tokenAt, tokenSentence, type SteeringScene, type TextPlace } from './scene.js';
import {
  beginsWithBos,
  nearestStrength,
  steeringData,
  steeringFromTrace,
  strengthsOf,
  textsAt,
  type ShownTexts,
  type SteeringData,
} from './steering-data.js';
import type { SteeringLabElement } from './steering-lab.js';
import { steeringStyles } from './steering-lab.styles.js';
import { steeringStrings as words } from './strings.js';
import { steeringText } from './text.js';
import { textsTemplate } from './texts.js';
import type { DrawnVectors, VectorSource } from './vector-source.js';
import { vectorTemplate } from './vector.js';

export const styles: readonly CSSResult[] = [tokenStyles, legendStyles, steeringStyles];

export function create(element: SteeringLabElement): Picture<SteeringData> {
  return new SteeringPicture(element);
}

/** A reader who types or slides has paused for so long. */
const pauseMs = 400;

/** What only a lab that can be run needs. */
const live = new Lazy(() => import('./live.js'));

/** Properties with which a live run writes other texts. */
const settings = ['positive', 'negative', 'method', 'layers', 'keepNorm', 'maxNewTokens', 'temperature', 'seed', 'prependBos'] as const;

/** Draws both texts and the vector, follows the slider, and has a model write. */
export class SteeringPicture extends PictureIn<SteeringLabElement> implements Picture<SteeringData>, ReactiveController {
  readonly #grid = new GridController(this.element, {
    rowCount: () => (this.#scene ? 2 : 0),
    columnCount: (row) => this.#scene?.texts[sides[row]!].length ?? 0,
    onMove: (place) => this.#point(place && placeOf(place)),
    onLock: (place) => this.#lock(placeOf(place)),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<TextPlace>(this.element.tooltip, {
    hit: placeUnder,
    sentence: (place) => tokenSentence(this.#scene!.texts, place),
    point: (place) => this.#point(place),
    isPointedAt: (place) => samePlace(place, this.#pointed),
    press: (place, firstTouch) => {
      this.#grid.moveTo({ row: sides.indexOf(place.side), column: place.index });
      if (firstTouch) this.#point(place);
      else this.#lock(place);
    },
    isHeld: () => this.#grid.focused,
  });
  #scene: SteeringScene | undefined;
  #pointed: TextPlace | undefined;
  #locked = false;
  /** The reader has stopped the last run. */
  #stopped = false;
  /** The strength that the last run was asked for. */
  #asked = defaultStrength;
  /** What live runs have written, and where their vectors come from: there with the fields or the first run. */
  #written: LiveTexts | undefined;
  #source: VectorSource | undefined;
  readonly #drawn: DrawnVectors = {};
  /** A vector from a file is added at the layers that it has; that they are others starts a run. */
  readonly #files = new FileButtons(this.element, (vector) => (this.element.layers = [...vector.layers]));
  readonly #rooms = new Rooms();
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(element: SteeringLabElement) {
    super(element);
    element.addController(this);
    this.#check();
  }

  hostDisconnected(): void {
    clearTimeout(this.#pause);
  }

  /** Properties of the element have changed, whether there are data or not. */
  settings(changed: PropertyValues<SteeringLabElement>): void {
    const { element } = this;
    this.#check();
    if (!element.hasUpdated) return;
    if (changed.has('positive') || changed.has('negative')) this.#forget();
    if (settings.some((name) => changed.has(name))) this.#again();
    else if (changed.has('strength') && this.#free && !(element.figure && strengthsOf(element.figure).includes(element.strength)))
      this.#soon(() => void element.live.press());
  }

  #check(): void {
    const { element } = this;
    if (!Number.isFinite(element.strength)) {
      warnOnce('<steering-lab strength>: expected a number such as 2 or -4. 4 is used.');
      element.strength = defaultStrength;
    }
    if (element.layers?.some((layer) => !Number.isInteger(layer))) {
      warnOnce('<steering-lab layers>: expected whole numbers such as "2" or "1,2". The middle layer is used.');
      element.layers = undefined;
    }
  }

  // --- the data

  read(value: unknown): SteeringData {
    return steeringFromTrace(value);
  }

  promptOf({ trace }: SteeringData): string {
    return trace.prompt;
  }

  sourceOf(figure: SteeringData): string {
    return figure.source;
  }

  onFigure({ trace: { vector } }: SteeringData): void {
    this.#drawn.last = vector;
    if (vector.positive.length > 0) this.#drawn.known = vector;
    if (!this.#locked) this.#pointed = undefined;
  }

  // --- live

  async liveRequest(prompt: string): Promise<LiveRequest | undefined> {
    const { element } = this;
    this.#begin(await live.load(element));
    const source = this.#source!;
    if (element.editable && !source.check()) return undefined;
    const trace = element.figure?.trace;
    const layers = element.layers ?? trace?.layers;
    this.#stopped = false;
    this.#asked = element.strength;
    return {
      kind: 'steering',
      options: {
        prompt,
        vector: source.option(),
        ...(layers && { layers }),
        strengths: [this.#asked],
        keepNorm: element.keepNorm || (trace?.keepNorm ?? false),
        maxNewTokens: element.maxNewTokens ?? trace?.sampling.maxNewTokens ?? defaultTokens,
        temperature: element.temperature ?? trace?.sampling.temperature ?? 0,
        seed: element.seed ?? trace?.sampling.seed ?? 0,
        prependBos: element.prependBos || (trace !== undefined && beginsWithBos(trace)),
      },
    };
  }

  #begin(module: Awaited<ReturnType<typeof live.load>>): void {
    this.#written ??= new module.LiveTexts();
    this.#source ??= new module.VectorSource(this.element, this.#files, this.#drawn, () =>
      this.#soon(() => this.#source!.check() && this.#free && void this.element.live.press()),
    );
  }

  onLivePart(part: unknown): void {
    const came = part as FigureKinds['steering']['part'];
    if ('trace' in came) {
      this.element.drawLive(this.#written!.begin(came.trace, this.#asked));
      return;
    }
    const trace = this.#written!.add(came);
    if (trace && this.element.figure) Object.assign(this.element.figure, steeringData(trace));
    this.element.requestUpdate();
  }

  /** With the texts of earlier runs. */
  liveResult(trace: unknown): SteeringTrace {
    return this.#written!.end(trace as SteeringTrace);
  }

  liveFields(): TemplateResult | undefined {
    const module = live.of(this.element);
    if (module) this.#begin(module);
    return this.#source?.render();
  }

  /** The engine is there: texts are written for any strength. */
  get #free(): boolean {
    return this.element.live.provider?.status === 'ready';
  }

  #shownStrength(figure: SteeringData): number {
    return this.#free ? this.element.strength : nearestStrength(figure, this.element.strength);
  }

  /** After a pause, so that a slider on its way and a text that is being typed ask for one run. */
  #soon(work: () => void): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(work, pauseMs);
  }

  /** The author has given other prompts, which take the place of what the reader has typed or loaded. */
  #forget(): void {
    if (this.#source) this.#source.typed = undefined;
    this.#files.loaded = undefined;
  }

  /** Runs again with other settings, also after the reader has stopped a run. */
  #again(): void {
    if (this.#stopped && this.#free) void this.element.live.press();
    else this.element.live.again();
  }

  #stop(): void {
    this.element.live.cancel();
    this.#stopped = true;
  }

  // --- the picture

  render(figure: SteeringData): TemplateResult {
    const { element } = this;
    const strength = this.#shownStrength(figure);
    const scene = (this.#scene = this.#sceneOf(figure, textsAt(figure, strength)));
    this.#grid.hostUpdate(); // how many tokens there are follows from the strength
    const marks = this.#free ? liveMarks : strengthsOf(figure);
    const most = Math.max(mostStrength, ...marks.map(Math.abs), Math.abs(strength));
    const dial = { strength, most, marks, snaps: !this.#free, less: element.less, more: element.more };
    return html`${textsTemplate(scene)} ${dialTemplate(dial, (value) => this.#choose(value))}
      <div class="caption" part="caption">${this.#runButton()} ${caption(scene)}</div>
      <div class="controls" part="controls">
        ${legendTemplate(scene.theme.diverging, { title: words.steeringLegend, ends: [words.steeringLess, words.steeringMore] })}
      </div>
      ${this.#renderVector(figure)}`;
  }

  #runButton(): TemplateResult | typeof nothing {
    const { live } = this.element;
    if (live.status === 'running' || live.status === 'waiting')
      return html`<button type="button" @click=${() => this.#stop()}>${strings.cancel}</button>`;
    return this.#stopped && this.#free ? html`<button type="button" @click=${() => live.press()}>${words.writeAgain}</button>` : nothing;
  }

  #renderVector(figure: SteeringData): TemplateResult {
    const { element } = this;
    const content = html`${vectorTemplate({
      figure,
      theme: element.theme.current,
      tooltip: element.tooltip,
      layers: this.#free ? (element.layers ?? figure.trace.layers) : figure.trace.layers,
      choose: this.#free ? (layers) => (element.layers = layers) : undefined,
      file: this.#files.loaded?.name,
    })}${this.#files.render(figure.trace, element.live.provider !== undefined)}`;
    if (element.open) return html`<div class="vector" part="vector">${content}</div>`;
    return html`<details class="vector" part="vector">
      <summary>${words.steeringVector}</summary>
      ${content}
    </details>`;
  }

  text(): TemplateResult {
    return steeringText(this.#scene!);
  }

  readerState(): Record<string, unknown> {
    const { figure, strength } = this.element;
    return { strength: figure ? this.#shownStrength(figure) : strength, ...this.#source?.typed };
  }

  #sceneOf(figure: SteeringData, texts: ShownTexts): SteeringScene {
    const { live, maxNewTokens, theme, label } = this.element;
    const pointed = this.#pointed && tokenAt(texts, this.#pointed) ? this.#pointed : undefined;
    this.#rooms.add(figure);
    return {
      figure,
      texts,
      rooms: [roomText(live.text, maxNewTokens ?? defaultTokens), ...this.#rooms.texts],
      theme: theme.current,
      pointed,
      locked: this.#locked && pointed !== undefined,
      busy: live.status === 'running',
      grid: this.#grid,
      pointing: this.#pointing,
      label,
    };
  }

  // --- what the reader does

  #choose(strength: number): void {
    if (strength === this.element.strength) return;
    this.element.strength = strength;
    this.element.dispatchEvent(new StrengthChangeEvent(strength));
  }

  #point(place: TextPlace | undefined): void {
    if (!this.#locked) this.#hold(place, false);
  }

  #lock(place: TextPlace): void {
    if (!this.#scene || !tokenAt(this.#scene.texts, place)) return;
    this.#hold(place, !(this.#locked && samePlace(place, this.#pointed)));
    if (this.#locked) announce(strings.selectionLocked(tokenSentence(this.#scene.texts, place)));
  }

  #release(): boolean {
    const held = this.#locked || this.#pointed !== undefined;
    this.#hold(undefined, false);
    this.element.tooltip.hide();
    return held;
  }

  #hold(place: TextPlace | undefined, locked: boolean): void {
    this.#pointed = place;
    this.#locked = locked;
    this.element.requestUpdate();
  }
}

function placeOf({ row, column }: GridPlace): TextPlace {
  return { side: sides[row]!, index: column };
}

function caption(scene: SteeringScene): TemplateResult {
  const { texts, pointed, locked } = scene;
  if (!pointed) return html`${textsSentence(scene)}`;
  return html`${tokenSentence(texts, pointed)}. ${locked ? html`<span class="quiet">(${strings.locked})</span>` : nothing}`;
}
