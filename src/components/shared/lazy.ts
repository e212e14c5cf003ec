// SPDX-License-Identifier: MIT
import type { ReactiveElement } from 'lit';

/** An element whose `updateComplete` waits for modules that are on their way. */
export interface WaitsFor extends ReactiveElement {
  readonly waits: Set<Promise<unknown>>;
}

/** A module that is loaded when the first element needs it, once for all elements of the page. */
export class Lazy<M> {
  readonly #load: () => Promise<M>;
  #module: M | undefined;
  #coming: Promise<unknown> | undefined;
  /** It could not be had; the next element that needs it tries again. */
  failed = false;

  constructor(load: () => Promise<M>) {
    this.#load = load;
  }

  /**
   * The module, if it is there; else `element` is drawn again when it is.
   *
   * @param arrived - called before that
   */
  of(element: WaitsFor, arrived?: () => void): M | undefined {
    if (this.#module || this.failed) return this.#module;
    this.#coming ??= this.#load().then(
      (module) => (this.#module = module),
      () => (this.failed = true),
    );
    const coming = this.#coming;
    if (arrived) void coming.then(() => this.#module && arrived());
    if (!element.waits.has(coming)) {
      element.waits.add(coming);
      void coming.then(() => {
        element.waits.delete(coming);
        element.requestUpdate();
      });
    }
    return undefined;
  }
}
