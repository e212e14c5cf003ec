// SPDX-License-Identifier: MIT
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { announce } from './announce.js';
import { cssColour } from './colour.js';
import { version, VitrineError } from './core.js';
import { FigureErrorEvent, FigureLoadEvent, RunEvent } from './events.js';
import type { LiveModel } from './live-model.js';
import { LiveRun } from './live-run.js';
import { liveTemplate } from './live-view.js';
import { RecordedData } from './recorded-data.js';
import { strings } from './strings.js';
import { ThemeController } from './theme-controller.js';
import { Tooltip } from './tooltip.js';

type FigureState = 'loading' | 'error' | 'ready' | 'live';

/**
 * The base of every figure: where its data come from, what it shows while there are none, the page's theme and width, and the live
 * model. A figure says how its data are read ({@link read}), drawn ({@link renderFigure}) and computed ({@link runLive}).
 *
 * Custom states for styling from outside: `:state(loading)`, `:state(error)`, `:state(ready)`, `:state(live)`.
 */
export abstract class FigureElement<T> extends LitElement {
  /** @internal Compared when two copies of the library meet on a page. */
  static readonly vitrineVersion: string = version;

  /** URL of recorded data (JSON). The `data` property wins over it; it wins over a child script. */
  @property({ reflect: true }) src: string | undefined;
  /** Name of the figure for assistive technology; made from the data where it is left out. */
  @property() label: string | undefined;
  /** Id of the `<vitrine-model>` that can run this figure live. Without it, one that the figure stands in. */
  @property() model: string | undefined;
  /** The prompt of a live run; that of the recorded data where it is left out. */
  @property() prompt: string | undefined;
  /** Show the prompt in a field that the reader can retype. */
  @property({ type: Boolean }) editable = false;
  /** Height in CSS pixels to keep free until the data arrive, where the estimate from the width would be wrong. */
  @property({ type: Number }) reserve: number | undefined;
  /** Recorded data as an object, as `JSON.parse` gives it; wins over `src` and over a child script. */
  @property({ attribute: false }) data: unknown;

  protected readonly theme: ThemeController = new ThemeController(this, () => this.onTheme());
  protected readonly tooltip: Tooltip = new Tooltip(this);
  protected readonly live: LiveRun<T> = new LiveRun<T>(this, {
    run: (model, prompt, signal) => this.runLive(model, prompt, signal),
    onResult: (result, prompt, durationMs) => this.#onLiveResult(result, prompt, durationMs),
  });
  readonly #recorded = new RecordedData(this, {
    property: () => this.dataProperty(),
    onLoading: () => this.#onLoading(),
    onData: (value) => this.#onData(value),
    onError: (error) => this.#onError(error),
    onNothing: () => this.#onNothing(),
  });
  readonly #internals = this.attachInternals();
  #size: ResizeObserver | undefined;
  /** As wide as the figure and without height: drawing in answer to its size cannot change that size again. */
  readonly #measure = document.createElement('div');
  #figure: T | undefined;
  #error: VitrineError | undefined;
  #isLive = false;
  #loading = false;
  #loaded = false;

  /** Width of the figure in CSS pixels; 0 until it is laid out. */
  protected width = 0;

  /** What is drawn, or undefined before there is anything. */
  protected get figure(): T | undefined {
    return this.#figure;
  }

  /** The prompt of the drawn data. */
  protected abstract promptOf(figure: T): string;
  /** Reads recorded data. @throws VitrineError `invalid-trace` */
  protected abstract read(value: unknown): T;
  /** Draws the data; called only with a width above 0. */
  protected abstract renderFigure(figure: T): TemplateResult;
  /** Keeps the place of the figure free while its data are on their way: boxes of the same heights, with nothing in them. */
  protected abstract renderWaiting(width: number): TemplateResult;
  /** Computes the figure's data with a live model. */
  protected abstract runLive(model: LiveModel, prompt: string, signal: AbortSignal): Promise<T>;
  /** New data are about to be drawn. */
  protected onFigure?(figure: T): void;

  /** Name of the model that the drawn data come from. */
  protected abstract sourceOf(figure: T): string;

  override connectedCallback(): void {
    super.connectedCallback();
    this.renderRoot.append(this.#measure);
    this.width = this.#measure.clientWidth;
    this.#size = new ResizeObserver(([entry]) => {
      const { width } = entry!.contentRect;
      if (width === 0 || width === this.width) return;
      this.width = width;
      this.requestUpdate();
    });
    this.#size.observe(this.#measure);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size?.disconnect();
    this.#size = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('src') || changed.has('data')) if (this.hasUpdated) this.#recorded.refresh();
    if (changed.has('model') && this.hasUpdated) this.live.resolve();
    if (changed.has('prompt')) this.live.offer(this.prompt);
  }

  /** Recorded data given by a property, in whatever form. */
  protected dataProperty(): unknown {
    return this.data;
  }

  #onLoading(): void {
    this.#loading = true;
    this.#error = undefined;
    this.#show();
  }

  #onNothing(): void {
    this.#loading = false;
    this.#show();
  }

  #onData(value: unknown): void {
    this.#loading = false;
    try {
      this.#isLive = false;
      this.#draw(this.read(value));
    } catch (error) {
      this.#onError(
        error instanceof VitrineError
          ? error
          : new VitrineError('invalid-trace', `The data cannot be read: ${String(error)}`, { cause: error }),
      );
    }
  }

  #onError(error: VitrineError): void {
    this.#loading = false;
    this.#error = error;
    this.#figure = undefined;
    this.#show();
    this.dispatchEvent(new FigureErrorEvent(error.code, error.message, error.cause));
  }

  #onLiveResult(result: T, prompt: string, durationMs: number): void {
    this.#isLive = true;
    this.#draw(result);
    announce(strings.runFinished(this.label ?? this.localName));
    this.dispatchEvent(new RunEvent(prompt, durationMs));
  }

  /** The theme has changed: cells are painted again. */
  protected onTheme(): void {
    this.requestUpdate();
  }

  #draw(figure: T): void {
    this.#error = undefined;
    this.#figure = figure;
    this.onFigure?.(figure);
    this.live.offer(this.prompt ?? this.promptOf(figure));
    this.#loaded = false;
    this.#show();
  }

  #show(): void {
    const state: FigureState | undefined = this.#error
      ? 'error'
      : this.#figure
        ? this.#isLive
          ? 'live'
          : 'ready'
        : this.#loading
          ? 'loading'
          : undefined;
    for (const name of ['loading', 'error', 'ready', 'live'] as const) {
      if (name === state || (name === 'ready' && state === 'live')) this.#internals.states.add(name);
      else this.#internals.states.delete(name);
    }
    this.requestUpdate();
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.#figure && this.width > 0 && !this.#loaded) {
      this.#loaded = true;
      this.dispatchEvent(new FigureLoadEvent());
    }
  }

  protected override render(): TemplateResult {
    const figure = this.width > 0 ? this.#figure : undefined;
    const waiting = !figure && (this.#loading || this.prompt !== undefined) && !this.#error;
    const { dark, ink } = this.theme.current;
    // As a property, not an attribute: a strict style-src allows this.
    return html`<div class="figure" part="figure" .style=${`--figure-scheme: ${dark ? 'dark' : 'light'}; --figure-ink: ${cssColour(ink)}`}>
      ${this.#error ? this.#renderError(this.#error) : nothing} ${figure ? this.renderFigure(figure) : nothing}
      <div class=${waiting ? 'room' : nothing}>
        ${waiting && this.width > 0 ? this.#renderPlace() : nothing}
        <div class="fallback" part="fallback" ?hidden=${figure !== undefined}><slot></slot></div>
      </div>
      ${this.#error && !figure ? nothing : liveTemplate(this.live, this.#liveOptions(figure))} ${this.tooltip.render()}
    </div>`;
  }

  #liveOptions(figure: T | undefined) {
    const wanted = this.model !== undefined || this.live.provider !== undefined;
    return {
      wanted,
      editable: this.editable,
      missing: this.model !== undefined && !this.live.provider ? strings.noModel(this.model) : undefined,
      source: !figure ? undefined : this.#isLive ? strings.liveFrom(this.sourceOf(figure)) : strings.recordedFrom(this.sourceOf(figure)),
    };
  }

  #renderPlace(): TemplateResult {
    const place = this.reserve === undefined ? this.renderWaiting(this.width) : html`<div .style=${`block-size: ${this.reserve}px`}></div>`;
    return html`<div class="waiting" part="waiting">
      ${this.#loading ? html`<span class="visually-hidden">${strings.loading}</span>` : nothing}${place}
    </div>`;
  }

  #renderError(error: VitrineError): TemplateResult {
    return html`<div class="error" part="error" role="alert">
      ${error.message}<button type="button" @click=${this.#retry}>${strings.retry}</button>
    </div>`;
  }

  readonly #retry = (): void => this.refreshData();

  /** Reads the data again, from the same place. */
  refreshData(): void {
    this.#recorded.refresh();
  }
}
