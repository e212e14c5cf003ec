// SPDX-License-Identifier: MIT
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** A place in a grid; both counts start at 0. */
export interface GridPlace {
  row: number;
  column: number;
}

/** What a grid lets its controller know and do. */
export interface GridModel {
  rowCount(): number;
  /** How many cells of a row can be visited: fewer in the upper rows of a causal pattern. */
  columnCount(row: number): number;
  /** The active cell has changed by keyboard, or the grid got or lost focus (`undefined`). */
  onMove(place: GridPlace | undefined): void;
  /** Enter or Space on the active cell. */
  onLock(place: GridPlace): void;
  /** Escape. Returns whether something was let go; if not, the key goes on to the page. */
  onRelease(): boolean;
}

const pageRows = 10;

/**
 * Keyboard of a matrix: one tab stop, arrows inside it (WAI-ARIA grid pattern with `aria-activedescendant`). The grid renders the active
 * row's cells only, so that a matrix of 128 by 128 costs 128 nodes.
 */
export class GridController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #model: GridModel;
  /** The cell that the keys move from. */
  active: GridPlace = { row: 0, column: 0 };
  focused = false;

  constructor(host: ReactiveControllerHost & HTMLElement, model: GridModel) {
    this.#host = host;
    this.#model = model;
    host.addController(this);
  }

  /** Keeps the active cell inside a grid whose size has changed. */
  hostUpdate(): void {
    this.active = this.#clamp(this.active);
  }

  /** Makes a cell active without moving focus, as a click does. */
  moveTo(place: GridPlace): void {
    this.active = this.#clamp(place);
    this.#host.requestUpdate();
  }

  readonly onFocus = (): void => {
    this.focused = true;
    this.#model.onMove(this.active);
    this.#host.requestUpdate();
  };

  readonly onBlur = (): void => {
    this.focused = false;
    this.#model.onMove(undefined);
    this.#host.requestUpdate();
  };

  readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      if (this.#model.onRelease()) event.preventDefault();
      return;
    }
    if (this.#model.rowCount() === 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#model.onLock(this.active);
      return;
    }
    const place = this.#target(event);
    if (!place) return;
    event.preventDefault();
    this.active = this.#clamp(place);
    this.#model.onMove(this.active);
    this.#host.requestUpdate();
  };

  #target({ key, ctrlKey }: KeyboardEvent): GridPlace | undefined {
    const { row, column } = this.active;
    switch (key) {
      case 'ArrowLeft':
        return { row, column: column - 1 };
      case 'ArrowRight':
        return { row, column: column + 1 };
      case 'ArrowUp':
        return { row: row - 1, column };
      case 'ArrowDown':
        return { row: row + 1, column };
      case 'PageUp':
        return { row: row - pageRows, column };
      case 'PageDown':
        return { row: row + pageRows, column };
      case 'Home':
        return ctrlKey ? { row: 0, column: 0 } : { row, column: 0 };
      case 'End':
        return ctrlKey ? { row: Infinity, column: Infinity } : { row, column: Infinity };
      default:
        return undefined;
    }
  }

  #clamp({ row, column }: GridPlace): GridPlace {
    const lastRow = Math.max(0, this.#model.rowCount() - 1);
    const safeRow = Math.min(Math.max(0, row), lastRow);
    const lastColumn = Math.max(0, this.#model.columnCount(safeRow) - 1);
    return { row: safeRow, column: Math.min(Math.max(0, column), lastColumn) };
  }
}
