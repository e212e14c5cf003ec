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
  /** Below the table. */
  more?: () => TemplateResult;
}

/** A longer table is made when the reader opens it: until then nobody, no screen reader either, can come upon it. */
const rowsAtOnce = 64;

/** Fills the last child of a `<details>`: at once, or while it is open. */
class Filled extends Directive {
  #details: HTMLDetailsElement | undefined;
  #content: () => TemplateResult = () => html``;
  #atOnce = false;

  render(_content: () => TemplateResult, _atOnce: boolean): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [content, atOnce]: [() => TemplateResult, boolean]): typeof noChange {
    this.#content = content;
    this.#atOnce = atOnce;
    if (element !== this.#details) {
      this.#details = element as HTMLDetailsElement;
      element.addEventListener('toggle', () => this.#draw());
    }
    this.#draw();
    return noChange;
  }

  #draw(): void {
    const { open, lastElementChild } = this.#details!;
    render(open || this.#atOnce ? this.#content() : nothing, lastElementChild as HTMLElement);
  }
}

const filled = /* @__PURE__ */ directive(Filled);

/** A part that is made when the reader opens it, or at once. */
export function disclosure(summary: string, content: () => TemplateResult, atOnce = false): TemplateResult {
  return html`<details ${filled(content, atOnce)}>
    <summary>${summary}</summary>
    <div></div>
  </details>`;
}

/** What a figure shows, as a table behind a disclosure: for those who cannot see it, and for those who want the numbers. */
export function textAlternative(told: TextAlternative): TemplateResult {
  return disclosure(strings.textAlternative, () => tableTemplate(told), told.rows.length <= rowsAtOnce);
}

function tableTemplate({ summary, caption, heads, rows, more }: TextAlternative): TemplateResult {
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
    </div>
    ${more?.()}`;
}

function rowTemplate({ head, cell }: TextRow): TemplateResult {
  return html`<tr>
    <th scope="row">${head}</th>
    <td>${cell}</td>
  </tr>`;
}
