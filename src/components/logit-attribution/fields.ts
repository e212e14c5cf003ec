// SPDX-License-Identifier: MIT
import { css, html, type TemplateResult } from 'lit';
import { attributionFieldStrings as words } from './field-strings.js';

/** Answer and comparison of a live run, to be retyped; Enter or leaving the field takes them over. */
export function fieldsTemplate(
  answer: string,
  wrong: string,
  take: (what: 'answer' | 'wrong', text: string, pressed: boolean) => void,
): TemplateResult {
  const field = (what: 'answer' | 'wrong', label: string, value: string): TemplateResult => {
    const onKeydown = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      take(what, (event.target as HTMLInputElement).value, true);
    };
    return html`<label
      >${label}
      <input
        type="text"
        size="9"
        spellcheck="false"
        autocomplete="off"
        .value=${value}
        @keydown=${onKeydown}
        @change=${(event: Event) => take(what, (event.target as HTMLInputElement).value, false)}
    /></label>`;
  };
  return html`<div class="answers" part="answers">
    ${field('answer', words.attributionAnswer, answer)} ${field('wrong', words.attributionWrong, wrong)}
  </div>`;
}

/** The text of a field as a token: most words of a text are tokens with a space before them, which nobody sees in a field. */
export function asToken(typed: string, before: string | undefined): string {
  return /^[\p{L}\p{N}]/u.test(typed) && (before === undefined || before.startsWith(' ')) ? ` ${typed}` : typed;
}

export const fieldStyles = css`
  .answers {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em 1.2em;
    color: var(--figure-quiet);
  }
  .answers input {
    font: inherit;
    color: var(--figure-ink);
    background: transparent;
    border: 1px solid var(--figure-faint);
    border-radius: 3px;
    padding: 0.15em 0.5em;
    min-inline-size: 0;
    min-block-size: 24px;
    box-sizing: border-box;
  }
`;
