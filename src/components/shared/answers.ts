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

class Answers extends Directive {
  #element: Element | undefined;

  render(_keys: Keys, _pointers: Pointers): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [keys, pointers]: [Keys, Pointers]): typeof noChange {
    if (element === this.#element) return noChange;
    this.#element = element;
    const listeners: readonly (readonly [string, (event: never) => void])[] = [
      ['focus', keys.onFocus],
      ['blur', keys.onBlur],
      ['keydown', keys.onKeydown],
      ['pointermove', pointers.onMove],
      ['pointerleave', pointers.onLeave],
      ['pointerdown', pointers.onDown],
      ['click', pointers.onClick],
    ];
    for (const [type, listener] of listeners) element.addEventListener(type, listener as EventListener);
    return noChange;
  }
}

/**
 * On an element that is one stop of the Tab key, with places inside: has it answer to keyboard and pointer. The answers are those of the
 * first drawing.
 *
 * @example html`<div role="grid" tabindex="0" ${answers(grid, pointing)}>`
 */
export const answers = /* @__PURE__ */ directive(Answers);
