// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import type { Decoding } from './decoding.js';
import { nextTokenStrings as words } from './strings.js';

/** Each setting as a slider: its range, and the value at which it does nothing. */
const sliders: readonly { name: keyof Decoding; min: number; max: number; step: number; off?: number }[] = [
  { name: 'temperature', min: 0, max: 2, step: 0.1 },
  { name: 'topK', min: 0, max: 50, step: 1, off: 0 },
  { name: 'topP', min: 0.05, max: 1, step: 0.05, off: 1 },
  { name: 'minP', min: 0, max: 0.5, step: 0.01, off: 0 },
  { name: 'repetitionPenalty', min: 1, max: 2, step: 0.05, off: 1 },
];

/** The settings of decoding, which act on the logits that are there: no model is asked. */
export function slidersTemplate(decoding: Decoding, change: (name: keyof Decoding, value: number) => void): TemplateResult {
  return html`<div class="sliders">
    ${sliders.map(({ name, min, max, step, off }) => {
      const value = decoding[name];
      const shown = value === off ? words.off : name === 'temperature' && value === 0 ? words.greedy : String(Number(value.toFixed(2)));
      return html`<label class="slider">
        <span>${words[name]}</span>
        <input
          type="range"
          min=${min}
          max=${max}
          step=${step}
          .value=${String(value)}
          aria-valuetext=${shown}
          @input=${(event: Event) => change(name, (event.target as HTMLInputElement).valueAsNumber)}
        />
        <output>${shown}</output>
      </label>`;
    })}
  </div>`;
}
