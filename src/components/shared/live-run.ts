// SPDX-License-Identifier: MIT
import type { ReactiveController, ReactiveElement } from 'lit';
import { isVitrineError, reasonOf, VitrineError } from './core.js';
import type { LiveModel } from './live-model.js';
import { modelDirectory, type ModelProvider } from './model-directory.js';
import { runQueue } from './run-queue.js';

/** What a live figure does when the controller asks. */
export interface LiveRunModel<T> {
  /** Computes the figure's data; undefined where the reader or the author still has to say something. */
  run(model: LiveModel, prompt: string, signal: AbortSignal): Promise<T> | undefined;
  onResult(result: T, prompt: string, durationMs: number): void;
  /** Whether a run takes the text; without, it is all the same what the text is. */
  needsPrompt(): boolean;
  /** Whether a run starts by the reader's press alone, not by itself when the model is there. */
  onPressOnly(): boolean;
}

type LiveRunHost = ReactiveElement & {
  /** Id of a `<vitrine-model>`; without it, one that the figure stands in. */
  readonly model: string | undefined;
};

/** Where a live figure stands. */
export type LiveStatus = 'idle' | 'waiting' | 'running' | 'live' | 'error';

const typingPauseMs = 400;

/**
 * Runs a figure's prompt on the model of the page: after the reader's press, again when the reader retypes (the last text wins), one
 * figure at a time, and only while the figure is in view. Errors are kept beside the reader's text, which is never lost.
 */
export class LiveRun<T> implements ReactiveController {
  readonly #host: LiveRunHost;
  readonly #model: LiveRunModel<T>;
  status: LiveStatus = 'idle';
  error: VitrineError | undefined;
  provider: ModelProvider | undefined;
  /** The prompt as it stands in the field. */
  text = '';
  /** The reader has typed; recorded data no longer set the text. */
  edited = false;
  /** The text came with the data: its lines were not known when the place of the field was laid out. */
  late = false;
  #done: string | undefined;
  #pressed = false;
  #running: AbortController | undefined;
  #visible = false;
  #view: IntersectionObserver | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(host: LiveRunHost, model: LiveRunModel<T>) {
    this.#host = host;
    this.#model = model;
    host.addController(this);
  }

  hostConnected(): void {
    modelDirectory.addEventListener('change', this.#changed);
    this.#view = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)!.isIntersecting;
      this.#maybeRun();
    });
    this.#view.observe(this.#host);
    this.resolve();
  }

  hostDisconnected(): void {
    modelDirectory.removeEventListener('change', this.#changed);
    this.#view?.disconnect();
    this.#visible = false;
    clearTimeout(this.#pause);
    this.#abort();
    this.provider = undefined;
  }

  /** Looks for the model again, after `model` has changed. */
  resolve(): void {
    const provider = modelDirectory.find(this.#host, this.#host.model);
    if (provider !== this.provider) {
      this.provider = provider;
      this.#done = undefined;
    }
    this.#host.requestUpdate();
    this.#maybeRun();
  }

  readonly #changed = (): void => this.resolve();

  /**
   * The author's or the recording's prompt; a text that the reader has typed stays.
   *
   * @param withData - it came with the data
   */
  offer(prompt: string | undefined, withData = false): void {
    if (this.edited || prompt === undefined || prompt === this.text) return;
    this.late = withData && (this.late || this.text === '');
    this.text = prompt;
    this.#maybeRun();
  }

  /** The reader has typed. Runs after a pause, where the model is there. */
  type(text: string): void {
    this.text = text;
    this.edited = true;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#maybeRun(), typingPauseMs);
    this.#host.requestUpdate();
  }

  /** The reader has pressed Enter, Run or Retry: loads the model where it is not there, then runs. */
  async press(): Promise<void> {
    clearTimeout(this.#pause);
    this.#done = undefined;
    if (this.provider?.status === 'ready') this.#maybeRun(true);
    else {
      this.#pressed = true; // runs as soon as the model is there
      await this.provider?.load();
    }
  }

  /** Gives up what runs or waits; what is drawn stays. */
  cancel(): void {
    this.#abort();
    this.#host.requestUpdate();
  }

  /** Runs again with the same text, after an option of the figure has changed. */
  again(): void {
    if (this.#done === undefined) return;
    this.#done = undefined;
    this.#maybeRun();
  }

  #maybeRun(pressed = false): void {
    const engine = this.provider?.engine;
    if (!engine || (!this.#visible && !pressed) || this.text === this.#done) return;
    if (this.text === '' && this.#model.needsPrompt()) return;
    if (this.#model.onPressOnly() && !pressed && !this.#pressed) return;
    this.#pressed = false;
    void this.#run(engine, this.text);
  }

  #abort(): void {
    this.#running?.abort();
    this.#running = undefined;
    if (this.status === 'waiting' || this.status === 'running') {
      this.status = 'idle';
      this.#done = undefined;
    }
  }

  async #run(engine: LiveModel, text: string): Promise<void> {
    this.#abort();
    const running = (this.#running = new AbortController());
    this.#done = text;
    this.#set('waiting');
    let startMs = 0;
    const work = async (): Promise<T | undefined> => {
      this.#set('running');
      startMs = performance.now();
      return this.#model.run(engine, text, running.signal);
    };
    try {
      const result = await runQueue.add(work, running.signal);
      if (running !== this.#running) return;
      if (result === undefined) return this.#set('idle');
      this.#model.onResult(result, text, performance.now() - startMs);
      this.#set('live');
    } catch (error) {
      if (running !== this.#running) return;
      this.error = isVitrineError(error) ? error : new VitrineError('runtime', reasonOf(error), { cause: error });
      this.#set('error');
    }
  }

  #set(status: LiveStatus): void {
    this.status = status;
    if (status !== 'error') this.error = undefined;
    this.#host.requestUpdate();
  }
}
