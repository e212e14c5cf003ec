// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatNumber, formatWeight } from '../shared/format.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { headGrid, headName, meanEntropy, topKeys } from './attention-data.js';
import type { AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

/** The chosen head as a table: what each token attends to most. */
export function attentionText({ figure, layer, chosenHead }: AttentionScene): TemplateResult {
  const grid = headGrid(figure, layer, chosenHead);
  const title = attentionStrings.attentionCaption(figure.layers[layer]!, headName(figure, layer, chosenHead));
  return textAlternative({
    summary: html`<p>${title}. ${attentionStrings.headSummary(formatNumber(meanEntropy(grid)))}</p>`,
    heads: [attentionStrings.token, attentionStrings.topKeys],
    rows: figure.tokens.map((token) => ({
      head: html`${token.position} ${tokenTemplate(token)}`,
      cell: topKeys(grid, token.position, 3).map(
        ({ key, weight }, index) => html`${index > 0 ? ', ' : ''}${tokenTemplate(figure.tokens[key]!)} (${key}) ${formatWeight(weight)}`,
      ),
    })),
  });
}
