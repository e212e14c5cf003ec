// SPDX-License-Identifier: MIT
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Selection } from '../../shared/selection.js';

/** Fired at a selection when a lens that follows it has changed the width of its columns. */
class ColumnsEvent extends Event {
  readonly width: number | undefined;
  readonly source: unknown;

  constructor(width: number | undefined, source: unknown) {
    super('columns');
    this.width = width;
    this.source = source;
  }
}

/** Lenses that share a selection have columns of one width. */
export class ColumnLink implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #changed: (width: number | undefined) => void;
  readonly #selection: () => Selection;
  #followed: Selection | undefined;

  constructor(host: ReactiveControllerHost, selection: () => Selection, changed: (width: number | undefined) => void) {
    this.#host = host;
    this.#selection = selection;
    this.#changed = changed;
    host.addController(this);
  }

  hostUpdate(): void {
    const selection = this.#selection();
    if (selection === this.#followed) return;
    this.hostDisconnected();
    this.#followed = selection;
    selection.addEventListener('columns', this.#onColumns);
  }

  hostDisconnected(): void {
    this.#followed?.removeEventListener('columns', this.#onColumns);
    this.#followed = undefined;
  }

  /** Tells the others. */
  tell(width: number | undefined): void {
    this.#selection().dispatchEvent(new ColumnsEvent(width, this.#host));
  }

  readonly #onColumns = (event: Event): void => {
    const { width, source } = event as ColumnsEvent;
    if (source !== this.#host) this.#changed(width);
  };
}
