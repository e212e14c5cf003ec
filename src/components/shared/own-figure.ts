// SPDX-License-Identifier: MIT
import type { PropertyValues, TemplateResult } from 'lit';
import { FigureElement } from './figure-element.js';
import type { Lazy } from './lazy.js';
import type { LiveRequest } from './live-model.js';
import type { Picture, PictureModule } from './picture.js';

/** A figure whose picture is not a module of its own yet. */
export abstract class OwnFigure<T> extends FigureElement<T> {
  protected abstract promptOf(figure: T): string;
  protected abstract read(value: unknown): T;
  protected abstract renderFigure(figure: T): TemplateResult;
  protected abstract liveRequest(prompt: string): LiveRequest | undefined;
  protected abstract sourceOf(figure: T): string;
  protected onLivePart?(part: unknown): void;
  protected renderText?(figure: T): TemplateResult;
  protected readerState?(): Readonly<Record<string, unknown>>;
  protected liveProgress?(): string | undefined;
  protected onFigure?(figure: T): void;
  protected onTheme(): void {
    this.requestUpdate();
  }
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
  }

  protected override readonly pictures = {
    module: { styles: [], create: (element: OwnFigure<T>) => element.own() },
  } as unknown as Lazy<PictureModule<T, this>>;

  private own(): Picture<T> {
    return {
      read: (value) => this.read(value),
      promptOf: (figure) => this.promptOf(figure),
      sourceOf: (figure) => this.sourceOf(figure),
      liveRequest: (prompt) => this.liveRequest(prompt),
      render: (figure) => this.renderFigure(figure),
      text: (figure) => this.renderText?.(figure) as TemplateResult,
      onFigure: (figure) => this.onFigure?.(figure),
      onLivePart: (part) => this.onLivePart?.(part),
      onTheme: () => this.onTheme(),
      readerState: () => this.readerState?.() ?? {},
      liveProgress: () => this.liveProgress?.(),
    };
  }
}
