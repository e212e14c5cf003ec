// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { steeringStrings as words } from './strings.js';

/** Prompts as they stand in the two fields. */
export interface PairTexts {
  positive: string;
  negative: string;
}

export type SteeringMethod = keyof typeof words.steeringMethods;
export const steeringMethods = Object.keys(words.steeringMethods) as SteeringMethod[];

/** The prompts of a field, or of a list; empty lines are no prompts. */
export function promptsOf(value: string | readonly string[]): string[] {
  const lines = typeof value === 'string' ? value.split(/\r?\n/) : [...value];
  return lines.filter((line) => line.trim() !== '');
}

/** What keeps these prompts from being pairs, in a sentence; undefined where nothing does. */
export function pairsProblem(positive: readonly string[], negative: readonly string[]): string | undefined {
  if (positive.length === 0 || negative.length === 0) return words.noPairs;
  if (positive.length !== negative.length) return words.unevenPairs(positive.length, negative.length);
  const same = positive.findIndex((prompt, index) => prompt === negative[index]);
  return same < 0 ? undefined : words.samePair(same + 1);
}

/** What the two fields do. */
export interface PairFields {
  texts: PairTexts;
  method: SteeringMethod;
  problem: string | undefined;
  type(side: keyof PairTexts, text: string): void;
  choose(method: SteeringMethod): void;
}

/** The two lists of prompts, and how a direction is made of them. */
export function pairFields({ texts, method, problem, type, choose }: PairFields): TemplateResult {
  const field = (side: keyof PairTexts, label: string): TemplateResult =>
    html`<label class="pair-field">
      <span>${label}</span>
      <textarea
        rows="5"
        part="prompts"
        spellcheck="false"
        .value=${texts[side]}
        aria-invalid=${problem ? 'true' : 'false'}
        aria-describedby="pairs-problem"
        @input=${(event: InputEvent) => type(side, (event.target as HTMLTextAreaElement).value)}
      ></textarea>
    </label>`;
  return html`<div class="pair-fields">${field('positive', words.positivePrompts)} ${field('negative', words.negativePrompts)}</div>
    <div class="pair-line">
      <label
        >${words.steeringMethod}
        <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as SteeringMethod)}>
          ${steeringMethods.map((name) => html`<option value=${name} ?selected=${name === method}>${words.steeringMethods[name]}</option>`)}
        </select></label
      >
      <span id="pairs-problem" class="problem" role="alert">${problem}</span>
    </div>`;
}
