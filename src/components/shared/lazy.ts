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
  #coming: Promise<M> | undefined;
  /** Elements that are drawn when it is there. */
  readonly #asked = new WeakSet<WaitsFor>();
  /** It could not be had; {@link load} tries again. */
  failed = false;

  constructor(load: () => Promise<M>) {
    this.#load = load;
  }

  /** Takes the module from one who has it: nothing is loaded. */
  provide(module: M): void {
    this.#module = module;
    this.#coming = Promise.resolve(module);
  }

  /** The module, if it is there. */
  get module(): M | undefined {
    return this.#module;
  }

  /** Loads the module; a loading that has failed is tried again. `element` is not settled before that. */
  load(element: Pick<WaitsFor, 'waits'>): Promise<M> {
    this.failed = false;
    const coming = (this.#coming ??= this.#load().then(
      (module) => (this.#module = module),
      (error: unknown) => {
        this.failed = true;
        this.#coming = undefined;
        throw error;
      },
    ));
    const settled = coming.then(ignore, ignore).finally(() => element.waits.delete(settled));
    element.waits.add(settled);
    return coming;
  }

  /**
   * The module, if it is there; else `element` is drawn again when it is, or has failed.
   *
   * @param arrived - called before that
   */
  of(element: WaitsFor, arrived?: () => void): M | undefined {
    if (this.#module || this.failed || this.#asked.has(element)) return this.#module;
    this.#asked.add(element);
    const draw = (): void => {
      this.#asked.delete(element);
      element.requestUpdate();
    };
    this.load(element).then(() => {
      arrived?.();
      draw();
    }, draw);
    return undefined;
  }
}

const ignore = (): void => undefined;
