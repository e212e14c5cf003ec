// SPDX-License-Identifier: MIT
import { pageShared } from './page-shared.js';

/** What is pointed at: positions count from 0 in the prompt, layers are the model's numbers. */
export interface SelectionState {
  layer?: number | undefined;
  head?: number | undefined;
  /** Point of the residual stream inside the layer, by its short label: "2_mid". */
  point?: string | undefined;
  /** Part of the model: `attn`, `mlp`, `ln1`, `ln2`, `resid_pre`, `resid_mid`, `resid_post` of the layer; `embed`, `unembed`, `ln_final`. */
  part?: string | undefined;
  /** Position of a token that looks. */
  query?: number | undefined;
  /** Position of a token that is looked at. */
  key?: number | undefined;
  /** Held by a click or Enter, until Escape or another click. */
  locked: boolean;
}

type Target = Omit<SelectionState, 'locked'>;

/** Fired at a {@link Selection} when its state has changed; `source` is the figure that changed it. */
export class SelectionEvent extends Event {
  readonly source: unknown;

  constructor(source: unknown) {
    super('change');
    this.source = source;
  }
}

/**
 * The reader's selection. Figures that share one object follow each other: hover previews, click or Enter locks, Escape lets go.
 *
 * @example
 * const selection = new Selection();
 * document.querySelectorAll('attention-view').forEach((view) => (view.selection = selection));
 */
export class Selection extends EventTarget {
  #state: SelectionState = { locked: false };

  get state(): Readonly<SelectionState> {
    return this.#state;
  }

  /** Points without holding; ignored while something is locked. */
  preview(target: Target | undefined, source?: unknown): void {
    if (!this.#state.locked) this.#set({ ...target, locked: false }, source);
  }

  /** Holds `target`; holding what is held already lets go. */
  toggle(target: Target, source?: unknown): void {
    const { query, key, locked } = this.#state;
    if (locked && query === target.query && key === target.key) this.#set({ ...target, locked: false }, source);
    else this.lock(target, source);
  }

  /** Holds `target`. */
  lock(target: Target, source?: unknown): void {
    this.#set({ ...target, locked: true }, source);
  }

  /** Points at nothing and holds nothing. */
  release(source?: unknown): void {
    this.#set({ locked: false }, source);
  }

  #set(state: SelectionState, source: unknown): void {
    const before = this.#state;
    const same = (['layer', 'head', 'part', 'point', 'query', 'key', 'locked'] as const).every((field) => before[field] === state[field]);
    if (same) return;
    this.#state = state;
    this.dispatchEvent(new SelectionEvent(source));
  }
}

/** The selection that all figures with the same `link` attribute share. */
export function linkedSelection(name: string): Selection {
  const groups = pageShared('selections.1', () => new Map<string, Selection>());
  let selection = groups.get(name);
  if (!selection) groups.set(name, (selection = new Selection()));
  return selection;
}
