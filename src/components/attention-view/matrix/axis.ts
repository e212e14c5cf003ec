// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import type { DisplayToken } from '../../shared/token-display.js';
import { tokenTemplate } from '../../shared/token-view.js';

/** Least distance of two numbers on an axis, and of a number from the chosen token, CSS pixels. */
const tickDistance = 22;
const clearOfChosen = 14;

/**
 * The labels of one axis: all tokens, or where they have no room, some positions and the chosen token.
 *
 * @param step - room of one token, CSS pixels
 */
export function axisLabels(tokens: readonly DisplayToken[], chosen: number | undefined, step: number, all: boolean): unknown {
  if (all) {
    return tokens.map(
      (token) =>
        html`<span class="label ${token.position === chosen ? 'chosen' : ''}" .style=${`--at: ${token.position}`}
          ><span>${tokenTemplate(token)}</span></span
        >`,
    );
  }
  const token = chosen === undefined ? undefined : tokens[chosen];
  return html`${ticks(tokens.length, chosen, step).map(
    (tick) => html`<span class="label tick" .style=${`--at: ${tick}`}><span>${tick}</span></span>`,
  )}
  ${token ? html`<span class="label tick chosen" .style=${`--at: ${token.position}`}><span>${tokenTemplate(token)}</span></span>` : nothing}`;
}

/** Positions that are written where not every token is. */
export function ticks(count: number, chosen: number | undefined, step: number): number[] {
  const every = [5, 10, 20, 50, 100, 200, 500].find((number) => number * step >= tickDistance) ?? 1000;
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every).filter(
    (tick) => chosen === undefined || Math.abs(tick - chosen) * step > clearOfChosen,
  );
}
