// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { textAlternative } from '../shared/text-alternative.js';
import { strengthText, textsSentence, type SteeringScene } from './scene.js';
import { steeringStrings as words } from './strings.js';

/** The texts of all strengths as a table. */
export function steeringText(scene: SteeringScene): TemplateResult {
  const { trace } = scene.figure;
  const written = (tokens: readonly { text: string }[]): string => `${trace.prompt}${tokens.map(({ text }) => text).join('')}`;
  return textAlternative({
    summary: () => html`<p>${textsSentence(scene)}</p>`,
    heads: [words.steeringTexts, words.writtenText],
    rows: [
      { head: words.withoutVector, cell: written(trace.base) },
      ...trace.steered.map(({ strength, tokens }) => ({ head: strengthText(strength), cell: written(tokens) })),
    ],
  });
}
