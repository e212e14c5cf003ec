// SPDX-License-Identifier: MIT
import { html, noChange, render, type ElementPart, type TemplateResult } from 'lit';
import { Directive, directive } from 'lit/directive.js';
import { strings } from './strings.js';

/** What a row says. */
export interface TextRow {
  head: unknown;
  cell: unknown;
}

/** Rows that are made when they are wanted; an array is one, too. */
export interface TextRows {
  readonly length: number;
  at(index: number): TextRow | undefined;
}

/** A figure as a table of two columns. */
export interface TextAlternative {
  /** `<p>`, above the table. */
  summary?: TemplateResult;
  /** `<caption>` of the table. */
  caption?: TemplateResult;
  /** Heads of the two columns. */
  heads: readonly [string, string];
  rows: TextRows;
}

/** A longer table is made when the reader opens it: until then nobody, no screen reader either, can come upon its rows. */
const rowsAtOnce = 64;

class Rows extends Directive {
  #details: HTMLDetailsElement | undefined;
  #rows: TextRows = [];

  render(_rows: TextRows): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [rows]: [TextRows]): typeof noChange {
    this.#rows = rows;
    if (element !== this.#details) {
      this.#details = element as HTMLDetailsElement;
      element.addEventListener('toggle', () => this.#draw());
    }
    this.#draw();
    return noChange;
  }

  #draw(): void {
    const { open } = this.#details!;
    const count = open || this.#rows.length <= rowsAtOnce ? this.#rows.length : 0;
    render(
      Array.from({ length: count }, (_, index) => rowTemplate(this.#rows.at(index)!)),
      this.#details!.querySelector('tbody')!,
    );
  }
}

const tableRows = /* @__PURE__ */ directive(Rows);

const rowTemplate = ({ head, cell }: TextRow): TemplateResult =>
  html`<tr>
    <th scope="row">${head}</th>
    <td>${cell}</td>
  </tr>`;

/** What a figure shows, as a table behind a disclosure: for those who cannot see it, and for those who want the numbers. */
export function textAlternative({ summary, caption, heads, rows }: TextAlternative): TemplateResult {
  return html`<details ${tableRows(rows)}>
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
        <tbody></tbody>
      </table>
    </div>
  </details>`;
}
