// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { strings } from './strings.js';

/** A figure as a table of two columns. */
export interface TextAlternative {
  /** `<p>`, above the table. */
  summary?: TemplateResult;
  /** `<caption>` of the table. */
  caption?: TemplateResult;
  /** Heads of the two columns. */
  heads: readonly [string, string];
  rows: readonly { head: unknown; cell: unknown }[];
  /** The reader opens it, for a long table whose rows are not all there before. */
  opened?: () => void;
}

/** What a figure shows, as a table behind a disclosure: for those who cannot see it, and for those who want the numbers. */
export function textAlternative({ summary, caption, heads, rows, opened }: TextAlternative): TemplateResult {
  return html`<details @toggle=${opened}>
    <summary>${strings.textAlternative}</summary>
    ${summary}
    <div class="scroll-y" tabindex="0" role="region" aria-label=${strings.textAlternative}>
      <table class="text">
        ${caption}
        <thead>
          <tr>
            <th scope="col">${heads[0]}</th>
            <th scope="col">${heads[1]}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ head, cell }) =>
              html`<tr>
                <th scope="row">${head}</th>
                <td>${cell}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
