// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { cellUnder } from '../shared/cell-under.js';
import { headKinds } from '../shared/core.js';
import { GridController, type GridModel, type GridPlace } from '../shared/grid-controller.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { numberUnder } from '../shared/number-under.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { capital } from '../shared/format.js';
import { strings } from '../shared/strings.js';
import { textAlternative } from '../shared/text-alternative.js';
import { besideTemplate } from './beside.js';
import type { HeadFinderElement } from './head-finder.js';
import { headFinderStyles } from './head-finder.styles.js';
import { headsFromTrace, rankHeads, scaleOf, type HeadScale, type HeadsData, type RankedHead } from './heads-data.js';
import { finderHeight, sizesOf, thumbnailEdge } from './layout.js';
import { listTemplate } from './list.js';
import { HeadsPainter } from './painter.js';
import { headSentence, mapRow, nameOf, scoreText, unitOf, type HeadsScene } from './scene.js';
import { headFinderStrings as words } from './strings.js';

export const styles: readonly CSSResult[] = [legendStyles, headFinderStyles];

export function create(element: HeadFinderElement): Picture<HeadsData> {
  return new HeadFinderPicture(element);
}

/** Ranks heads, draws them, and follows what the reader points at. */
class HeadFinderPicture extends PictureIn<HeadFinderElement> implements Picture<HeadsData> {
  readonly #listGrid = this.#grid({
    rowCount: () => this.#scene?.list.length ?? 0,
    columnCount: () => 1,
    headAt: ({ row }) => this.#scene?.list[row],
  });
  readonly #mapGrid = this.#grid({
    rowCount: () => this.#scene?.figure.layerCount ?? 0,
    columnCount: () => this.#scene?.figure.headCount ?? 0,
    headAt: ({ row, column }) => this.#scene && headAt(this.#scene, mapRow(this.#scene, row), column),
  });
  readonly #pointing = new Pointing<RankedHead>(this.element.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (head) => headSentence(this.#scene!, head),
    point: (head) => this.#point(head),
    isPointedAt: (head) => this.#isPointedAt(head),
    press: (head, firstTouch) => {
      if (head.rank < this.#scene!.list.length) this.#listGrid.moveTo({ row: head.rank, column: 0 });
      this.#mapGrid.moveTo({ row: mapRow(this.#scene!, head.layer), column: head.head });
      if (firstTouch) this.#point(head);
      else this.#lock(head);
    },
    isHeld: () => this.#listGrid.focused || this.#mapGrid.focused,
  });
  readonly #painter = new HeadsPainter();
  #scene: HeadsScene | undefined;
  #version = 0;

  #grid({
    headAt,
    ...size
  }: Pick<GridModel, 'rowCount' | 'columnCount'> & { headAt(place: GridPlace): RankedHead | undefined }): GridController {
    return new GridController(this.element, {
      ...size,
      onMove: (place) => this.#point(place && headAt(place)),
      onLock: (place) => this.#lock(headAt(place)!),
      onRelease: () => {
        this.element.tooltip.hide();
        return this.element.links.release();
      },
    });
  }

  update(changed: PropertyValues<HeadFinderElement>): void {
    if (changed.has('layer') || changed.has('head')) this.#authorSelection();
  }

  read(value: unknown): HeadsData {
    return headsFromTrace(value);
  }

  promptOf(figure: HeadsData): string {
    return figure.prompt;
  }

  sourceOf(figure: HeadsData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest {
    return { kind: 'heads', options: prompt ? { prompt } : {} };
  }

  onFigure(): void {
    this.#version++;
    this.#authorSelection();
  }

  render(figure: HeadsData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    const { sizes, scale } = scene;
    this.#listGrid.hostUpdate();
    if (!this.#mapGrid.focused) this.#mapGrid.active = { row: mapRow(scene, scene.chosen.layer), column: scene.chosen.head };
    const style = `--thumb: ${thumbnailEdge}px; --gap: ${sizes.gap}px; block-size: ${finderHeight(this.element.width, this.element.top)}`;
    return html`<div class="finder ${sizes.columns}" .style=${style}>
        <div>${listTemplate(scene, this.element.label)}</div>
        ${besideTemplate(scene)}
      </div>
      <div class="caption" part="caption">
        <div>
          ${capital(headSentence(scene, scene.chosen))}.${scene.selection.locked ? html` <span class="quiet">(${strings.locked})</span>` : ''}
        </div>
        <div class="quiet">${figure.on}; ${words.headConvention[scale.convention]}</div>
      </div>
      ${this.#controls(figure, scene)}`;
  }

  #controls(figure: HeadsData, scene: HeadsScene): TemplateResult {
    const { scale, theme } = scene;
    const conventions = [...figure.scores.keys()];
    const choice = <T extends string>(
      label: string,
      names: readonly T[],
      chosen: T,
      said: Readonly<Record<T, string>>,
      choose: (name: T) => void,
    ) =>
      html`<label
        >${label}
        <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as T)}>
          ${names.map((name) => html`<option value=${name} .selected=${name === chosen}>${said[name]}</option>`)}
        </select></label
      >`;
    return html`<div class="controls" part="controls">
      ${choice(words.scoreKind, figure.kinds, scale.kind, words.headKinds, (kind) => (this.element.by = kind))}
      ${
        conventions.length > 1
          ? choice(words.scoredBy, conventions, scale.convention, words.headConvention, (name) => (this.element.convention = name))
          : nothing
      }
      ${legendTemplate(theme.sequential, { title: unitOf(scene), ends: [endText(scale.low), endText(scale.full)] })}
    </div>`;
  }

  text(): TemplateResult {
    return textAlternative({
      heads: [words.rankedHead, words.rankedScore],
      rows: this.#scene!.ranked.map((head) => ({ head: nameOf(head), cell: scoreText(head.score) })),
    });
  }

  readerState(): Record<string, unknown> {
    const { layer, head, locked } = this.element.links.state;
    return locked && layer !== undefined && head !== undefined ? { layer, head } : {};
  }

  updated(): void {
    this.#painter.paint(this.element.renderRoot, this.#scene!);
  }

  onTheme(): void {
    this.#painter.forget();
  }

  #scaleOf(figure: HeadsData): HeadScale {
    const { localName, by, convention } = this.element;
    const wanted = by === undefined ? 'induction' : oneOf(localName, 'by', by, ['induction', ...headKinds]);
    const kind = figure.kinds.includes(wanted) ? wanted : figure.kinds[0]!;
    return scaleOf(figure, kind, oneOf(localName, 'convention', convention, [...figure.scores.keys()]));
  }

  #sceneOf(figure: HeadsData): HeadsScene {
    const scale = this.#scaleOf(figure);
    const ranked = rankHeads(figure, scale);
    const { state } = this.element.links;
    return {
      figure,
      version: this.#version,
      scale,
      ranked,
      list: ranked.slice(0, Math.max(1, this.element.top)),
      chosen: ranked.find(({ layer, head }) => layer === state.layer && head === state.head) ?? ranked[0]!,
      sizes: sizesOf(this.element.width),
      selection: state,
      listGrid: this.#listGrid,
      mapGrid: this.#mapGrid,
      pointing: this.#pointing,
      theme: this.element.theme.current,
    };
  }

  #hit(event: MouseEvent): RankedHead | undefined {
    const scene = this.#scene;
    if (!scene) return undefined;
    const rank = numberUnder(event, 'rank');
    if (rank !== undefined) return scene.list[rank];
    const map = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.classList.contains('map'));
    const place = map && cellUnder(event, map, scene.figure.layerCount, scene.figure.headCount);
    return place && headAt(scene, mapRow(scene, place.row), place.column);
  }

  #isPointedAt({ layer, head }: RankedHead): boolean {
    const { state } = this.element.links;
    return state.layer === layer && state.head === head;
  }

  #point(head: RankedHead | undefined): void {
    this.element.selection.preview(head && { layer: head.layer, head: head.head }, this.element);
  }

  #lock(head: RankedHead): void {
    if (this.element.links.state.locked && this.#isPointedAt(head)) {
      this.element.selection.release(this.element);
      return;
    }
    this.element.selection.lock({ layer: head.layer, head: head.head }, this.element);
    announce(strings.selectionLocked(headSentence(this.#scene!, head)));
  }

  #authorSelection(): void {
    const { layer, head, figure } = this.element;
    if (!figure || layer === undefined || head === undefined) return;
    if (layer < figure.layerCount && head < figure.headCount) this.element.selection.lock({ layer, head }, this.element);
  }
}

function headAt({ ranked }: HeadsScene, layer: number, head: number): RankedHead | undefined {
  return ranked.find((entry) => entry.layer === layer && entry.head === head);
}

/** A round number as short as it can be: "0.05", "−2". */
function endText(value: number): string {
  return String(Number(value.toPrecision(2))).replace('-', '\u2212');
}
