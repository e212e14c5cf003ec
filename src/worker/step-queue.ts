// SPDX-License-Identifier: MIT

/** Values that come by themselves, to be read one by one in a `for await` loop. */
export class StepQueue implements AsyncIterable<unknown> {
  readonly #values: unknown[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(value: unknown): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** No value comes after this promise; where it rejects, the loop throws that once all values are read. */
  endWith(last: Promise<unknown>): void {
    const end = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    last.then(end, (error: unknown) => {
      this.#failure = { error };
      end();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void> {
    for (;;) {
      while (this.#values.length) yield this.#values.shift();
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
