// SPDX-License-Identifier: MIT
import type { ReactiveController, ReactiveElement } from 'lit';
import { reasonOf, VitrineError } from './core.js';
import { strings } from './strings.js';

/** What a figure tells the controller, and hears from it. */
export interface RecordedDataModel {
  /** The value of a data property, or undefined; it wins over `src`, which wins over the child script. */
  property(): unknown;
  onLoading(): void;
  /** A parsed JSON value or the property's value. */
  onData(value: unknown): void;
  onError(error: VitrineError): void;
  /** Neither property nor `src` nor script. */
  onNothing(): void;
}

/**
 * Where a figure's recorded data come from: property, then `src`, then a child `<script type="application/json">`. A script that comes
 * late or is edited is read again; a file is fetched when the figure comes within one screen of the view. Every new source makes the
 * answers of earlier ones stale, so that a slow file never overwrites a later choice.
 */
export class RecordedData implements ReactiveController {
  readonly #host: ReactiveElement & { readonly src: string | undefined };
  readonly #model: RecordedDataModel;
  #generation = 0;
  #scripts: MutationObserver | undefined;
  #near: IntersectionObserver | undefined;
  #fetching: AbortController | undefined;
  #lastScript: string | undefined;
  #source: 'property' | 'src' | 'script' | 'none' = 'none';

  constructor(host: ReactiveElement & { readonly src: string | undefined }, model: RecordedDataModel) {
    this.#host = host;
    this.#model = model;
    host.addController(this);
  }

  hostConnected(): void {
    this.#scripts = new MutationObserver(() => this.#scriptsChanged());
    this.#scripts.observe(this.#host, { childList: true, characterData: true, subtree: true });
    this.refresh();
  }

  hostDisconnected(): void {
    this.#scripts?.disconnect();
    document.removeEventListener('DOMContentLoaded', this.#parsed);
    this.#stop();
    this.#lastScript = undefined;
  }

  /** Reads the present source again: after a property has changed, or on Retry. */
  refresh(): void {
    this.#stop();
    const property = this.#model.property();
    if (property !== undefined) {
      this.#source = 'property';
      this.#model.onData(property);
    } else if (this.#host.src) {
      this.#source = 'src';
      this.#awaitView(this.#host.src);
    } else this.#readScript();
  }

  #stop(): void {
    this.#generation++;
    this.#near?.disconnect();
    this.#near = undefined;
    this.#fetching?.abort();
    this.#fetching = undefined;
  }

  #scriptText(): string | undefined {
    return this.#host.querySelector(':scope > script[type="application/json"]')?.textContent ?? undefined;
  }

  #scriptsChanged(): void {
    if (this.#source === 'property' || this.#source === 'src' || this.#scriptText() === this.#lastScript) return;
    this.refresh();
  }

  #readScript(): void {
    const text = this.#scriptText();
    this.#lastScript = text;
    if (text === undefined) {
      this.#source = 'none';
      this.#model.onNothing();
      return;
    }
    this.#source = 'script';
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      // The parser may still be at this very script.
      if (document.readyState === 'loading') {
        this.#model.onLoading();
        document.addEventListener('DOMContentLoaded', this.#parsed, { once: true });
      } else
        this.#model.onError(new VitrineError('invalid-trace', strings.badScript(this.#host.localName, reasonOf(error)), { cause: error }));
      return;
    }
    this.#model.onData(value);
  }

  readonly #parsed = (): void => this.refresh();

  #awaitView(src: string): void {
    this.#model.onLoading();
    const generation = this.#generation;
    this.#near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting) || generation !== this.#generation) return;
        this.#near?.disconnect();
        void this.#fetch(src, generation);
      },
      { rootMargin: '100% 0px' },
    );
    this.#near.observe(this.#host);
  }

  async #fetch(src: string, generation: number): Promise<void> {
    const fetching = (this.#fetching = new AbortController());
    try {
      const value = await fetchJson(src, fetching.signal);
      if (generation === this.#generation) this.#model.onData(value);
    } catch (error) {
      if (generation === this.#generation) this.#model.onError(error as VitrineError);
    }
  }
}

async function fetchJson(src: string, signal: AbortSignal): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(src, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    text = await response.text();
  } catch (error) {
    throw new VitrineError('network', strings.failedSource(src, reasonOf(error)), { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VitrineError('invalid-trace', strings.badSource(src, reasonOf(error)), { cause: error });
  }
}
