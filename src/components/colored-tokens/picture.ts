// SPDX-License-Identifier: MIT
import { html, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { answers } from '../shared/answers.js';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { authorRamp } from '../shared/colour.js';
import { GridController } from '../shared/grid-controller.js';
import { legendStyles } from '../shared/legend.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { positionWithin } from '../shared/positions.js';
import { strings } from '../shared/strings.js';
import { rgbOf } from '../shared/theme-controller.js';
import { tokenStyles } from '../shared/token-view.js';
import { captionTemplate, tokenSentence } from './caption.js';
import { cellsOf } from './cells.js';
import type { ColoredTokensElement } from './colored-tokens.js';
import { coloredTokensStyles } from './colored-tokens.styles.js';
import { controlsTemplate } from './controls.js';
import { legendGrid, lineHeights } from './layout.js';
import { lineNeighbour } from './lines.js';
import type { TokensScene } from './scene.js';
import { tokensStrings } from './strings.js';
import { tokensText } from './text.js';
import { traceOfValues, tokensFromTrace, type TokensData } from './tokens-data.js';
import { scaleOf } from './value-scale.js';

export const styles: readonly CSSResult[] = [tokenStyles, legendStyles, coloredTokensStyles];

export function create(element: ColoredTokensElement): Picture<TokensData> {
  return new ColoredTokensPicture(element);
}

/** Colours the text by its values and marks on it what the reader points at. */
class ColoredTokensPicture extends PictureIn<ColoredTokensElement> implements Picture<TokensData> {
  readonly #grid = new GridController(this.element, {
    rowCount: () => 1,
    columnCount: () => this.element.figure?.tokens.length ?? 0,
    onMove: (place) => this.#point(place?.column),
    onLock: ({ column }) => this.#lock(column),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<number>(this.element.tooltip, {
    hit: positionUnder,
    sentence: (position) => tokenSentence(this.#scene!, position),
    point: (position) => this.#point(position),
    isPointedAt: (position) => this.element.links.state.query === position,
    press: (position, firstTouch) => this.#press(position, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  /** Number of the row that colours the text. */
  #chosen = 0;
  #scene: TokensScene | undefined;
  #marked: { here: Element | null; active: Element | null } = { here: null, active: null };

  update(changed: PropertyValues<ColoredTokensElement>): void {
    if (changed.has('row')) this.#chosen = this.#authorRow();
    if (changed.has('position')) this.#authorSelection();
  }

  // --- the data

  traceOf(value: unknown): unknown {
    const { tokens, values } = this.element;
    return values && tokens && (value as { values?: unknown }).values === values ? traceOfValues(tokens, values, this.element) : value;
  }

  read(trace: unknown): TokensData {
    return tokensFromTrace(trace);
  }

  promptOf(figure: TokensData): string {
    return figure.prompt;
  }

  sourceOf(figure: TokensData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest {
    const recorded = this.element.figure?.rows.flatMap(({ of }) => (of === undefined ? [] : [of])) ?? [];
    const asked = this.element.compute?.split(',').map((value) => value.trim());
    return { kind: 'tokens', options: { prompt, values: asked ?? (recorded.length > 0 ? recorded : ['surprise']) } };
  }

  onFigure(figure: TokensData): void {
    this.element.links.keepWithin(figure.tokens.length);
    this.#chosen = Math.min(this.#authorRow(), Math.max(0, figure.rows.length - 1));
    this.#authorSelection();
  }

  // --- the picture

  render(figure: TokensData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    const { mark, showValues, selection, shown } = scene;
    const classes = ['text', mark, showValues ? 'valued' : '', selection.locked ? 'locked' : ''].join(' ');
    return html`<div
        class=${classes}
        part="text"
        role="listbox"
        tabindex="0"
        .style=${`line-height: ${showValues ? '' : lineHeights[mark]}; --stripes: ${shown.length}`}
        aria-label=${this.element.label ?? tokensStrings.tokensLabel(shown.map(({ label }) => label).join(', '))}
        aria-describedby="hint"
        aria-activedescendant=${`t${this.#grid.active.column}`}
        ${answers({ ...this.#grid, onKeydown: this.#onKeydown }, this.#pointing)}
      >
        ${guard(this.#drawn(scene), () => cellsOf(scene))}
      </div>
      <p id="hint" class="visually-hidden">${tokensStrings.tokensHint}</p>
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      <div class="controls" part="controls" .style=${mark === 'underline' ? legendGrid : ''}>
        ${controlsTemplate(scene, this.#choose)}
      </div>`;
  }

  text(): TemplateResult {
    const scene = this.#scene!;
    return html`${guard(this.#drawn(scene), () => tokensText(scene))}`;
  }

  /** What text and table are made of: while it stays, they are not made again. */
  #drawn({ figure, chosen, mark, showValues, theme }: TokensScene): unknown[] {
    const { scale, minValue, maxValue, positiveColor, negativeColor } = this.element;
    return [figure, chosen, mark, showValues, theme, scale, minValue, maxValue, positiveColor, negativeColor];
  }

  readerState(): Record<string, unknown> {
    const { query, locked } = this.element.links.state;
    const { rows } = this.element.figure ?? { rows: [] };
    return { ...(rows.length > 1 && { row: String(this.#chosen) }), ...(locked && query !== undefined && { position: query }) };
  }

  #sceneOf(figure: TokensData): TokensScene {
    const mark = oneOf(this.element.localName, 'mark', this.element.mark, ['fill', 'underline']);
    const together = oneOf(this.element.localName, 'scale', this.element.scale, ['row', 'shared']) === 'shared';
    const author = { min: this.element.minValue, max: this.element.maxValue };
    const ramps = this.#ramps();
    return {
      figure,
      shown: mark === 'underline' ? figure.rows : figure.rows.slice(this.#chosen, this.#chosen + 1),
      chosen: this.#chosen,
      scales: figure.rows.map((row) => scaleOf(row, together ? figure.rows : [row], author, ramps)),
      mark,
      showValues: this.element.showValues,
      theme: this.element.theme.current,
      selection: this.element.links.state,
    };
  }

  #ramps(): Pick<TokensScene['theme'], 'sequential' | 'diverging'> {
    const { current } = this.element.theme;
    const above = this.element.positiveColor === undefined ? undefined : rgbOf(this.element.positiveColor);
    const below = this.element.negativeColor === undefined ? undefined : rgbOf(this.element.negativeColor);
    if (!above) return current;
    return { sequential: authorRamp(current.paper, above), diverging: below ? authorRamp(current.paper, above, below) : current.diverging };
  }

  /** What is pointed at is marked on the cells as they stand: a text of thousands of tokens is not drawn again for it. */
  updated(): void {
    const { query, locked } = this.element.links.state;
    const cell = (position: number | undefined): Element | null =>
      position === undefined ? null : this.element.renderRoot.querySelector(`#t${position}`);
    const here = cell(query);
    const active = this.#grid.focused ? cell(this.#grid.active.column) : null;
    const before = this.#marked;
    before.here?.classList.remove('here');
    before.here?.setAttribute('aria-selected', 'false');
    before.active?.removeAttribute('data-focus');
    here?.classList.add('here');
    if (locked) here?.setAttribute('aria-selected', 'true');
    active?.setAttribute('data-focus', '');
    this.#marked = { here, active };
  }

  // --- what the reader does

  readonly #choose = (row: number): void => {
    this.#chosen = row;
    this.element.requestUpdate();
  };

  /** Up and down go to the token above and below, wherever the lines break; the rest is the grid's. */
  readonly #onKeydown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0 || event.altKey || event.metaKey) return this.#grid.onKeydown(event);
    event.preventDefault();
    const cells = this.element.renderRoot.querySelectorAll('.cell');
    this.#grid.moveTo({ row: 0, column: lineNeighbour(cells, this.#grid.active.column, step) });
    this.#point(this.#grid.active.column);
  };

  #point(position: number | undefined): void {
    this.element.selection.preview(position === undefined ? undefined : { query: position }, this.element);
  }

  #press(position: number, firstTouch: boolean): void {
    this.#grid.moveTo({ row: 0, column: position });
    if (firstTouch) this.#point(position);
    else this.#lock(position);
  }

  #lock(position: number): void {
    this.element.selection.toggle({ query: position }, this.element);
    if (this.element.links.state.locked && this.#scene) announce(strings.selectionLocked(tokenSentence(this.#scene, position)));
  }

  #release(): boolean {
    this.element.tooltip.hide();
    return this.element.links.release();
  }

  #authorRow(): number {
    const { rows } = this.element.figure ?? { rows: [] };
    const named = rows.findIndex(({ label }) => label === this.element.row);
    return named >= 0 ? named : Math.max(0, Math.min(rows.length - 1, Math.trunc(Number(this.element.row ?? 0)) || 0));
  }

  #authorSelection(): void {
    const count = this.element.figure?.tokens.length ?? 0;
    if (this.element.position === undefined || Number.isNaN(this.element.position) || count === 0) return;
    const query = positionWithin(this.element.position, count);
    this.#grid.active = { row: 0, column: query };
    this.element.selection.lock({ query }, this.element);
  }
}

/** The position of the token that an event happened on. */
function positionUnder(event: Event): number | undefined {
  const cell = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.classList.contains('cell'));
  return cell && Number(cell.id.slice(1));
}
