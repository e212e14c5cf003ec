// SPDX-License-Identifier: MIT
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import type { TableOptions } from './core.js';
import type { LiveRequest } from './live-model.js';

/**
 * What a figure does with its data: reads them, draws them, answers the reader. The element itself knows its properties and the place
 * that it will take, so that a page pays for the pictures that it shows.
 */
export interface Picture<T> {
  /** A trace of data that came in another form, such as the arrays of CircuitsVis. @throws VitrineError `invalid-trace` */
  traceOf?(value: unknown): unknown;
  /** Reads a trace. @throws VitrineError `invalid-trace` */
  read(trace: unknown): T;
  /** The prompt of the drawn data. */
  promptOf(figure: T): string;
  /** Name of the model that the drawn data come from. */
  sourceOf(figure: T): string;
  /** What a live run has the model compute; undefined where the reader or the author still has to say something. */
  liveRequest(prompt: string): LiveRequest | undefined | Promise<LiveRequest | undefined>;
  /** Draws the data; called only with a width above 0. */
  render(figure: T): TemplateResult;
  /** What the figure shows, as text or a table behind a disclosure. */
  text?(figure: T): TemplateResult;
  /** Properties of the element have changed; called before it is drawn, once there are data. */
  update?(changed: PropertyValues): void;
  /** The figure has been drawn: canvases are painted now. */
  updated?(changed: PropertyValues): void;
  /** New data are about to be drawn. */
  onFigure?(figure: T): void;
  /** A part of a live figure that comes in parts. */
  onLivePart?(part: unknown): void;
  /** What a live run has given, as it is drawn: with what earlier runs gave, say. */
  liveResult?(trace: unknown): unknown;
  /** The theme has changed: cells are painted again. */
  onTheme?(): void;
  /** What the reader has chosen, as attributes of the element: a figure with them opens on the same state. */
  readerState?(): Readonly<Record<string, unknown>>;
  /** More fields of a live run, under the prompt, where the reader can retype it. */
  liveFields?(): TemplateResult | undefined;
  /** How far a live run has come, in words. */
  liveProgress?(): string | undefined;
  /** The trace of what is drawn, where it is more than what was read. */
  drawnTrace?(trace: unknown): unknown;
  /** Which numbers a table of the figure holds, where it is not all of them. */
  tableOptions?(): TableOptions;
}

/** The module of a kind of picture. */
export interface PictureModule<T, E> {
  readonly styles: readonly CSSResult[];
  create(element: E): Picture<T>;
}

/** A picture and the element that it is drawn in. */
export abstract class PictureIn<E> {
  protected readonly element: E;

  constructor(element: E) {
    this.element = element;
  }
}
