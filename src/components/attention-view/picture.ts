// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../shared/announce.js';
import { oneOf, warnOnce } from '../shared/attribute-value.js';
import type { TableOptions } from '../shared/core.js';
import { SelectionChangeEvent } from '../shared/events.js';
import { capital } from '../shared/format.js';
import { Lazy } from '../shared/lazy.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { positionWithin } from '../shared/positions.js';
import type { SelectionState } from '../shared/selection.js';
import { strings } from '../shared/strings.js';
import { ramp, traceOfArrays, type AttentionArrays } from './arrays.js';
import { attentionFromTrace, headName, headsGrid, pairs, topKeys, type AttentionData, type SegmentPair } from './attention-data.js';
import type { AttentionViewElement } from './attention-view.js';
import { attentionStyles } from './attention-view.styles.js';
import { extentOf, pictureHeight } from './layout.js';
import { placeTemplate } from './place.js';
import {
  directions,
  headScores,
  scales,
  type AttentionHost,
  type AttentionPicture,
  type AttentionScene,
  type Shading,
  type ViewModule,
} from './scene.js';
import { attentionStrings } from './strings.js';
import { attentionText } from './text.js';
import { viewModules, type AttentionViewName } from './views.js';

const options = new Lazy(() => import('./options.js'));

export const styles: readonly CSSResult[] = [attentionStyles];

export function create(element: AttentionViewElement): Picture<AttentionData> {
  return new AttentionPictures(element);
}

/** Reads attention, makes a scene of it and of what author and reader have chosen, and hands it to the view that is shown. */
class AttentionPictures extends PictureIn<AttentionViewElement> implements Picture<AttentionData> {
  readonly parts: AttentionHost['parts'] = {
    tooltip: this.element.tooltip,
    scene: () => this.#scene && { ...this.#scene, selection: this.#shownSelection(this.#scene.figure) },
    point: (target) => this.element.selection.preview(target && this.#target(target), this.element),
    pointHead: (target) => this.element.selection.preview(target, this.element),
    lock: (target, sentence) => {
      this.element.selection.toggle(this.#target(target), this.element);
      if (this.element.links.state.locked) announce(strings.selectionLocked(sentence));
    },
    release: () => {
      this.element.tooltip.hide();
      return this.element.links.release();
    },
    previewHead: (head) => {
      if (head === this.#previewHead) return;
      this.#previewHead = head;
      this.element.requestUpdate();
    },
    chooseHead: (head, how) => this.#chooseHead(head, how),
    open: (layer, head) => this.parts.set({ layer, head, heads: undefined, view: 'matrix' }),
    set: (changes) => {
      Object.assign(this.element, changes);
      this.#previewHead = undefined;
      this.#retarget();
    },
  };
  readonly #views = new Map<AttentionViewName, AttentionPicture>();
  #scene: AttentionScene | undefined;
  #version = 0;
  #grid: { key: string; grid: AttentionScene['grid'] } | undefined;
  /** A head under the pointer is shown large until the pointer leaves. */
  #previewHead: number | undefined;
  #optionsOpen = false;

  // --- the data

  traceOf(value: unknown): unknown {
    const { attention, maskUpperTri, attentionHeadNames, layer } = this.element;
    if (attention === undefined || (value as Partial<AttentionArrays>).attention !== attention) return value;
    return traceOfArrays(value as AttentionArrays, { causal: maskUpperTri, headNames: attentionHeadNames, layer });
  }

  read(trace: unknown): AttentionData {
    return attentionFromTrace(trace);
  }

  promptOf(figure: AttentionData): string {
    return figure.prompt;
  }

  sourceOf(figure: AttentionData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest {
    return { kind: 'attention', options: { prompt } };
  }

  onFigure(figure: AttentionData): void {
    this.#version++;
    if (this.#shownSelection(figure) !== this.element.links.state) this.element.links.release();
    this.#authorSelection();
  }

  update(changed: PropertyValues<AttentionViewElement>): void {
    if (changed.has('query') || changed.has('key')) this.#authorSelection();
  }

  // --- the picture

  render(figure: AttentionData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    const module = viewModules[scene.view].of(this.element);
    if (module) {
      const view = this.#view ?? this.#open(module);
      return html`${view.render(scene)} ${module.frame(scene, view, this.parts)}`;
    }
    const said = viewModules[scene.view].failed ? attentionStrings.viewFailed : '';
    return placeTemplate(scene.view, this.element.score !== 'none', pictureHeight(scene.view, extentOf(scene)), said);
  }

  text(): TemplateResult {
    const scene = this.#scene!;
    const dependencies = [scene.version, scene.layer, scene.view, scene.score, scene.heads.join(), scene.combine, scene.pair];
    const onToggle = (event: Event): void => {
      this.#optionsOpen = (event.target as HTMLDetailsElement).open;
      this.element.requestUpdate();
    };
    return html`<details part="options" @toggle=${onToggle}>
        <summary>${attentionStrings.options}</summary>
        ${this.#optionsOpen ? options.of(this.element)?.optionsTemplate(scene, this.parts.set) : nothing}
      </details>
      ${guard(dependencies, () => this.#view?.text?.(scene) ?? attentionText(scene))}`;
  }

  updated(): void {
    this.#view?.paint(this.#scene!);
  }

  onTheme(): void {
    this.#views.forEach((view) => view.forget());
  }

  readerState(): Record<string, unknown> {
    const { query, key, locked } = this.element.links.state;
    return locked ? { ...(query !== undefined && { query }), ...(key !== undefined && { key }) } : {};
  }

  tableOptions(): TableOptions {
    const { figure, layer, heads } = this.#scene!;
    return { heads: heads.map((head) => [figure.layers[layer]!, head] as const) };
  }

  /** The view that is shown, once it has been drawn. */
  get #view(): AttentionPicture | undefined {
    return this.#views.get(this.element.shownView);
  }

  #open(module: ViewModule): AttentionPicture {
    const view = module.create({ element: this.element, parts: this.parts });
    this.#views.set(this.element.shownView, view);
    const root = this.element.renderRoot as ShadowRoot;
    root.adoptedStyleSheets = [...new Set([...root.adoptedStyleSheets, ...module.styles.map(({ styleSheet }) => styleSheet!)])];
    return view;
  }

  // --- what it shows

  #sceneOf(figure: AttentionData): AttentionScene {
    const { element } = this;
    const layer = this.#layerIndex(figure);
    const { several, chosen } = this.#chosen(figure);
    const preview = this.#previewHead;
    const heads = preview !== undefined && preview < figure.headCount ? [preview] : chosen.length > 0 ? chosen : everyHead(figure);
    const combine = chosen.length > 0 ? oneOf(element.localName, 'combine', element.combine, ['mean', 'max']) : 'max';
    const pair = this.#pair(figure);
    const key = [this.#version, layer, heads, combine, pair?.from.name, pair?.to.name].join('|');
    if (this.#grid?.key !== key) this.#grid = { key, grid: headsGrid(figure, layer, heads, combine, pair) };
    const apart = element.shownView === 'arcs' && heads.length > 1 && chosen.length > 1 && heads.length <= mostApart;
    const score = oneOf(element.localName, 'score', element.score, headScores);
    return {
      figure,
      version: this.#version,
      width: element.width,
      view: element.shownView,
      theme: element.theme.current,
      shading: this.#shading(),
      layer,
      chosen,
      several,
      combine,
      heads,
      apart,
      grid: this.#grid.grid,
      ...names(figure, layer, heads, apart ? undefined : combine),
      pair,
      score: score === 'recorded' && !figure.scores ? 'none' : score,
      selection: this.#shownSelection(figure),
      axisLabels: element.showAxisLabels,
      direction: oneOf(element.localName, 'direction', element.direction, directions),
      topK: this.#number('top-k', element.topK, 3, (value) => value >= 1),
      threshold: element.threshold === undefined ? undefined : this.#number('threshold', element.threshold, 0, () => true),
      label: element.label,
    };
  }

  #shading(): Shading {
    const { theme, negativeColor, positiveColor, localName, scale } = this.element;
    const least = this.#number('min-value', this.element.minValue, 0, () => true);
    const most = this.#number('max-value', this.element.maxValue, 1, (value) => value > 0 || least < 0);
    const signed = least < 0;
    return {
      ramp: ramp(theme.current, signed, negativeColor, positiveColor),
      scale: oneOf(localName, 'scale', scale, scales),
      max: signed ? Math.max(most, -least) : most,
      signed,
    };
  }

  /** A number of the author's, or what stands for one that cannot be. */
  #number(attribute: string, value: number, otherwise: number, allowed: (value: number) => boolean): number {
    if (Number.isFinite(value) && allowed(value)) return value;
    warnOnce(
      `<${this.element.localName} ${attribute}="${value}">: ${attributeNeeds[attribute] ?? 'a number is needed'}. ${otherwise} is used.`,
    );
    return otherwise;
  }

  // --- what the reader does

  #target(target: { query?: number; key?: number }): Omit<SelectionState, 'locked'> {
    const figure = this.element.figure!;
    const { several } = this.#chosen(figure);
    return { layer: figure.layers[this.#layerIndex(figure)], ...(!several && { head: this.#oneHead(figure) }), ...target };
  }

  #chooseHead(head: number, how: 'one' | 'add' | 'solo'): void {
    const { chosen } = this.#chosen(this.element.figure!);
    if (how === 'one') this.parts.set({ head, heads: undefined });
    else if (how === 'solo') this.parts.set({ heads: chosen.length === 1 && chosen[0] === head ? [] : [head] });
    else this.parts.set({ heads: chosen.includes(head) ? chosen.filter((one) => one !== head) : [...chosen, head].sort((a, b) => a - b) });
  }

  /** A chosen head or layer keeps the selected cell. */
  #retarget(): void {
    const { selection, links, layer, head, heads } = this.element;
    const target = { ...links.state, layer, head: heads ? undefined : head };
    if (links.state.locked) selection.lock(target, this.element);
    else {
      selection.preview(undefined, this.element);
      this.element.dispatchEvent(new SelectionChangeEvent(target));
    }
    this.element.requestUpdate();
  }

  /** What the author has locked by `query` and `key`. */
  #authorSelection(): void {
    const { figure, layer, head, heads, selection } = this.element;
    const at = (position: number | undefined, tokens: readonly unknown[]): number | undefined =>
      position === undefined || Number.isNaN(position) ? undefined : positionWithin(position, tokens.length);
    if (!figure || figure.tokens.length === 0) return;
    const [query, key] = [at(this.element.query, figure.tokens), at(this.element.key, figure.keyTokens)];
    if (query === undefined && key === undefined) return;
    selection.lock({ layer, head: heads ? undefined : head, query, key }, this.element);
    const { grid } = this.#sceneOf(figure);
    const row = query ?? key!;
    this.#views.forEach((view) => view.moveTo?.({ row, column: key ?? topKeys(grid, row, 1)[0]?.at ?? 0 }));
  }

  /** The selection without positions that this text does not have: a linked figure can show another one. */
  #shownSelection({ tokens, keyTokens }: AttentionData): Readonly<SelectionState> {
    const { state } = this.element.links;
    const { query, key } = state;
    const known = (query === undefined || query in tokens) && (key === undefined || key in keyTokens);
    return known ? state : { ...state, query: undefined, key: undefined };
  }

  // --- which layer and heads

  #layerIndex(figure: AttentionData): number {
    const { localName, layer: own } = this.element;
    const linked = this.#linked.layer;
    if (linked !== undefined && figure.layers.includes(linked)) return figure.layers.indexOf(linked);
    if (own === undefined || figure.layers.includes(own)) return Math.max(0, figure.layers.indexOf(own ?? figure.layers[0]!));
    warnOnce(`<${localName} layer="${own}">: the data have the layers ${figure.layers.join(', ')}. ${figure.layers[0]} is used.`);
    return 0;
  }

  /** The head that a linked figure points at, else the one of the author or the reader. */
  #oneHead(figure: AttentionData): number {
    return Math.min(Math.max(0, this.#linked.head ?? this.element.head), figure.headCount - 1) || 0;
  }

  /** The layer and the head of the selection; an overview shows what is only pointed at beside what is chosen. */
  get #linked(): { layer?: number | undefined; head?: number | undefined } {
    const { state } = this.element.links;
    return this.element.shownView === 'overview' && !state.locked ? {} : state;
  }

  #chosen(figure: AttentionData): { several: boolean; chosen: readonly number[] } {
    const { heads } = this.element;
    if (!heads) return { several: false, chosen: [this.#oneHead(figure)] };
    return { several: true, chosen: heads.filter((head) => head >= 0 && head < figure.headCount) };
  }

  #pair({ segments }: AttentionData): SegmentPair | undefined {
    const { between, localName } = this.element;
    if (!between || segments.length === 0) return undefined;
    const all = pairs(segments);
    return all.get(oneOf(localName, 'between', between, ['all', ...all.keys()]));
  }
}

/** More heads than this have no colour each that could be told from the others. */
const mostApart = 8;

const attributeNeeds: Readonly<Record<string, string>> = {
  'top-k': 'a number from 1 on is needed',
  'max-value': 'a number above 0 is needed',
};

function everyHead({ headCount }: AttentionData): number[] {
  return Array.from({ length: headCount }, (_, head) => head);
}

/** What the shown heads are called: as a title, and in a sentence. */
function names(
  figure: AttentionData,
  layer: number,
  heads: readonly number[],
  combine: 'mean' | 'max' | undefined,
): { title: string; name: string } {
  const { severalCaption, attentionCaption, headNamed, headsNamed } = attentionStrings;
  const together = (said: readonly string[], all: boolean): string =>
    combine ? attentionStrings.combined(combine, said, all) : headsNamed(said);
  const full = heads.map((head) => headName(figure, layer, head));
  const all = heads.length === figure.headCount;
  const name = heads.length > 1 ? together(full, all) : headNamed(full[0]!);
  // An author's names of heads say their layers, or need none.
  if (figure.headNames) return { title: capital(name), name };
  const number = figure.layers[layer]!;
  if (heads.length > 1) return { title: severalCaption(number, together(heads.map(String), all)), name };
  return { title: attentionCaption(number, String(heads[0])), name };
}
