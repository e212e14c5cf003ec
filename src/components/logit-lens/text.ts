// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatPercent } from '../shared/format.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { candidates } from './lens-data.js';
import type { LensScene } from './scene.js';
import { lensStrings } from './strings.js';

/** The lens at the chosen position as a table: the likeliest next tokens of each layer. */
export function lensText({ figure, rows, chosen: { position } }: LensScene): TemplateResult {
  return textAlternative({
    caption: html`<caption class="quiet">
      ${figure.tokens[position]!.quoted}, ${lensStrings.position(position)}
    </caption>`,
    heads: [lensStrings.point, lensStrings.nextToken],
    rows: rows.map((point) => ({
      head: figure.labels[point],
      cell: candidates(figure, point, position, 3).map(
        ({ token, probability }, index) => html`${index > 0 ? ', ' : ''}${tokenTemplate(token)} ${formatPercent(probability)}`,
      ),
    })),
  });
}
