// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { announce } from './announce.js';
import { attributeOf, warnOnce } from './attribute-value.js';
import { cssColour } from './colour.js';
import { isVitrineError, reasonOf, version, VitrineError, type Provenance, type TableOptions } from './core.js';
import { FigureErrorEvent, FigureLoadEvent, RunEvent } from './events.js';
import type { Lazy } from './lazy.js';
import { LiveRun } from './live-run.js';
import { liveTemplate } from './live-view.js';
import type { Picture, PictureModule } from './picture.js';
import { followLinks } from './prose-links.js';
import { RecordedData } from './recorded-data.js';
import { PortableFigure } from './portable-figure.js';
import { onSentences } from './sentences.js';
import { strings } from './strings.js';
import { figureStyles } from './styles.js';
import { ThemeController } from './theme-controller.js';
import { Tooltip, tooltipStyles } from './tooltip.js';

type FigureState = 'loading' | 'error' | 'ready' | 'live';

/**
 * The base of every figure: where its data come from, what it shows while there are none, the page's theme and width, and the live model.
 * What reads, draws and answers is a {@link Picture}, in a module that is loaded with the first figure of its kind.
 *
 * Custom states for styling from outside: `:state(loading)`, `:state(error)`, `:state(ready)`, `:state(live)`.
 */
export abstract class FigureElement<T> extends PortableFigure {
  /** @internal Compared when two copies of the library meet on a page. */
  static readonly vitrineVersion: string = version;

  /** @internal */
  static override styles: CSSResult[] = [figureStyles, tooltipStyles];

  /** URL of recorded data (JSON). The `data` property wins over it; it wins over a child script. */
  @property({ reflect: true }) src: string | undefined;
  /** Id of the `<vitrine-model>` that can run this figure live. Without it, one that the figure stands in. */
  @property() model: string | undefined;
  /** The prompt of a live run; that of the recorded data where it is left out. */
  @property() prompt: string | undefined;
  /** Show the prompt in a field that the reader can retype. */
  @property({ type: Boolean }) editable = false;
  /** Height in CSS pixels to keep free until the data arrive, where the estimate from the width would be wrong. */
  @property({ type: Number }) reserve: number | undefined;
  /** What a reader may do with the figure: `save` offers it as picture, drawing, data, table and page; `none` offers nothing. */
  @property() actions: 'save' | 'none' = 'save';
  /** Say under the figure where its numbers come from: model, file, version. */
  @property({ type: Boolean }) provenance = false;
  /** Recorded data as an object, as `JSON.parse` gives it; wins over `src` and over a child script. */
  @property({ attribute: false }) data: unknown;

  /** @internal */
  override readonly theme: ThemeController = new ThemeController(this, () => this.#onTheme());
  /** @internal The sentence beside the pointer. */
  readonly tooltip: Tooltip = new Tooltip(this);
  /** @internal Modules on their way; `updateComplete` waits for them. */
  readonly waits: Set<Promise<unknown>> = new Set();
  /** @internal Its prompt on the model of the page. */
  readonly live: LiveRun<unknown> = new LiveRun<unknown>(this, {
    run: async (model, prompt, signal) => {
      const picture = await this.#withPicture();
      const request = await picture.liveRequest(prompt);
      if (!request || signal.aborted) return undefined;
      const onPart = (part: unknown): void => {
        if (!signal.aborted) picture.onLivePart?.(part);
      };
      return model.figure(request.kind, request.options as never, { signal, onPart });
    },
    onResult: (result, prompt, durationMs) => this.#onLiveResult(result, prompt, durationMs),
    needsPrompt: () => this.needsPrompt,
    onPressOnly: () => this.runsOnPressOnly,
  });
  readonly #recorded = new RecordedData(this, {
    property: () => this.dataProperty(),
    onLoading: () => {
      this.#unread = undefined;
      this.#onLoading();
    },
    onData: (value) => this.#onData(value),
    onError: (error) => this.#onError(error),
    onNothing: () => this.#onNothing(),
  });
  readonly #internals = this.attachInternals();
  #size: ResizeObserver | undefined;
  /** As wide as the figure and without height: drawing in answer to its size cannot change that size again. */
  readonly #measure = document.createElement('div');
  #picture: Picture<T> | undefined;
  /** Data that wait for what reads them. */
  #unread: { value: unknown } | undefined;
  /** What the drawn figure was read from. */
  #trace: unknown;
  #figure: T | undefined;
  #error: VitrineError | undefined;
  #isLive = false;
  #loading = false;
  #loaded = false;

  /** @internal Width of the figure in CSS pixels; 0 until it is laid out. */
  width = 0;

  /** @internal What is drawn, or undefined before there is anything. */
  get figure(): T | undefined {
    return this.#figure;
  }

  /** What reads, draws and answers, once its module is there. */
  protected get picture(): Picture<T> | undefined {
    return this.#picture;
  }

  /** The module with the {@link picture}. */
  protected abstract readonly pictures: Lazy<PictureModule<T, this>>;
  /** Keeps the place of the figure free while its data are on their way: boxes of the same heights, with nothing in them. */
  protected abstract renderWaiting(width: number): TemplateResult;

  /** Whether a live run takes a prompt; a figure of the model itself takes none. */
  protected get needsPrompt(): boolean {
    return true;
  }
  /** Whether a live run can take a prompt at all. */
  protected get takesPrompt(): boolean {
    return true;
  }
  /** Whether a live run starts by the reader's press alone, not by itself when the model is there. */
  protected get runsOnPressOnly(): boolean {
    return false;
  }
  /** Name of the prompt's field, where it is not "Prompt". */
  protected get promptLabel(): string | undefined {
    return undefined;
  }
  /** More fields of a live run, where they take a place before the picture is there. */
  protected renderLiveFields(): TemplateResult | undefined {
    return this.#picture?.liveFields?.();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    followLinks((node): node is FigureElement<unknown> => node instanceof FigureElement);
    void this.#withPicture().catch(() => undefined); // said where data wait for it
    this.renderRoot.append(this.#measure);
    this.width = this.#measure.clientWidth;
    this.#size = new ResizeObserver(([entry]) => {
      const { width } = entry!.contentRect;
      if (width === 0 || width === this.width) return;
      this.width = width;
      this.requestUpdate();
    });
    this.#size.observe(this.#measure);
    onSentences.add(this.#retell);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    onSentences.delete(this.#retell);
    this.#size?.disconnect();
    this.#size = undefined;
  }

  /** A number that is none leaves the property as it is, and the author is told; an attribute that is taken away leaves the default. */
  override attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    const { elementProperties } = this.constructor as typeof LitElement;
    const [property, { type } = {}] = [...elementProperties].find(([key, options]) => attributeOf(key, options) === name) ?? [];
    if (type === Number && value !== null && Number.isNaN(Number(value))) {
      warnOnce(strings.noNumber(this.localName, name, value));
      return;
    }
    super.attributeChangedCallback(name, before, value);
    const own = this as Record<PropertyKey, unknown>;
    if (value === null && property && own[property] === null) {
      own[property] = new (this.constructor as new () => typeof own)()[property];
    }
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('src') || changed.has('data')) if (this.hasUpdated) this.#recorded.refresh();
    if (changed.has('model') && this.hasUpdated) this.live.resolve();
    if (changed.has('prompt')) this.live.offer(this.prompt);
    if (this.#figure !== undefined) this.#picture?.update?.(changed);
  }

  /** Resolves when the figure is drawn, also where something had to be loaded first. */
  protected override async getUpdateComplete(): Promise<boolean> {
    let done = await super.getUpdateComplete();
    while (this.waits.size > 0) {
      await Promise.all(this.waits);
      done = await super.getUpdateComplete();
    }
    return done;
  }

  /** The picture, loaded where it is not there yet. */
  #withPicture(): Promise<Picture<T>> {
    const { module } = this.pictures;
    if (module) return Promise.resolve(this.#pictureOf(module));
    return this.pictures.load(this).then(
      (loaded) => {
        const picture = this.#pictureOf(loaded);
        this.#read();
        return picture;
      },
      (error: unknown) => {
        const failure = new VitrineError('network', strings.pictureFailed(this.localName, reasonOf(error)), { cause: error });
        if (this.#unread) this.#onError(failure);
        throw failure;
      },
    );
  }

  #pictureOf({ styles, create }: PictureModule<T, this>): Picture<T> {
    if (!this.#picture) {
      this.#picture = create(this);
      this.requestUpdate();
      const root = this.renderRoot as ShadowRoot;
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...styles.map(({ styleSheet }) => styleSheet!)];
    }
    return this.#picture;
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
    this.#unread = undefined;
    this.#loading = false;
    this.#show();
  }

  #onData(value: unknown): void {
    this.#unread = { value };
    const { module } = this.pictures;
    if (module) this.#pictureOf(module);
    if (this.#picture) this.#read();
    else {
      this.#onLoading();
      void this.#withPicture().catch(() => undefined);
    }
  }

  /** Reads and draws the data that wait. */
  #read(): void {
    if (!this.#unread) return;
    const { value } = this.#unread;
    this.#unread = undefined;
    this.#loading = false;
    try {
      const trace = this.#picture!.traceOf?.(value) ?? value;
      const figure = this.#picture!.read(trace);
      this.#isLive = false;
      this.#draw(figure, trace);
    } catch (error) {
      this.#onError(
        isVitrineError(error) ? error : new VitrineError('invalid-trace', `The data cannot be read: ${String(error)}`, { cause: error }),
      );
    }
  }

  #onError(error: VitrineError): void {
    this.#unread = undefined;
    this.#loading = false;
    this.#error = error;
    this.#figure = undefined;
    this.#show();
    this.dispatchEvent(new FigureErrorEvent(error.code, error.message, error.cause));
  }

  #onLiveResult(result: unknown, prompt: string, durationMs: number): void {
    this.drawLive(this.#picture!.liveResult?.(result) ?? result);
    announce(strings.runFinished(this.label ?? this.localName));
    this.dispatchEvent(new RunEvent(prompt, durationMs));
  }

  /** @internal Draws a trace that a live model has computed, whole or so far. */
  drawLive(trace: unknown): void {
    const figure = this.#picture!.read(trace);
    this.#isLive = true;
    this.#draw(figure, trace);
  }

  /** As new data, so that nothing is left that was said before. */
  readonly #retell = (): void => {
    if (this.#figure !== undefined) {
      this.#figure = this.#picture!.read(this.drawnTrace);
      this.#picture!.onFigure?.(this.#figure);
    }
    this.requestUpdate();
  };

  #onTheme(): void {
    this.#picture?.onTheme?.();
    this.requestUpdate();
  }

  #draw(figure: T, trace: unknown): void {
    this.#error = undefined;
    this.#figure = figure;
    this.#trace = trace;
    this.#picture!.onFigure?.(figure);
    this.live.offer(this.prompt ?? this.#picture!.promptOf(figure), true);
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

  protected override updated(changed: PropertyValues): void {
    if (this.#figure === undefined || this.width === 0) return;
    this.#picture!.updated?.(changed);
    if (this.#loaded) return;
    this.#loaded = true;
    this.dispatchEvent(new FigureLoadEvent());
  }

  protected override render(): TemplateResult {
    const figure = this.width > 0 ? this.#figure : undefined;
    const waiting =
      !figure && (this.#loading || this.prompt !== undefined || (!this.needsPrompt && this.model !== undefined)) && !this.#error;
    const { dark, ink } = this.theme.current;
    // As a property, not an attribute: a strict style-src allows this.
    return html`<div class="figure" part="figure" .style=${`--figure-scheme: ${dark ? 'dark' : 'light'}; --figure-ink: ${cssColour(ink)}`}>
      ${this.#error ? this.#renderError(this.#error) : nothing} ${figure ? this.#picture!.render(figure) : nothing}
      ${figure ? this.#renderFoot(figure) : nothing}
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
      editable: this.editable && this.takesPrompt,
      fields: this.editable ? this.renderLiveFields() : undefined,
      promptLabel: this.promptLabel,
      pressOnly: this.runsOnPressOnly,
      progress: this.#picture?.liveProgress?.(),
      missing: this.model !== undefined && !this.live.provider ? strings.noModel(this.model) : undefined,
      source: figure && (this.#isLive ? strings.liveFrom : strings.recordedFrom)(this.#picture!.sourceOf(figure)),
    };
  }

  #renderPlace(): TemplateResult {
    const place = this.reserve === undefined ? this.renderWaiting(this.width) : html`<div .style=${`block-size: ${this.reserve}px`}></div>`;
    return html`<div class="waiting" part="waiting">
      ${this.#loading ? html`<span class="visually-hidden">${strings.loading}</span>` : nothing}${place}
      ${this.provenance ? html`<div class="provenance">&nbsp;</div>` : nothing}
    </div>`;
  }

  #renderError(error: VitrineError): TemplateResult {
    return html`<slot name="error"
      ><div class="error" part="error" role="alert">
        ${error.message} <button type="button" @click=${this.#retry}>${strings.retry}</button>
      </div></slot
    >`;
  }

  /** Under the figure: its numbers as text, the ways to save it, where it comes from. */
  #renderFoot(figure: T): TemplateResult {
    const { provenance } = this.#trace as { provenance?: Provenance };
    return html`<div class="foot" part="foot">
      ${this.#picture!.text?.(figure) ?? nothing}
      ${this.actions === 'none' ? nothing : html`<slot name="actions">${this.renderSaveMenu()}</slot>`}
      ${this.provenance && provenance?.model ? html`<div class="provenance">${strings.provenance(provenance)}</div>` : nothing}
    </div>`;
  }

  readonly #retry = (): void => this.refreshData();

  /** Reads the data again, from the same place. */
  refreshData(): void {
    this.#recorded.refresh();
  }

  // --- the figure taken elsewhere

  /** @internal */
  override get drawnTrace(): unknown {
    return this.#figure === undefined ? undefined : (this.#picture!.drawnTrace?.(this.#trace) ?? this.#trace);
  }

  /** @internal */
  override get tableOptions(): TableOptions {
    return this.#picture?.tableOptions?.() ?? {};
  }

  /** The state of the figure as plain data: what the author has set and what the reader has chosen; {@link setState} takes it back. */
  override getState(): Record<string, unknown> {
    return { ...super.getState(), ...this.#picture?.readerState?.() };
  }
}
