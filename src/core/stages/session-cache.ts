// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { writeModel } from '../onnx/write.js';
import type { Backend, RuntimeSession, WeightFile } from '../runtime/types.js';
import type { Segment } from './segment.js';

/** Compiled segments by key. Two callers who ask for the same one at once share its compilation. */
export class SessionCache {
  readonly #backend: Backend;
  readonly #weights: readonly WeightFile[];
  readonly #prepack: boolean;
  readonly #sessions = new Map<string, Promise<RuntimeSession>>();
  #disposed = false;

  constructor(backend: Backend, weights: readonly WeightFile[], prepack: boolean) {
    this.#backend = backend;
    this.#weights = weights;
    this.#prepack = prepack;
  }

  /** Keys of the sessions that exist or are being made; for tests and for a report on memory. */
  get keys(): string[] {
    return [...this.#sessions.keys()];
  }

  has(key: string): boolean {
    return this.#sessions.has(key);
  }

  /** The session of `key`, compiled from `build()` at first use. */
  get(key: string, build: () => Segment): Promise<RuntimeSession> {
    if (this.#disposed) throw new VitrineError('disposed', 'This model was disposed. Open it again with HookedModel.fromPretrained().');
    let session = this.#sessions.get(key);
    if (!session) {
      session = this.#compile(build());
      this.#sessions.set(key, session);
      session.catch(() => this.#sessions.delete(key));
    }
    return session;
  }

  async #compile(segment: Segment): Promise<RuntimeSession> {
    return this.#backend.createSession({
      model: writeModel(segment.model),
      weights: this.#weights,
      prepack: this.#prepack,
      keepOutputsOnGpu: this.#backend.device === 'webgpu',
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    const made = await Promise.allSettled(sessions);
    for (const result of made) if (result.status === 'fulfilled') await result.value.release();
  }
}
