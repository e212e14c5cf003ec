// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { cellUnder } from '../shared/cell-under.js';
import { headKinds } from '../shared/core.js';
import { formatNumber } from '../shared/format.js';
import { GridController } from '../shared/grid-controller.js';
import { legendStyles, legendTemplate } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { textAlternative } from '../shared/text-alternative.js';
import { oneOf } from '../shared/attribute-value.js';
import { besideTemplate } from './beside.js';
import type { HeadFinderElement } from './head-finder.js';
import { headFinderStyles } from './head-finder.styles.js';
import { fullScore, headsFromTrace, rankHeads, type HeadsData, type RankedHead } from './heads-data.js';
import { listTemplate } from './list.js';
import { thumbnailEdge, wideFrom } from './layout.js';
import { HeadsPainter } from './painter.js';
import { headSentence, nameOf, unitOf, type HeadsScene } from './scene.js';
import { headFinderStrings as words } from './strings.js';

export const styles: readonly CSSResult[] = [legendStyles, headFinderStyles];

export function create(element: HeadFinderElement): Picture<HeadsData> {
  return new HeadFinderPicture(element);
}

/** Ranks heads, draws them, and follows what the reader points at. */
class HeadFinderPicture extends PictureIn<HeadFinderElement> implements Picture<HeadsData> {
  readonly #grid = new GridController(this.element, {
    rowCount: () => this.#scene?.list.length ?? 0,
    columnCount: () => 1,
    onMove: (place) => this.#point(place && this.#scene?.list[place.row]),
    onLock: ({ row }) => this.#lock(this.#scene!.list[row]!),
    onRelease: () => {
      this.element.tooltip.hide();
      return this.element.links.release();
    },
  });
  readonly #pointing = new Pointing<RankedHead>(this.element.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (head) => headSentence(this.#scene!, head),
    point: (head) => this.#point(head),
    isPointedAt: (head) => this.#isPointedAt(head),
    press: (head, firstTouch) => {
      if (head.rank < this.element.top) this.#grid.moveTo({ row: head.rank, column: 0 });
      if (firstTouch) this.#point(head);
      else this.#lock(head);
    },
    isHeld: () => this.#grid.focused,
  });
  readonly #painter = new HeadsPainter();
  #scene: HeadsScene | undefined;
  #version = 0;

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
    this.#grid.hostUpdate();
    return html`<div class="finder ${scene.wide ? 'wide' : ''}" .style=${`--thumb: ${thumbnailEdge}px`}>
        <div>${listTemplate(scene, this.#pointing, this.element.label)}</div>
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
          <select @change=${(event: Event) => (this.element.by = (event.target as HTMLSelectElement).value)}>
            ${figure.kinds.map((name, index) => html`<option value=${name} .selected=${index === scene.kind}>${words.headKinds[name]}</option>`)}
          </select></label
        >
        ${legendTemplate(scene.theme.sequential, { title: unitOf(scene), ends: ['0', String(Number(scene.full.toPrecision(2)))] })}
      </div>`;
  }

  text(figure: HeadsData): TemplateResult {
    const { kind } = this.#scene!;
    return textAlternative({
      heads: [words.rankedHead, words.rankedScore],
      rows: rankHeads(figure, kind).map((head) => ({ head: nameOf(head), cell: formatNumber(head.score) })),
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

  #kindOf(figure: HeadsData): number {
    const wanted =
      this.element.by === undefined ? 'induction' : oneOf(this.element.localName, 'by', this.element.by, ['induction', ...headKinds]);
    return Math.max(0, figure.kinds.indexOf(wanted));
  }

  #sceneOf(figure: HeadsData): HeadsScene {
    const kind = this.#kindOf(figure);
    const ranked = rankHeads(figure, kind);
    const { layer, head } = this.element.links.state;
    const chosen = ranked.find((entry) => entry.layer === layer && entry.head === head) ?? ranked[0]!;
    return {
      figure,
      version: this.#version,
      kind,
      list: ranked.slice(0, Math.max(1, this.element.top)),
      full: fullScore(figure, kind),
      chosen,
      wide: this.element.width >= wideFrom,
      width: this.element.width,
      selection: this.element.links.state,
      grid: this.#grid,
      theme: this.element.theme.current,
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
