// SPDX-License-Identifier: MIT
import type { Progress } from './core.js';
import type { LiveModel, LoadModel, ModelRequest } from './live-model.js';
import { pageShared } from './page-shared.js';

interface Entry {
  key: string;
  model: Promise<LiveModel>;
  abort: AbortController;
  users: number;
  settled: boolean;
  /** How far loading has come: an engine may say it at once. */
  latest: { progress?: Progress };
  listeners: Set<(progress: Progress) => void>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A user's hold on a model. */
export interface ModelLease {
  readonly model: Promise<LiveModel>;
  /** Gives the model back; the last one to do so frees it after a moment, or cancels its loading. */
  release(): void;
}

/**
 * The models of the page: one per (name, revision, dtype, device), however many elements ask for it. A model that nobody holds any more
 * lives on for `graceMs`, so that moving an element in the page does not load it again.
 */
export class ModelRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #graceMs: number;

  constructor(graceMs = 1000) {
    this.#graceMs = graceMs;
  }

  /** How many models are held, loading or in their grace time. */
  get size(): number {
    return this.#entries.size;
  }

  acquire(request: ModelRequest, load: LoadModel, onProgress: (progress: Progress) => void): ModelLease {
    const key = JSON.stringify([
      request.name,
      request.revision ?? '',
      request.dtype ?? '',
      request.device ?? '',
      request.thread ?? 'worker',
    ]);
    const entry = this.#entries.get(key) ?? this.#open(key, request, load);
    clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.users++;
    entry.listeners.add(onProgress);
    if (entry.latest.progress && !entry.settled) onProgress(entry.latest.progress);
    let held = true;
    return {
      model: entry.model,
      release: () => {
        if (!held) return;
        held = false;
        entry.listeners.delete(onProgress);
        if (--entry.users === 0) this.#letGo(entry);
      },
    };
  }

  #open(key: string, request: ModelRequest, load: LoadModel): Entry {
    const abort = new AbortController();
    const listeners: Entry['listeners'] = new Set();
    const latest: Entry['latest'] = {};
    const onProgress = (progress: Progress): void => {
      latest.progress = progress;
      for (const listener of listeners) listener(progress);
    };
    const model = load(request, { signal: abort.signal, onProgress });
    const entry: Entry = { key, model, abort, users: 0, settled: false, latest, listeners, timer: undefined };
    this.#entries.set(key, entry);
    model.then(
      () => (entry.settled = true),
      () => this.#forget(entry), // the next press loads again
    );
    return entry;
  }

  #letGo(entry: Entry): void {
    if (!entry.settled) {
      this.#forget(entry);
      entry.abort.abort();
      // Where the abort comes too late, the model arrives after all and is freed then.
      entry.model.then((model) => model.dispose()).catch(() => undefined);
      return;
    }
    entry.timer = setTimeout(() => {
      this.#forget(entry);
      entry.model.then((model) => model.dispose()).catch(() => undefined);
    }, this.#graceMs);
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }
}

/** The registry of the page. */
export const modelRegistry = pageShared('models.1', () => new ModelRegistry());
