// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { Decoding } from './decoding.js';
import type { NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** Each setting as a slider: its range, and the value at which it does nothing. */
const sliders: readonly { name: keyof Decoding; min: number; max: number; step: number; off?: number }[] = [
  { name: 'temperature', min: 0, max: 2, step: 0.1 },
  { name: 'topK', min: 0, max: 50, step: 1, off: 0 },
  { name: 'topP', min: 0.05, max: 1, step: 0.05, off: 1 },
  { name: 'minP', min: 0, max: 0.5, step: 0.01, off: 0 },
  { name: 'repetitionPenalty', min: 1, max: 2, step: 0.05, off: 1 },
];

/** What the reader can do with the text. */
export interface StepActions {
  goTo(step: number): void;
  add(): void;
  many(): void;
  stop(): void;
}

/** How many tokens the longer button draws. */
export const manyTokens = 10;

/** Back and forward along the text, and the token that comes next. */
export function stepsTemplate(
  scene: NextScene,
  { running, live, hint }: { running: boolean; live: boolean; hint: string },
  actions: StepActions,
): TemplateResult {
  const { at, figure } = scene;
  return html`<div class="steps">
    <button type="button" ?disabled=${at === 0} @click=${() => actions.goTo(at - 1)}>${words.stepBack}</button>
    <button type="button" ?disabled=${at >= figure.chosen.length} @click=${() => actions.goTo(at + 1)}>${words.stepForward}</button>
    <button type="button" class="add" @click=${actions.add}>${addText(scene)}</button>
    ${
      live
        ? html`<button type="button" @click=${running ? actions.stop : actions.many}>
            ${running ? words.stepStop : words.stepMany(manyTokens)}
          </button>`
        : nothing
    }
    <span class="hint" role="status">${hint}</span>
  </div>`;
}

function addText({ figure, locked, chosen, decoding, draw, decoded }: NextScene): string {
  if (locked) return words.stepAdd(figure.tokenOf(chosen.id).quoted);
  if (decoding.temperature === 0) return words.stepTake(figure.tokenOf(decoded.candidates[0]!.id).quoted);
  return words.stepDraw(draw ? figure.tokenOf(draw.id).quoted : '');
}

/** The settings of decoding and the seed, which act on the logits that are there: no model is asked. */
export function settingsTemplate(
  { decoding, seed }: NextScene,
  change: (name: keyof Decoding | 'seed', value: number) => void,
): TemplateResult {
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
    <label class="slider">
      <span>${words.seed}</span>
      <input
        class="seed"
        type="number"
        step="1"
        .value=${String(seed)}
        @change=${(event: Event) => change('seed', Math.trunc((event.target as HTMLInputElement).valueAsNumber) || 0)}
      />
    </label>
  </div>`;
}

/** What the bar of all probability and its marks mean. */
export function legendTemplate({ decoding, seed }: NextScene): TemplateResult {
  const draws = decoding.temperature > 0;
  return html`<div class="keys quiet" part="legend">
    <span>${words.massLegend}</span>
    ${draws && decoding.topP < 1 ? html`<span><span class="limit-key"></span>${words.massLimit(String(Number(decoding.topP.toFixed(2))))}</span>` : nothing}
    ${decoding.repetitionPenalty === 1 ? nothing : html`<span>÷ ${words.penaltyLegend}</span>`}
    ${draws ? html`<span>▾ ${words.massDraw(seed)}</span>` : nothing}
  </div>`;
}
