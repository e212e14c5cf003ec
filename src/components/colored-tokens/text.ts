// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { valueText } from './caption.js';
import type { TokensScene } from './scene.js';
import { tokensStrings } from './strings.js';

/** A longer table is finished when the reader opens it. */
const rowsAtOnce = 200;

/** Every token with its values, as a table. */
export function tokensText(scene: TokensScene, isOpen: boolean, opened: () => void): TemplateResult {
  const { tokens, rows } = scene.figure;
  return textAlternative({
    opened,
    heads: [tokensStrings.tokenHead, tokensStrings.valueHead],
    rows: tokens.slice(0, isOpen ? undefined : rowsAtOnce).map((token) => ({
      head: html`${token.position} ${tokenTemplate(token)}`,
      cell: rows.map((row) => valueText(scene, row, token.position)).join(', '),
    })),
  });
}
