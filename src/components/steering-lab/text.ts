// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatNumber } from '../shared/format.js';
import { textAlternative, type TextRow } from '../shared/text-alternative.js';
import { strengthText, textsSentence, type SteeringScene } from './scene.js';
import { vectorLayers } from './steering-data.js';
import { steeringStrings as words } from './strings.js';

/** The texts of all strengths as a table; then every prompt of the vector, with its place along it. */
export function steeringText(scene: SteeringScene): TemplateResult {
  const { trace } = scene.figure;
  const written = (tokens: readonly { text: string }[]): string => `${trace.prompt}${tokens.map(({ text }) => text).join('')}`;
  return textAlternative({
    summary: () => html`<p>${textsSentence(scene)}</p>`,
    heads: [words.steeringTexts, words.writtenText],
    rows: [
      { head: words.withoutVector, cell: written(trace.base) },
      ...trace.steered.map(({ strength, tokens }) => ({ head: strengthText(strength), cell: written(tokens) })),
      ...promptRows(scene),
    ],
  });
}

/** Where the prompts that the vector was found from lie, layer by layer: what its dots say one by one. */
function promptRows({ figure }: SteeringScene): TextRow[] {
  const { vector } = figure.trace;
  if (!vector.pairs) return [];
  const layers = vectorLayers(vector);
  return (['positive', 'negative'] as const).flatMap((side) =>
    vector[side].map((prompt, at) => ({
      head: `"${prompt}"`,
      cell: words.steeringPlaces(layers.map((row) => `${row.layer}: ${formatNumber(row[side][at]!)}`).join(', ')),
    })),
  );
}
