// SPDX-License-Identifier: MIT
import type { Tooltip } from './tooltip.js';

/** What a picture of cells does with a pointer; `P` is how it names a place. */
export interface PointingModel<P> {
  /** The place under the pointer, if it is over one. */
  hit(event: MouseEvent): P | undefined;
  /** What the tooltip says of a place. */
  sentence(place: P): string;
  /** Points at a place without holding it, or at nothing. */
  point(place: P | undefined): void;
  /** Whether a place is what the figure points at already. */
  isPointedAt(place: P): boolean;
  /** A press on a place. It only points where it was the first touch of that place; else it locks. */
  press(place: P, firstTouch: boolean): void;
  /** The keyboard holds what is pointed at; a pointer that leaves does not take it away. */
  isHeld(): boolean;
}

/**
 * Mouse, pen and finger over a picture of cells: hover points and says a sentence, a click locks. A finger has no hover, so its first
 * touch points and a second one on the same place locks.
 */
export class Pointing<P> {
  readonly #tooltip: Tooltip;
  readonly #model: PointingModel<P>;
  #byTouch = false;

  constructor(tooltip: Tooltip, model: PointingModel<P>) {
    this.#tooltip = tooltip;
    this.#model = model;
  }

  readonly onMove = (event: PointerEvent): void => {
    const place = this.#model.hit(event);
    if (place === undefined) {
      this.onLeave();
      return;
    }
    if (event.pointerType !== 'touch') this.#model.point(place);
    this.#tooltip.show(this.#model.sentence(place), event.clientX, event.clientY);
  };

  readonly onLeave = (event?: PointerEvent): void => {
    this.#tooltip.hide();
    // A finger leaves before its click comes; what it pointed at stays.
    if (!this.#model.isHeld() && event?.pointerType !== 'touch') this.#model.point(undefined);
  };

  readonly onDown = (event: PointerEvent): void => {
    this.#byTouch = event.pointerType === 'touch';
  };

  readonly onClick = (event: MouseEvent): void => {
    const place = this.#model.hit(event);
    if (place !== undefined) this.#model.press(place, this.#byTouch && !this.#model.isPointedAt(place));
  };
}
