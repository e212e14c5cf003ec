// SPDX-License-Identifier: MIT
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { announce } from '../../shared/announce.js';
import { cellUnder } from '../../shared/cell-under.js';
import { GridController, type GridPlace } from '../../shared/grid-controller.js';
import type { ModelProvider } from '../../shared/model-directory.js';
import { Pointing } from '../../shared/pointing.js';
import type { SelectionController } from '../../shared/selection-controller.js';
import { strings } from '../../shared/strings.js';
import type { Theme } from '../../shared/theme-controller.js';
import type { Tooltip } from '../../shared/tooltip.js';
import type { PatchingLayout } from '../layout.js';
import { type PatchingData } from '../patching-data.js';
import { greatest } from './places.js';
import type { PatchingScene } from './scene.js';
import { pictureStrings as words } from './strings.js';
import { type GridView } from '../view.js';
import { cellOf, siteOf, stateOf, targetOf } from './places.js';
import { captionTemplate } from './caption.js';
import { Carry, same } from './carry.js';
import { cellsTemplate, type GridListeners } from './cells.js';
import { controlsTemplate, type ControlsActions } from './controls.js';
import { Outputs } from './outputs.js';
import { outputSentence, outputsTemplate } from './outputs-view.js';
import { SweepPainter } from './painter.js';
import { movedSentence, patchingSentence } from './phrases.js';
import { promptsTemplate } from './strips.js';
import { patchingText } from './text.js';

/** What is drawn. */
export interface Picture {
  figure: PatchingData;
  view: GridView;
  layout: PatchingLayout;
  theme: Theme;
  /** The author's greatest value. */
  maxValue: number | undefined;
  /** The author's name of the figure. */
  label: string | undefined;
  /** A sweep runs. */
  running: boolean;
}

/** What the reader's side needs of the element. */
export interface ReaderModel {
  tooltip: Tooltip;
  links: SelectionController;
  provider(): ModelProvider | undefined;
  controls: ControlsActions;
}

type Host = ReactiveControllerHost & HTMLElement;

/** Draws a sweep and follows what the reader does in it: points, locks, carries states, asks what comes out. */
export class SweepReader {
  readonly #host: Host;
  readonly #model: ReaderModel;
  readonly #keys: GridController;
  readonly #pointing: Pointing<GridPlace>;
  readonly #carry: Carry;
  readonly #outputs: Outputs;
  readonly #painter = new SweepPainter();
  #picture: Picture | undefined;
  #scene: PatchingScene | undefined;
  /** The greatest effect, and of how many cells it is. */
  #most = { figure: undefined as PatchingData | undefined, missing: -1, value: 1 };
  /** The move whose output is shown, where it was to another cell. */
  #moved: { from: GridPlace; to: GridPlace } | undefined;

  constructor(host: Host, model: ReaderModel) {
    this.#host = host;
    this.#model = model;
    this.#keys = new GridController(host, {
      rowCount: () => this.#picture?.view.rows.length ?? 0,
      columnCount: () => this.#picture?.view.columns.length ?? 0,
      onMove: (cell) => (cell && this.#carry.from ? this.#carry.moveTo(cell) : this.#point(cell)),
      onLock: (cell) => this.#lock(cell),
      onRelease: () => this.#release(),
    });
    this.#pointing = new Pointing<GridPlace>(model.tooltip, {
      hit: (event) => this.#hit(event),
      sentence: (cell) => patchingSentence(this.#scene!, cell),
      point: (cell) => this.#point(cell),
      isPointedAt: (cell) => same(this.#pointed(), cell),
      press: (cell, firstTouch) => {
        this.#keys.moveTo(cell);
        if (firstTouch) this.#point(cell);
        else this.#lock(cell);
      },
      isHeld: () => this.#keys.focused,
    });
    this.#carry = new Carry({
      isMovable: () => this.#isMovable(),
      hit: (event, clamped) => this.#hit(event, clamped),
      active: () => this.#keys.active,
      onChange: () => host.requestUpdate(),
      onDrop: (from, to) => this.#drop(from, to),
    });
    this.#outputs = new Outputs({
      figure: () => this.#picture?.figure,
      provider: () => model.provider(),
      onChange: () => host.requestUpdate(),
      sentence: outputSentence,
    });
  }

  // --- the picture

  render(picture: Picture): TemplateResult {
    this.#outputs.onProvider();
    this.#picture = picture;
    this.#keys.hostUpdate(); // how many cells there are follows from the view
    const scene = (this.#scene = this.#sceneOf(picture));
    const { label, running } = picture;
    const metric = this.#moved && this.#outputs.result?.patched.value;
    return html`${promptsTemplate(scene)} ${cellsTemplate(scene, this.#listeners, label)}
      <div class="caption" part="caption">${captionTemplate(scene, running, metric)}</div>
      ${this.#renderOutputs(scene)}
      <div class="controls" part="controls">${controlsTemplate(scene, this.#model.controls)}</div>`;
  }

  /** The numbers as text, made again at the end of a sweep, not for every cell. */
  text(): TemplateResult {
    const { figure, view, running } = this.#picture!;
    const picked = view.picked.map(({ index }) => index).join();
    const done = running ? undefined : figure.missing.size;
    return html`${guard([figure, done, view.across, picked], () => patchingText(this.#scene!))}`;
  }

  /** Paints what the canvas lacks. */
  paint(root: ParentNode): void {
    const canvas = root.querySelector<HTMLCanvasElement>('.cells > canvas');
    if (canvas && this.#scene) this.#painter.paint(canvas, this.#scene);
  }

  /** The theme has changed. */
  forgetColours(): void {
    this.#painter.forget();
  }

  /** Data of other prompts: what lay over the cells, and what was known of outputs, is of no use. */
  forget(): void {
    this.#outputs.forget();
    this.leave();
  }

  /** Another part of the sweep is drawn. */
  leave(): void {
    this.#moved = undefined;
    this.#carry.stop();
  }

  /** Shows what comes out of the cell that the author has locked. */
  showLocked(picture: Pick<Picture, 'figure' | 'view'>): void {
    const { row, column } = cellOf(picture.figure, picture.view, this.#model.links.state);
    if (row === undefined || column === undefined) return;
    this.#picture = { ...this.#picture!, ...picture };
    const cell = { row, column };
    this.#keys.active = cell;
    this.#moved = undefined;
    if (this.#tells()) this.#outputs.show(this.#move(cell, cell));
  }

  #sceneOf({ figure, view, layout, theme, maxValue }: Picture): PatchingScene {
    const { path } = this.#carry;
    const { state } = this.#model.links;
    return {
      figure,
      view,
      layout,
      most: maxValue ?? this.#greatest(figure),
      pointed: path?.to ?? cellOf(figure, view, state),
      locked: state.locked,
      moving: path,
      moved: this.#moved,
      movable: this.#isMovable(),
      grid: this.#keys,
      theme,
    };
  }

  #greatest(figure: PatchingData): number {
    if (this.#most.figure !== figure || this.#most.missing !== figure.missing.size) {
      this.#most = { figure, missing: figure.missing.size, value: greatest(figure) };
    }
    return this.#most.value;
  }

  /** What comes out, once a cell was pressed, where the recording or a model can tell. */
  #renderOutputs({ figure, movable, theme }: PatchingScene): TemplateResult | typeof nothing {
    const provider = this.#model.provider();
    if (!this.#outputs.move || (!figure.outputs && !provider)) return nothing;
    const pointed = this.#pointed();
    const pick = (): void => {
      this.#carry.pickUp(pointed ?? this.#keys.active);
      this.#host.shadowRoot!.querySelector<HTMLElement>('[role=grid]')!.focus();
    };
    const buttons = this.#carry.from
      ? html`<span class="quiet">${words.moveHere}</span>
          <button type="button" @click=${() => this.#carry.stop()}>${words.moveStop}</button>`
      : movable && pointed
        ? html`<button type="button" @click=${pick}>${words.moveState}</button>`
        : nothing;
    return outputsTemplate({ figure, outputs: this.#outputs, provider, theme, buttons });
  }

  // --- what the reader does

  readonly #listeners: GridListeners = {
    onMove: (event) => {
      if (!this.#carry.onMove(event)) this.#pointing.onMove(event);
      else if (this.#carry.path) this.#model.tooltip.show(this.#movingText(this.#carry.path), event.clientX, event.clientY);
    },
    onLeave: (event) => {
      if (this.#carry.from) this.#model.tooltip.hide();
      else this.#pointing.onLeave(event);
    },
    onDown: (event) => {
      this.#pointing.onDown(event);
      this.#carry.onDown(event);
    },
    onUp: (event) => this.#carry.onUp(event),
    onCancel: () => void this.#carry.stop(),
    onClick: (event) => {
      if (!this.#carry.onClick(event)) this.#pointing.onClick(event);
    },
    onKeydown: (event) => {
      if (!this.#carry.onKeydown(event)) {
        this.#keys.onKeydown(event);
        return;
      }
      event.preventDefault();
      if (this.#carry.path) announce(this.#movingText(this.#carry.path));
    },
  };

  #movingText({ from, to }: { from: GridPlace; to: GridPlace }): string {
    return movedSentence(this.#scene!, from, to, undefined);
  }

  #move(from: GridPlace, to: GridPlace) {
    const { figure, view } = this.#picture!;
    return { site: siteOf(figure, view), from: stateOf(figure, view, from), to: stateOf(figure, view, to) };
  }

  #hit(event: MouseEvent, clamped = false): GridPlace | undefined {
    const canvas = this.#host.shadowRoot!.querySelector('.cells > canvas');
    if (!canvas || !this.#picture) return undefined;
    const { rows, columns } = this.#picture.view;
    return cellUnder(event, canvas, rows.length, columns.length, clamped);
  }

  /** Whether a state can be put elsewhere: of two prompts, and no pattern, whose entries belong to their places. */
  #isMovable(): boolean {
    if (!this.#picture || !this.#tells()) return false;
    const { figure, view } = this.#picture;
    return !siteOf(figure, view).startsWith('head_pattern');
  }

  /** Whether the figure can say what comes out of a patched run. */
  #tells(): boolean {
    const { technique, source, outputs, answer } = this.#picture!.figure;
    const asks = this.#model.provider() !== undefined && answer !== undefined;
    return technique === 'patching' && source !== undefined && (outputs !== undefined || asks);
  }

  /** The cell that is pointed at, if it is one. */
  #pointed(): GridPlace | undefined {
    const { figure, view } = this.#picture!;
    const { row, column } = cellOf(figure, view, this.#model.links.state);
    return row === undefined || column === undefined ? undefined : { row, column };
  }

  #point(cell: GridPlace | undefined): void {
    if (!this.#picture) return;
    const { figure, view } = this.#picture;
    this.#model.links.current.preview(cell && targetOf(figure, view, cell), this.#host);
  }

  #lock(cell: GridPlace): void {
    const { links } = this.#model;
    const { figure, view } = this.#picture!;
    if (links.state.locked && same(this.#pointed(), cell)) {
      links.current.release(this.#host);
      return;
    }
    links.current.lock(targetOf(figure, view, cell), this.#host);
    announce(strings.selectionLocked(patchingSentence(this.#scene!, cell)));
    this.#moved = undefined;
    if (this.#tells()) this.#outputs.show(this.#move(cell, cell));
  }

  #drop(from: GridPlace, to: GridPlace): void {
    const { figure, view } = this.#picture!;
    this.#model.tooltip.hide();
    this.#keys.moveTo(to);
    this.#moved = same(from, to) ? undefined : { from, to };
    this.#model.links.current.lock(targetOf(figure, view, to), this.#host);
    this.#outputs.show(this.#move(from, to));
  }

  #release(): boolean {
    this.#model.tooltip.hide();
    this.#moved = undefined;
    return this.#carry.stop() || this.#model.links.release();
  }
}
