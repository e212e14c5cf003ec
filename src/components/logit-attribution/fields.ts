// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
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
