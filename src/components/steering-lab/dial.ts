// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { strengthText } from './scene.js';
import { steeringStrings } from './strings.js';

/** The slider of the strength. */
export interface Dial {
  strength: number;
  /** The largest strength to either side. */
  most: number;
  /** Strengths that are marked; where `snaps`, the only ones that can be chosen. */
  marks: readonly number[];
  snaps: boolean;
  /** Words at the two ends. */
  less: string | undefined;
  more: string | undefined;
}

/** The slider of a live lab goes so far to either side. */
export const mostStrength = 8;
export const liveMarks = [-8, -4, 0, 4, 8];

/** Distance of two strengths that a reader can set by hand. */
const step = 0.5;

/** The strength as a slider with 0 in the middle. Where texts are recorded, it stops at their strengths. */
export function dialTemplate(dial: Dial, choose: (strength: number) => void): TemplateResult {
  const { strength, most, marks, snaps, less, more } = dial;
  const nearest = (value: number): number =>
    marks.reduce((best, mark) => (Math.abs(mark - value) < Math.abs(best - value) ? mark : best), marks[0] ?? 0);
  const onInput = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const value = snaps ? nearest(input.valueAsNumber) : input.valueAsNumber;
    input.valueAsNumber = value;
    choose(value);
  };
  // Between recorded strengths the keys of a slider would not get anywhere, as each step is shorter than the way to the next.
  const onKeydown = (event: KeyboardEvent): void => {
    const to = snaps ? markAfter(event.key, marks, strength) : undefined;
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  const at = (mark: number): string => `inset-inline-start: ${((mark + most) / (2 * most)) * 100}%`;
  return html`<div class="dial" part="strength" data-export="no">
    <input
      type="range"
      min=${-most}
      max=${most}
      step=${step}
      .value=${String(strength)}
      aria-label=${steeringStrings.steeringStrength}
      aria-valuetext=${strengthText(strength)}
      @input=${onInput}
      @keydown=${onKeydown}
    />
    <div class="marks" aria-hidden="true">
      ${keyed(
        marks.join(), // another scale: its marks are no old ones that have moved
        marks.map(
          (mark) =>
            html`<span class="mark ${mark === strength ? 'chosen' : ''} ${mark === 0 ? 'zero' : ''}" .style=${at(mark)}
              >${strengthText(mark)}</span
            >`,
        ),
      )}
    </div>
    ${less || more ? html`<div class="ends" aria-hidden="true"><span>${less}</span><span>${more}</span></div>` : nothing}
  </div>`;
}

function markAfter(key: string, marks: readonly number[], strength: number): number | undefined {
  const place = marks.indexOf(strength);
  const to: Readonly<Record<string, number>> = {
    ArrowRight: place + 1,
    ArrowUp: place + 1,
    ArrowLeft: place - 1,
    ArrowDown: place - 1,
    PageUp: place + 2,
    PageDown: place - 2,
    Home: 0,
    End: marks.length - 1,
  };
  const index = to[key];
  return index === undefined ? undefined : marks[Math.min(marks.length - 1, Math.max(0, index))];
}
