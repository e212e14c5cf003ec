// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatNumber, formatWeight } from '../shared/format.js';
import { disclosure, textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { topKeys } from './attention-data.js';
import { entropyOf } from './head-scores.js';
import type { AttentionScene } from './scene.js';
import { viewStrings } from './view-strings.js';
import { weightsTemplate } from './weights.js';

/** The chosen head or heads as a table: what each token attends to most, and on request every weight. */
export function attentionText(scene: AttentionScene): TemplateResult {
  const { figure, grid, title } = scene;
  return textAlternative({
    summary: () => html`<p>${title}. ${viewStrings.headSummary(formatNumber(entropyOf(grid)))}</p>`,
    heads: [viewStrings.token, viewStrings.topKeys],
    rows: {
      length: figure.tokens.length,
      at: (query) => ({
        head: html`${query} ${tokenTemplate(figure.tokens[query]!)}`,
        cell: topKeys(grid, query, 3).map(
          ({ at, weight }, index) => html`${index > 0 ? ', ' : ''}${tokenTemplate(figure.keyTokens[at]!)} (${at}) ${formatWeight(weight)}`,
        ),
      }),
    },
    more: () => disclosure(viewStrings.allWeights, () => weightsTemplate(scene)),
  });
}
