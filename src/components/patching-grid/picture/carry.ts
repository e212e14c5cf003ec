// SPDX-License-Identifier: MIT
import type { GridPlace } from '../../shared/grid-controller.js';

/** What the carrying of a state lets the figure know. */
export interface CarryModel {
  /** A state can be picked up. */
  isMovable(): boolean;
  /** The cell under the pointer; `clamped`: the nearest one. */
  hit(event: MouseEvent, clamped?: boolean): GridPlace | undefined;
  /** The cell of the keyboard. */
  active(): GridPlace;
  /** The state is over another cell, or no state is on its way any more. */
  onChange(): void;
  onDrop(from: GridPlace, to: GridPlace): void;
}

/**
 * A state on its way from a cell of one run to a cell of the other. A mouse or pen drags it; Space picks it up and puts it down; after
 * {@link pickUp}, by a button, the next press puts it down, which is how a finger does it without stopping the page from scrolling.
 */
export class Carry {
  readonly #model: CarryModel;
  #pressed: GridPlace | undefined;
  /** The click that ends a drag is no press. */
  #dragged = false;
  from: GridPlace | undefined;
  to: GridPlace | undefined;

  constructor(model: CarryModel) {
    this.#model = model;
  }

  get path(): { from: GridPlace; to: GridPlace } | undefined {
    return this.from && this.to && { from: this.from, to: this.to };
  }

  pickUp(cell: GridPlace): void {
    this.from = this.to = cell;
    this.#model.onChange();
  }

  moveTo(cell: GridPlace): void {
    if (!this.from || same(this.to, cell)) return;
    this.to = cell;
    this.#model.onChange();
  }

  /** Lets the state go where it was. Returns whether one was on its way. */
  stop(): boolean {
    const was = this.from !== undefined;
    this.from = this.to = this.#pressed = undefined;
    if (was) this.#model.onChange();
    return was;
  }

  onDown(event: PointerEvent): void {
    this.#dragged = false;
    this.#pressed =
      event.pointerType !== 'touch' && event.button === 0 && !this.from && this.#model.isMovable() ? this.#model.hit(event) : undefined;
  }

  /** Returns whether the pointer carries a state. */
  onMove(event: PointerEvent): boolean {
    const cell = this.#model.hit(event, this.#pressed !== undefined);
    if (this.#pressed && cell && !this.#dragged && !same(this.#pressed, cell)) {
      this.#dragged = true;
      (event.currentTarget as Element).setPointerCapture?.(event.pointerId);
      this.pickUp(this.#pressed);
    }
    if (this.from && cell && event.pointerType !== 'touch') this.moveTo(cell);
    return this.from !== undefined;
  }

  onUp(event: PointerEvent): void {
    const cell = this.#model.hit(event, true);
    this.#pressed = undefined;
    if (this.#dragged && cell) this.#drop(cell);
  }

  /** A click ends a drag, or puts down what a button or a key has picked up. Returns whether it was one of these. */
  onClick(event: MouseEvent): boolean {
    if (this.#dragged) {
      this.#dragged = false;
      return true;
    }
    const cell = this.#model.hit(event);
    if (!this.from || !cell) return false;
    this.#drop(cell);
    return true;
  }

  /** Space and, while a state is on its way, Enter and Escape. Returns whether the key was one of these. */
  onKeydown({ key, altKey, metaKey, ctrlKey }: KeyboardEvent): boolean {
    if (altKey || metaKey || ctrlKey) return false;
    if (this.from) {
      if (key === 'Escape') return this.stop();
      if (key !== ' ' && key !== 'Enter') return false;
      this.#drop(this.#model.active());
      return true;
    }
    if (key !== ' ' || !this.#model.isMovable()) return false;
    this.pickUp(this.#model.active());
    return true;
  }

  #drop(to: GridPlace): void {
    const { from } = this;
    this.stop();
    if (from) this.#model.onDrop(from, to);
  }
}

export function same(one: Partial<GridPlace> | undefined, other: GridPlace): boolean {
  return one?.row === other.row && one.column === other.column;
}
