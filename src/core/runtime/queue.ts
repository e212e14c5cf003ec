// SPDX-License-Identifier: MIT

/**
 * Runs one task after the other. ONNX Runtime for the web throws "Session already started" where two runs overlap, also of
 * different sessions, so each web backend has one queue for everything it does.
 */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` after all tasks given before; its failure does not stop the next one. */
  add<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
