// SPDX-License-Identifier: MIT
import type { LiveModel } from './live-model.js';
import { pageShared } from './page-shared.js';

/** The state of a `<vitrine-model>`. */
export type ModelStatus = 'idle' | 'loading' | 'ready' | 'error';

/** What figures see of a `<vitrine-model>`. */
export interface ModelProvider extends HTMLElement {
  readonly status: ModelStatus;
  readonly engine: LiveModel | undefined;
  /** "5.6 MB", or undefined where nobody knows. */
  readonly sizeText: string | undefined;
  /** One line about what is happening: bytes while loading, the reason after a failure. */
  readonly statusText: string;
  load(): Promise<void>;
  cancel(): void;
}

/** The models on the page, whichever of element and figure was upgraded first. Fires `change`. */
export class ModelDirectory extends EventTarget {
  readonly #providers = new Set<ModelProvider>();

  add(provider: ModelProvider): void {
    this.#providers.add(provider);
    this.changed();
  }

  remove(provider: ModelProvider): void {
    this.#providers.delete(provider);
    this.changed();
  }

  /** A provider has another status or progress. */
  changed(): void {
    this.dispatchEvent(new Event('change'));
  }

  /** The provider with this id, nearest in the tree first; without an id, the one that the figure stands in. */
  find(figure: Element, id: string | undefined): ModelProvider | undefined {
    if (id) {
      const inRoot = [...this.#providers].find((provider) => provider.id === id && provider.getRootNode() === figure.getRootNode());
      return inRoot ?? [...this.#providers].find((provider) => provider.id === id);
    }
    for (let at: Node | null = figure; at; at = at.parentNode ?? (at instanceof ShadowRoot ? at.host : null)) {
      if (this.#providers.has(at as ModelProvider)) return at as ModelProvider;
    }
    return undefined;
  }
}

/** The directory of the page. */
export const modelDirectory = pageShared('directory.1', () => new ModelDirectory());
