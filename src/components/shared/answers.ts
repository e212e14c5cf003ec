// SPDX-License-Identifier: MIT
import { Directive, directive } from 'lit/directive.js';
import { noChange, type ElementPart } from 'lit';

/** Answers to the keyboard, as a `GridController` gives them. */
export interface Keys {
  readonly onFocus: () => void;
  readonly onBlur: () => void;
  readonly onKeydown: (event: KeyboardEvent) => void;
}

/** Answers to mouse, pen and finger, as `Pointing` gives them. */
export interface Pointers {
  readonly onMove: (event: PointerEvent) => void;
  readonly onLeave: (event?: PointerEvent) => void;
  readonly onDown: (event: PointerEvent) => void;
  readonly onClick: (event: MouseEvent) => void;
}

/** The answer to each type of event. */
const answerTo: Readonly<Record<string, (keys: Keys, pointers: Pointers) => (event: never) => void>> = {
  focus: ({ onFocus }) => onFocus,
  blur: ({ onBlur }) => onBlur,
  keydown: ({ onKeydown }) => onKeydown,
  pointermove: (_, { onMove }) => onMove,
  pointerleave: (_, { onLeave }) => onLeave,
  pointerdown: (_, { onDown }) => onDown,
  click: (_, { onClick }) => onClick,
};

class Answers extends Directive {
  #element: Element | undefined;
  #now: [Keys, Pointers] | undefined;

  render(_keys: Keys, _pointers: Pointers): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, now: [Keys, Pointers]): typeof noChange {
    this.#now = now;
    if (element !== this.#element) for (const type of Object.keys(answerTo)) element.addEventListener(type, this);
    this.#element = element;
    return noChange;
  }

  handleEvent(event: Event): void {
    answerTo[event.type]!(...this.#now!)(event as never);
  }
}

/**
 * On an element that is one stop of the Tab key, with places inside: has it answer to keyboard and pointer.
 *
 * @example html`<div role="grid" tabindex="0" ${answers(grid, pointing)}>`
 */
export const answers = /* @__PURE__ */ directive(Answers);
