// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { valueText } from './caption.js';
import type { TokensScene } from './scene.js';
import { tokensStrings } from './strings.js';

/** Every token with its values, as a table. */
export function tokensText(scene: TokensScene): TemplateResult {
  const { tokens, rows } = scene.figure;
  return textAlternative({
    heads: [tokensStrings.tokenHead, tokensStrings.valueHead],
    rows: {
      length: tokens.length,
      at: (position) => ({
        head: html`${position} ${tokenTemplate(tokens[position]!)}`,
        cell: rows.map((row) => valueText(scene, row, position)).join(', '),
      }),
    },
  });
}
