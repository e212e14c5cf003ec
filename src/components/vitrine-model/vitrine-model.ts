// SPDX-License-Identifier: MIT
import { ContextProvider, createContext } from '@lit/context';
import { css, html, LitElement, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { isVitrineError, reasonOf, version, VitrineError, type Progress } from '../shared/core.js';
import { FigureErrorEvent, FigureLoadEvent, ModelProgressEvent, ModelStatusEvent } from '../shared/events.js';
import { formatBytes } from '../shared/format.js';
import type { LiveModel, LoadModel } from '../shared/live-model.js';
import { modelDirectory, type ModelProvider, type ModelStatus } from '../shared/model-directory.js';
import { modelRegistry, type ModelLease } from '../shared/model-registry.js';
import { onSentences } from '../shared/sentences.js';
import { strings } from '../shared/strings.js';
import { figureStyles } from '../shared/styles.js';
import { ThemeController } from '../shared/theme-controller.js';

/** Context of `@lit/context` under which the loaded model is offered to the elements inside a `<vitrine-model>`. */
export const modelContext = createContext<LiveModel | undefined>(Symbol.for('vitrine.model'));

/** What is known of a download, over all files. */
interface Download {
  /** Bytes are coming in; else the model is being prepared. */
  downloading: boolean;
  loaded: number;
  total: number | undefined;
}
const nothingYet: Download = { downloading: false, loaded: 0, total: undefined };

/** The embedded model and its tokenizer. */
const storytellerBytes = 5_670_000;

const loadWithCore: LoadModel = async (request, options) => {
  const { loadLiveModel } = await import('../shared/live-engine.js');
  return loadLiveModel(request, options);
};

/**
 * A model that figures can run on the reader's device. Nothing is loaded until the reader presses the button (here or in a figure);
 * elements that ask for the same model share one download and one set of weights. Figures find it by `model="id"` or by standing in it.
 *
 * @summary A model that runs on the reader's device, shared by the figures of a page.
 *
 * @example
 * ```html
 * <vitrine-model id="m" name="vitrine/storyteller"></vitrine-model>
 * <logit-lens model="m" prompt="Once upon a time there was a little" editable></logit-lens>
 * ```
 *
 * @slot - figures that use this model
 * @slot progress - in place of the progress bar; the event `progress` says how far it is
 *
 * @csspart status - the line with button, progress and messages
 * @csspart progress - the progress bar
 * @csspart error - a message about what failed
 *
 * @cssprop [--vitrine-accent] - colour of progress and focus
 * @cssprop [--vitrine-font-size=0.82em] - size of the status line
 *
 * @cssstate loading - the model is loading
 * @cssstate ready - figures can run
 * @cssstate error - the model could not be opened
 *
 * @fires {ModelProgressEvent} progress - bytes while the model loads
 * @fires {FigureLoadEvent} load - figures can run now
 * @fires {FigureErrorEvent} error - the model could not be opened; `code` and `message` say why
 * @fires {ModelStatusEvent} vitrine-status - `status` has changed
 */
export class VitrineModelElement extends LitElement implements ModelProvider {
  /** @internal Compared when two copies of the library meet on a page. */
  static readonly vitrineVersion: string = version;
  /** @internal */
  static override styles: CSSResult[] = [
    figureStyles,
    css`
      .status {
        display: flex;
        align-items: baseline;
        gap: 0.3em 1em;
        block-size: calc(2.8em + 4px);
        padding: 4px;
        margin: -4px;
        overflow-y: auto;
        color: var(--figure-quiet);
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      .status > :not(slot),
      progress,
      ::slotted([slot='progress']) {
        flex: none;
        margin: 0;
      }
      .status > :last-child {
        flex: 0 1 auto;
      }
      @container (max-width: 480px) {
        .status {
          block-size: calc(4.2em + 4px);
        }
        .loading {
          flex-wrap: wrap;
          align-content: start;
        }
        progress,
        ::slotted([slot='progress']) {
          flex: 1;
        }
        .loading > :last-child {
          flex-basis: 100%;
        }
      }
      .failed button {
        margin-inline-end: 1em;
      }
      @media print {
        .status {
          display: none;
        }
      }
      progress {
        inline-size: 9em;
        block-size: 0.5em;
        accent-color: var(--figure-accent);
      }
    `,
  ];

  /** How the model is opened; tests and pages with an engine of their own set another function. */
  static loadModel: LoadModel = loadWithCore;

  /** A hub id such as `onnx-community/gpt2-ONNX`, a URL of a folder, or `vitrine/storyteller`. */
  @property() name = 'vitrine/storyteller';
  /** Branch, tag or commit of a hub id. */
  @property() revision: string | undefined;
  /** `fp32`, `fp16`, `q8`...; the best that there is where it is left out. */
  @property() dtype: string | undefined;
  /** `wasm` or `webgpu`; chosen by what the browser can where it is left out. */
  @property() device: string | undefined;
  /** `worker`: the page stays free while the model runs; `page`: on the page's own thread, as where workers are not allowed. */
  @property() thread: 'worker' | 'page' = 'worker';
  /** Base URL of the runtime files, for a page that serves them itself. */
  @property() vendor: string | undefined;
  /** `manual`: loads when the reader presses; `auto`: loads with the page. */
  @property() reveal: 'manual' | 'auto' = 'manual';
  /** Bytes of the model's files, to be said on the button; known for the embedded model. */
  @property({ type: Number }) size: number | undefined;

  @state() private progress: Download | undefined;
  @state() private failure: VitrineError | undefined;

  #status: ModelStatus = 'idle';
  #lease: ModelLease | undefined;
  #engine: LiveModel | undefined;
  readonly #internals = this.attachInternals();
  readonly #theme = new ThemeController(this, () => this.requestUpdate());
  readonly #context = new ContextProvider(this, { context: modelContext, initialValue: undefined });

  /** `idle`, `loading`, `ready` or `error`. */
  get status(): ModelStatus {
    return this.#status;
  }

  /** The loaded model. */
  get engine(): LiveModel | undefined {
    return this.#engine;
  }

  /** The size of the download as a reader knows it. */
  get sizeText(): string | undefined {
    const bytes = this.#bytes;
    return bytes === undefined ? undefined : formatBytes(bytes);
  }

  get #bytes(): number | undefined {
    return this.size ?? (this.name === 'vitrine/storyteller' ? storytellerBytes : undefined);
  }

  /** What is happening, in one line. */
  get statusText(): string {
    if (this.#status === 'ready') return strings.modelReady(this.#engine!.name, this.#engine!.thread === 'page' && this.thread !== 'page');
    if (this.#status === 'error') return this.failure!.message;
    if (this.#status === 'idle') return '';
    const { downloading, loaded, total } = this.progress ?? nothingYet;
    return downloading ? strings.downloading(formatBytes(loaded), total === undefined ? undefined : formatBytes(total)) : strings.preparing;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    modelDirectory.add(this);
    onSentences.add(this.#retell);
    if (this.#lease === undefined && this.#resume) void this.load();
  }

  #resume = false;
  readonly #retell = (): void => this.requestUpdate();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    modelDirectory.remove(this);
    onSentences.delete(this.#retell);
    // Moved within the page, the element takes its model up again from the registry, which keeps it for a moment.
    this.#resume = this.#status === 'ready';
    this.#drop('idle');
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const another = (['name', 'revision', 'dtype', 'device', 'thread'] as const).some((field) => changed.has(field));
    if (another && this.hasUpdated) this.#drop('idle');
    if (this.reveal === 'auto' && this.#status === 'idle' && (another || changed.has('reveal'))) void this.load();
  }

  /** Loads the model, once; resolves when figures can run, or when loading has failed or was cancelled (`status` says which). */
  async load(): Promise<void> {
    if (this.#lease) return this.#settled(this.#lease);
    this.failure = undefined;
    this.progress = undefined;
    this.#files.clear();
    const { loadModel } = this.constructor as typeof VitrineModelElement;
    const { name, revision, dtype, device, vendor, thread } = this;
    const request = { name, revision, dtype, device, vendor, thread };
    const lease = (this.#lease = modelRegistry.acquire(request, loadModel, this.#onProgress));
    this.#setStatus('loading');
    try {
      const engine = await lease.model;
      if (lease !== this.#lease) return;
      this.#engine = engine;
      this.#context.setValue(engine);
      this.#setStatus('ready');
      this.dispatchEvent(new FigureLoadEvent());
    } catch (error) {
      if (lease !== this.#lease) return;
      this.#fail(error);
    }
  }

  async #settled(lease: ModelLease): Promise<void> {
    await lease.model.then(
      () => undefined,
      () => undefined,
    );
  }

  /** Stops loading, or gives a loaded model back. */
  cancel(): void {
    this.#drop('idle');
  }

  #drop(status: ModelStatus): void {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#engine = undefined;
    this.progress = undefined;
    this.#context.setValue(undefined);
    if (this.#status !== status) this.#setStatus(status);
    lease?.model.catch(() => undefined);
    lease?.release();
  }

  #fail(error: unknown): void {
    this.failure = isVitrineError(error) ? error : new VitrineError('runtime', reasonOf(error), { cause: error });
    this.#lease?.release();
    this.#lease = undefined;
    this.#setStatus('error');
    this.dispatchEvent(new FigureErrorEvent(this.failure.code, this.failure.message, this.failure.cause));
  }

  readonly #files = new Map<string, { loaded: number; total: number | undefined }>();

  /** Progress comes file by file; a reader is told of all of them together. */
  readonly #onProgress = ({ phase, item = '', loaded, total }: Progress): void => {
    const downloading = phase === 'download';
    if (downloading) this.#files.set(item, { loaded, total });
    const files = [...this.#files.values()];
    const sum = files.reduce((bytes, file) => bytes + file.loaded, 0);
    const known = files.every((file) => file.total !== undefined);
    const totals = known ? files.reduce((bytes, file) => bytes + file.total!, 0) : undefined;
    const all = this.#bytes === undefined ? totals : Math.max(this.#bytes, totals ?? sum);
    this.progress = { downloading, loaded: sum, total: all };
    this.dispatchEvent(new ModelProgressEvent(phase, sum, all));
    modelDirectory.changed();
  };

  #setStatus(status: ModelStatus): void {
    this.#status = status;
    for (const name of ['loading', 'ready', 'error'] as const) {
      if (name === status) this.#internals.states.add(name);
      else this.#internals.states.delete(name);
    }
    this.requestUpdate();
    modelDirectory.changed();
    this.dispatchEvent(new ModelStatusEvent());
  }

  protected override render(): TemplateResult {
    const scheme = this.#theme.current.dark ? 'dark' : 'light';
    return html`<div class="figure" .style=${`--figure-scheme: ${scheme}`}>
        <div class="status ${this.#status === 'loading' ? 'loading' : ''}" part="status">${this.#renderStatus()}</div>
      </div>
      <slot></slot>`;
  }

  #renderStatus(): TemplateResult {
    const press = (): void => void this.load();
    switch (this.#status) {
      case 'idle':
        return html`<button type="button" @click=${press}>${strings.runLive(this.sizeText)}</button>`;
      case 'loading': {
        const { downloading, loaded, total } = this.progress ?? nothingYet;
        const known = downloading && total !== undefined && total > 0;
        return html`<slot name="progress"
            ><progress
              part="progress"
              aria-label=${strings.modelLabel(this.name)}
              max=${known ? total : nothing}
              value=${known ? loaded : nothing}
            ></progress
          ></slot>
          <button type="button" @click=${() => this.cancel()}>${strings.cancel}</button>
          <span>${this.statusText}</span>`;
      }
      case 'ready':
        return html`<span>${this.statusText}</span>`;
      case 'error':
        return html`<div class="failed">
          <button type="button" @click=${press}>${strings.retry}</button>
          <span class="error" part="error" role="alert">${this.statusText}</span>
        </div>`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vitrine-model': VitrineModelElement;
  }
}
