// SPDX-License-Identifier: MIT
import { html, noChange, nothing, render, type ElementPart, type TemplateResult } from 'lit';
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
  summary?: () => TemplateResult;
  /** `<caption>` of the table. */
  caption?: TemplateResult;
  /** Heads of the two columns. */
  heads: readonly [string, string];
  rows: TextRows;
}

/** A longer table is made when the reader opens it: until then nobody, no screen reader either, can come upon it. */
const rowsAtOnce = 64;

class Told extends Directive {
  #details: HTMLDetailsElement | undefined;
  #told: TextAlternative | undefined;

  render(_told: TextAlternative): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [told]: [TextAlternative]): typeof noChange {
    this.#told = told;
    if (element !== this.#details) {
      this.#details = element as HTMLDetailsElement;
      element.addEventListener('toggle', () => this.#draw());
    }
    this.#draw();
    return noChange;
  }

  #draw(): void {
    const { open, lastElementChild } = this.#details!;
    const wanted = open || this.#told!.rows.length <= rowsAtOnce;
    render(wanted ? tableTemplate(this.#told!) : nothing, lastElementChild as HTMLElement);
  }
}

const tells = /* @__PURE__ */ directive(Told);

/** What a figure shows, as a table behind a disclosure: for those who cannot see it, and for those who want the numbers. */
export function textAlternative(told: TextAlternative): TemplateResult {
  return html`<details ${tells(told)}>
    <summary>${strings.textAlternative}</summary>
    <div></div>
  </details>`;
}

function tableTemplate({ summary, caption, heads, rows }: TextAlternative): TemplateResult {
  return html`${summary?.()}
    <div class="scroll-y" tabindex="0" role="region" aria-label=${strings.textAlternative}>
      <table class="in-words">
        ${caption}
        <thead>
          <tr>
            <th scope="col">${heads[0]}</th>
            <th scope="col">${heads[1]}</th>
          </tr>
        </thead>
        <tbody>
          ${Array.from({ length: rows.length }, (_, index) => rowTemplate(rows.at(index)!))}
        </tbody>
      </table>
    </div>`;
}

function rowTemplate({ head, cell }: TextRow): TemplateResult {
  return html`<tr>
    <th scope="row">${head}</th>
    <td>${cell}</td>
  </tr>`;
}
