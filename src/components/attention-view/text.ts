// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatNumber, formatWeight } from '../shared/format.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { topKeys } from './attention-data.js';
import { entropyOf } from './head-scores.js';
import type { AttentionScene } from './scene.js';
import { viewStrings } from './view-strings.js';

/** The chosen head or heads as a table: what each token attends to most. */
export function attentionText({ figure, grid, title }: AttentionScene): TemplateResult {
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
  });
}
