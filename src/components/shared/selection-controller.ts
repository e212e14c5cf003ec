// SPDX-License-Identifier: MIT
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { SelectionChangeEvent } from './events.js';
import { linkedSelection, Selection, type SelectionEvent, type SelectionState } from './selection.js';

/**
 * A figure's side of a {@link Selection}: of the one that it was given, else of the one that its `link` names, else of one of its own.
 * Every change draws the figure again; a change that the figure has made itself is an event for the page.
 */
export class SelectionController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #current = new Selection();
  #given: Selection | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#current.addEventListener('change', this.#onChange);
  }

  hostDisconnected(): void {
    this.#current.removeEventListener('change', this.#onChange);
  }

  /** The selection that is followed. One that is set wins over every `link`. */
  get current(): Selection {
    return this.#current;
  }
  set current(selection: Selection) {
    this.#given = selection;
    this.#follow(selection);
  }

  get state(): Readonly<SelectionState> {
    return this.#current.state;
  }

  /** Follows the figures with the same word in `link`, unless the figure was given a selection. */
  link(name: string | undefined): void {
    this.#follow(this.#given ?? (name ? linkedSelection(name) : this.#current));
  }

  /** Lets go. Returns whether there was something to let go of. */
  release(): boolean {
    const { locked, query, key } = this.state;
    this.#current.release(this.#host);
    return locked || query !== undefined || key !== undefined;
  }

  /** Lets go of a position that new data, of `count` tokens, do not have. */
  keepWithin(count: number): void {
    if ((this.state.query ?? -1) >= count) this.#current.release(this.#host);
  }

  #follow(selection: Selection): void {
    this.#current.removeEventListener('change', this.#onChange);
    this.#current = selection;
    if (this.#host.isConnected) selection.addEventListener('change', this.#onChange);
    this.#host.requestUpdate();
  }

  readonly #onChange = (event: Event): void => {
    this.#host.requestUpdate();
    if ((event as SelectionEvent).source === this.#host) this.#host.dispatchEvent(new SelectionChangeEvent(this.state));
  };
}
