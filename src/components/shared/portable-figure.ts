// SPDX-License-Identifier: MIT
import { LitElement, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { announce } from './announce.js';
import { reasonOf, storable, type TableOptions } from './core.js';
import { saveMenu, type SaveFormat } from './save-menu.js';
import type { ThemeController } from './theme-controller.js';

/**
 * The side of a figure that is turned outward: what is drawn, taken elsewhere as data, state, picture, table or page. What writes the files
 * is loaded when one is saved.
 */
export abstract class PortableFigure extends LitElement {
  /** @internal The tag under which the bundle registers the element; a saved page uses it. */
  static readonly tag: string = '';

  /** Name of the figure for assistive technology; made from the data where it is left out. */
  @property() label: string | undefined;

  /** Why saving has failed, said beside the buttons. */
  @state() private saveFailure: string | undefined;

  /** @internal What the page around the figure looks like. */
  abstract readonly theme: ThemeController;
  /** @internal The trace of what is drawn, its numbers still in memory where they were computed here; undefined before there is anything. */
  abstract get drawnTrace(): unknown;
  /** @internal Which of its numbers {@link toCSV} gives. */
  abstract get tableOptions(): TableOptions;

  /**
   * The data of the drawn figure in the recorded form: what `src`, `data` and a child script take.
   *
   * @returns undefined before anything is drawn
   */
  toJSON(): unknown {
    return this.drawnTrace === undefined ? undefined : storable(this.drawnTrace);
  }

  /** What the author has set, as plain data; {@link setState} takes it back. */
  getState(): Record<string, unknown> {
    const { elementProperties } = this.constructor as typeof LitElement;
    const own: Record<string, unknown> = {};
    for (const [name, { attribute }] of elementProperties) {
      const value = (this as unknown as Record<PropertyKey, unknown>)[name];
      if (attribute !== false && typeof name === 'string' && !notState.has(name) && value !== undefined) own[name] = value;
    }
    return own;
  }

  /** Puts the figure into a state that {@link getState} has told; what it does not name stays. Unknown names are passed over. */
  setState(state: Readonly<Record<string, unknown>>): void {
    const { elementProperties } = this.constructor as typeof LitElement;
    for (const [name, value] of Object.entries(state)) {
      if (elementProperties.has(name) && !notState.has(name)) (this as unknown as Record<string, unknown>)[name] = value;
    }
  }

  /**
   * The figure as a picture, without its controls.
   *
   * @param options - `scale`: picture pixels per CSS pixel, 2 by default; `background`: a CSS colour, the page's paper by default,
   *   `transparent` for none
   * @throws VitrineError `invalid-option` before anything is drawn
   */
  async toBlob(options: { scale?: number; background?: string } = {}): Promise<Blob> {
    return (await exporting()).toBlob(this, options);
  }

  /** The figure as an SVG document: cells as one embedded picture, text as text. See {@link toBlob}. */
  async toSVG(options: { background?: string } = {}): Promise<string> {
    return (await exporting()).toSVG(this, options);
  }

  /**
   * The figure as a page that needs no other file: the bundle, the data and the state are inside.
   *
   * @param options - `script`: URL of `vitrine-page.min.js`, where it is not beside the bundle that this page has loaded
   * @throws VitrineError `invalid-option` where that is not known, `network` where it cannot be read
   */
  async toHTML(options: { script?: string } = {}): Promise<string> {
    return (await exporting()).toHTML(this, options);
  }

  /**
   * The numbers of the figure as comma-separated values, a row for each: of attention the shown head or heads, of other figures all. See
   * `traceTable` for the columns.
   *
   * @param options - `table`: another table of the figure's trace than the first, `heads`: of attention, other heads
   * @throws VitrineError `invalid-option` before anything is drawn, and for a table or a head that there is not
   */
  async toCSV(options: TableOptions = {}): Promise<string> {
    return (await exporting()).toTable(this, options);
  }

  /** The ways to save it. */
  protected renderSaveMenu(): TemplateResult {
    return saveMenu((format) => void this.#save(format), this.saveFailure);
  }

  async #save(format: SaveFormat): Promise<void> {
    this.saveFailure = undefined;
    try {
      await (await exporting()).save(this, format);
    } catch (error) {
      this.saveFailure = reasonOf(error);
      announce(this.saveFailure);
    }
  }
}

/** Loaded when a figure is saved, never before. */
const exporting = () => import('./export/index.js');

/** Where data and model come from is no part of a state. */
const notState = new Set(['src', 'model', 'reserve', 'data', 'selection']);
