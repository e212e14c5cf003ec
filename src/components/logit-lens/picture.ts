// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { GridController, type GridPlace } from '../shared/grid-controller.js';
import { Lazy } from '../shared/lazy.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { positionWithin } from '../shared/positions.js';
import { strings } from '../shared/strings.js';
import { tokenStyles } from '../shared/token-view.js';
import { lensSentence, tooltipSentence } from './grid/caption.js';
import { lensTemplate } from './grid/lens.js';
import { gridStyles } from './grid/styles.js';
import { lensFromTrace, type LensData } from './lens-data.js';
import { layoutLens, windowStart, type LensLayout } from './layout.js';
import type { LogitLensElement } from './logit-lens.js';
import { cellAt, chosenCell, selectionOf, type LensHome } from './place.js';
import { shownPoints } from './rows.js';
import type { LensCell, LensScene } from './scene.js';
import type { LensReader } from './trajectories/reader.js';

/** Curves, further colours and column widths come after the grid, into a place that is kept free. */
const readers = new Lazy(() => import('./trajectories/reader.js'));

export const styles: readonly CSSResult[] = [tokenStyles, legendStyles, gridStyles];

export function create(element: LogitLensElement): Picture<LensData> {
  return new LensPicture(element);
}

/** Reads a lens, draws it, and follows what the reader points at. */
class LensPicture extends PictureIn<LogitLensElement> implements Picture<LensData> {
  /** The chosen cell, when nothing is pointed at. */
  #home: LensHome = { point: 0, position: 0 };
  /** The position in the first column. */
  #first = 0;
  readonly #grid = new GridController(this.element, {
    rowCount: () => this.#rows().length + Number(this.#inGrid()),
    columnCount: () => this.#columnCount(),
    onMove: (place) => this.#point(place && this.#cell(place)),
    onLock: (place) => this.#act(this.#cell(place)),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<LensCell>(this.element.tooltip, {
    hit: (event) => this.#hit(event),
    sentence: (cell) => tooltipSentence(this.element.figure!, cell, this.element.colour !== 'top'),
    point: (cell) => this.#point(cell),
    isPointedAt: (cell) => this.#isPointedAt(cell),
    press: (cell, firstTouch) => this.#press(cell, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  #layout: LensLayout | undefined;
  #scene: LensScene | undefined;
  /** The candidate that is pointed at; the selection itself knows point and position. */
  #rank = 0;
  #reader: LensReader | undefined;

  update(changed: PropertyValues<LogitLensElement>): void {
    this.#curves(); // before the update reaches its controllers
    if (changed.has('position') || changed.has('row')) this.#authorSelection();
  }

  // --- the data

  read(value: unknown): LensData {
    return lensFromTrace(value);
  }

  promptOf(figure: LensData): string {
    return figure.prompt;
  }

  sourceOf(figure: LensData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest {
    const target = this.element.target === undefined ? {} : { target: this.element.target };
    return { kind: 'logit-lens', options: { prompt, topK: this.element.topK, norm: this.element.norm, ...target } };
  }

  onFigure(figure: LensData): void {
    this.element.links.keepWithin(figure.tokens.length);
    this.#home = { point: figure.labels.length - 1, position: figure.tokens.length - 1 };
    this.#authorSelection();
  }

  // --- the picture

  render(figure: LensData): TemplateResult {
    const layout = (this.#layout = layoutLens(this.element.width, figure.tokens.length, figure.k, this.element.columnWidth));
    this.#grid.hostUpdate(); // how many columns there are follows from the layout
    const reader = this.#curves();
    const scene = (this.#scene = this.#sceneOf(figure, layout));
    const curves = this.element.chart !== 'none';
    return lensTemplate(scene, {
      pointing: this.#pointing,
      columnCount: this.#columnCount(),
      label: this.element.label,
      curves,
      promise: this.element,
      reader,
      choose: this.#choose,
    });
  }

  text(): TemplateResult {
    return (
      this.#reader?.text(this.#scene!) ??
      html`<details>
        <summary>${strings.textAlternative}</summary>
      </details>`
    );
  }

  readerState(): Record<string, unknown> {
    const { position, point } = this.#home;
    return { position, row: this.element.links.state.locked ? this.element.figure?.labels[point] : '' };
  }

  /** What a reader has beyond the grid, once it is there. */
  #curves(): LensReader | undefined {
    const module = readers.of(this.element);
    if (!this.#reader && module) {
      this.#reader = new module.LensReader(this.element, {
        tooltip: this.element.tooltip,
        scene: () => this.#scene!,
        isLive: () => this.element.live.status === 'live',
        point: (cell) => this.#point(cell),
        press: (cell, firstTouch) => this.#press(cell, firstTouch),
        isPointedAt: (cell) => this.#isPointedAt(cell),
        isHeld: () => this.#grid.focused,
      });
    }
    return this.#reader;
  }

  #sceneOf(figure: LensData, layout: LensLayout): LensScene {
    const chosen = chosenCell(figure, this.element.links.state, this.#home, this.#rank);
    const shown = this.#grid.focused ? this.#grid.active.column : chosen.position;
    if (layout.mode === 'grid') this.#first = windowStart(this.#first, layout.columns, figure.tokens.length, shown);
    return {
      figure,
      layout,
      ...this.#shown(),
      first: this.#first,
      chosen,
      colour: this.element.colour,
      theme: this.element.theme.current,
      selection: this.element.links.state,
      grid: this.#grid,
      pins: this.#reader?.pins(figure) ?? [],
      compared: this.#reader?.compared(figure) ?? [],
    };
  }

  // --- what the reader does

  #hit(event: Event): LensCell | undefined {
    const cell = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined);
    return cell && this.element.figure && this.#cell({ row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) });
  }

  #cell(place: GridPlace): LensCell {
    return cellAt(place, this.#rows(), this.#inGrid(), this.#home);
  }

  #isPointedAt({ point, position, rank }: LensCell): boolean {
    const { query, point: label } = this.element.links.state;
    return query === position && label === this.element.figure?.labels[point] && this.#rank === rank;
  }

  #point(cell: LensCell | undefined): void {
    if (!this.element.links.state.locked) {
      this.#rank = cell?.rank ?? 0;
      this.element.requestUpdate();
    }
    this.element.selection.preview(cell && this.element.figure && selectionOf(this.element.figure, cell), this.element);
  }

  #press(cell: LensCell, firstTouch: boolean): void {
    const rows = this.#rows();
    const column = this.#inGrid() ? cell.position : cell.rank;
    this.#grid.moveTo({ row: cell.prompt ? rows.length : Math.max(0, rows.indexOf(cell.point)), column });
    if (firstTouch && !cell.prompt) this.#point(cell);
    else this.#act(cell);
  }

  #act(cell: LensCell): void {
    if (cell.prompt) this.#reader?.actions.compare(cell.position);
    else this.#lock(cell);
  }

  #lock(cell: LensCell): void {
    const again = this.element.links.state.locked && this.#isPointedAt(cell);
    this.#rank = cell.rank;
    this.#home = { point: cell.point, position: cell.position };
    this.element.requestUpdate();
    if (again) {
      this.element.selection.release(this.element);
      return;
    }
    this.element.selection.lock(selectionOf(this.element.figure!, cell), this.element);
    announce(strings.selectionLocked(lensSentence(this.element.figure!, cell)));
  }

  #release(): boolean {
    this.element.tooltip.hide();
    return this.element.links.release();
  }

  /** Chooses a position: the figure stays on it, and what was locked is let go. */
  readonly #choose = (position: number): void => {
    const figure = this.element.figure;
    if (!figure) return;
    const within = Math.min(figure.tokens.length - 1, Math.max(0, position));
    this.#home = { point: this.#home.point, position: within };
    this.element.requestUpdate();
    this.#rank = 0;
    this.element.selection.release(this.element);
    if (this.#inGrid()) this.#grid.moveTo({ row: this.#grid.active.row, column: within });
  };

  /** Where the author has the figure stand, by `position` and `row`. */
  #authorSelection(): void {
    const figure = this.element.figure;
    if (!figure || figure.tokens.length === 0) return;
    const point = this.element.row ? Math.max(0, figure.labels.indexOf(this.element.row)) : figure.labels.length - 1;
    const position = positionWithin(this.element.position ?? -1, figure.tokens.length);
    this.#home = { point, position };
    if (this.element.row) {
      this.#rank = 0;
      this.element.selection.lock(selectionOf(figure, { point, position, rank: 0 }), this.element);
    } else if (this.element.row === '') this.element.selection.release(this.element);
    this.#grid.active = { row: Math.max(0, this.#rows().indexOf(point)), column: this.#inGrid() ? position : 0 };
  }

  // --- how many rows and columns

  #inGrid(): boolean {
    return this.#layout?.mode !== 'position';
  }

  #shown(): { rows: number[]; stride: number } {
    const { points, stride, maxRows: most } = this.element;
    const { labels = [] } = this.element.figure ?? {};
    const keep = this.element.row ? labels.indexOf(this.element.row) : undefined;
    return shownPoints(labels, { points, stride, most, keep });
  }

  #rows(): number[] {
    return this.#shown().rows;
  }

  #columnCount(): number {
    if (!this.element.figure) return 0;
    return this.#inGrid() ? this.element.figure.tokens.length : this.#layout!.columns;
  }
}
