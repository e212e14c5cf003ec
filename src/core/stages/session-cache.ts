// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { writeModel } from '../onnx/write.js';
import type { Backend, RuntimeSession, WeightFile } from '../runtime/types.js';
import type { Segment } from './segment.js';

interface Entry {
  session: Promise<RuntimeSession>;
  /** Callers at work with it. */
  users: number;
  /** To be released when the last user is done. */
  retired: boolean;
}

/** Compiled segments by key. Two callers who ask for the same one at once share its compilation. */
export class SessionCache {
  readonly #backend: Backend;
  readonly #weights: readonly WeightFile[];
  readonly #entries = new Map<string, Entry>();
  #disposed = false;

  constructor(backend: Backend, weights: readonly WeightFile[]) {
    this.#backend = backend;
    this.#weights = weights;
  }

  /** Keys of the sessions that exist or are being made; for tests and for a report on memory. */
  get keys(): string[] {
    return [...this.#entries.keys()];
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Works with the session of `key`, which is compiled from `build()` at first use. It stays alive until `work` is done. */
  async use<T>(key: string, build: () => Segment, work: (session: RuntimeSession) => Promise<T>): Promise<T> {
    if (this.#disposed) throw new VitrineError('disposed', 'This model was disposed. Open it again with HookedModel.fromPretrained().');
    const entry = this.#entries.get(key) ?? this.#add(key, build());
    entry.users++;
    try {
      return await work(await entry.session);
    } finally {
      entry.users--;
      if (entry.retired && entry.users === 0) await release(entry);
    }
  }

  /** Gives up a session: it is released as soon as nobody works with it. */
  retire(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    entry.retired = true;
    if (entry.users === 0) void release(entry);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) {
      entry.retired = true;
      if (entry.users === 0) await release(entry);
    }
  }

  #add(key: string, segment: Segment): Entry {
    const session = this.#backend.createSession({
      model: writeModel(segment.model),
      weights: this.#weights,
      keepOutputsOnGpu: this.#backend.device === 'webgpu',
    });
    const entry: Entry = { session, users: 0, retired: false };
    this.#entries.set(key, entry);
    session.catch(() => this.#entries.delete(key));
    return entry;
  }
}

async function release(entry: Entry): Promise<void> {
  const session = await entry.session.catch(() => undefined);
  await session?.release();
}
