// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { cssColour } from '../shared/colour.js';
import { formatWeight } from '../shared/format.js';
import type { DisplayToken } from '../shared/token-display.js';
import { tokenTemplate } from '../shared/token-view.js';
import type { AttentionScene } from './scene.js';
import { viewStrings } from './view-strings.js';

/** A table of more tokens on a side helps nobody, and a page of so many cells is slow. */
const mostTokens = 128;

/** Every weight of the chosen head or heads: a row for each query, a column for each key. */
export function weightsTemplate({ figure, grid, title, theme }: AttentionScene): TemplateResult {
  const { values, offset, rows, columns, causal } = grid;
  if (Math.max(rows, columns) > mostTokens) return html`<p>${viewStrings.tooManyWeights(rows, columns)}</p>`;
  const cell = (query: number, key: number): TemplateResult => {
    const weight = values[offset + query * columns + key]!;
    return html`<td>${(causal && key > query) || Number.isNaN(weight) ? '' : formatWeight(weight)}</td>`;
  };
  const name = (token: DisplayToken, position: number, scope: string): TemplateResult =>
    html`<th scope=${scope}>${position} ${tokenTemplate(token)}</th>`;
  return html`<p>${title}. ${viewStrings.weightsCaption}</p>
    <div class="scroll-y" tabindex="0" role="region" aria-label=${viewStrings.allWeights}>
      <table class="weights" .style=${`--weights-paper: ${cssColour(theme.paper)}`}>
        <thead>
          <tr>
            <td></td>
            ${figure.keyTokens.map((token, key) => name(token, key, 'col'))}
          </tr>
        </thead>
        <tbody>
          ${figure.tokens.map(
            (token, query) =>
              html`<tr>
                ${name(token, query, 'row')}${figure.keyTokens.map((_, key) => cell(query, key))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
