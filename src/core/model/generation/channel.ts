// SPDX-License-Identifier: MIT

/** Values that one side puts in at its own pace and the other side takes out, in order. */
export class Channel<T> {
  readonly #waiting: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #failure: { error: unknown } | undefined;

  put(value: T): void {
    this.#waiting.push(value);
    this.#wake?.();
  }

  /** No more values; what is waiting can still be taken. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Whoever takes gets the error after what is waiting. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.close();
  }

  async *values(): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#failure) throw this.#failure.error;
      if (this.#closed) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}
