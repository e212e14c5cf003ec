// SPDX-License-Identifier: MIT
import { pageShared } from './page-shared.js';

interface Job {
  start: () => Promise<void>;
  signal: AbortSignal;
}

/** Work of live figures, one at a time for the whole page, in the order asked for. */
export class RunQueue {
  readonly #jobs: Job[] = [];
  #running = false;

  /** How many jobs wait or run. */
  get size(): number {
    return this.#jobs.length + (this.#running ? 1 : 0);
  }

  /**
   * Runs `work` when its turn comes. A job whose signal aborts while it waits never starts.
   *
   * @throws the signal's reason where it was aborted, else what `work` throws
   */
  async add<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = async (): Promise<void> => {
        try {
          signal.throwIfAborted();
          resolve(await work());
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#jobs.push({ start, signal });
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const job = this.#jobs.shift();
    if (!job) return;
    this.#running = true;
    await job.start();
    this.#running = false;
    void this.#next();
  }
}

/** The one queue of the page. */
export const runQueue = pageShared('run-queue.1', () => new RunQueue());
