// SPDX-License-Identifier: MIT
import { css, html, type ReactiveController, type ReactiveElement, type TemplateResult } from 'lit';

/**
 * One sentence beside the pointer, in the top layer: a figure inside `contain: layout` or `overflow: hidden` does not clip it. It is
 * hidden from assistive technology, which gets the same sentence as the name of the active cell.
 */
export class Tooltip implements ReactiveController {
  readonly #host: ReactiveElement;

  constructor(host: ReactiveElement) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.hide();
  }

  get #element(): HTMLElement | null {
    return this.#host.renderRoot.querySelector('.tooltip');
  }

  /** Shows `sentence` near a point of the viewport, above it where there is room. */
  show(sentence: string, x: number, y: number): void {
    const element = this.#element;
    if (!element) return;
    if (element.textContent !== sentence) element.textContent = sentence;
    if (!element.matches(':popover-open')) element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const left = Math.min(Math.max(4, x - width / 2), document.documentElement.clientWidth - width - 4);
    const top = y - height - 14 >= 4 ? y - height - 14 : y + 18;
    element.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
  }

  hide(): void {
    const element = this.#element;
    if (element?.matches(':popover-open')) element.hidePopover();
  }

  render(): TemplateResult {
    return html`<div class="tooltip" part="tooltip" popover="manual" aria-hidden="true"></div>`;
  }
}

export const tooltipStyles = css`
  .tooltip {
    position: fixed;
    inset: 0 auto auto 0;
    margin: 0;
    padding: 0.25em 0.55em;
    border: 0;
    border-radius: 3px;
    box-sizing: border-box;
    inline-size: max-content;
    max-inline-size: min(22em, calc(100vw - 8px));
    background: light-dark(#1d1d1f, #ececee);
    color: light-dark(#fff, #111);
    font: inherit;
    font-size: max(0.78rem, 11px);
    line-height: 1.35;
    font-variant-numeric: tabular-nums;
    pointer-events: none;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
`;
