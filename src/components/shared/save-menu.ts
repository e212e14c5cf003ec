// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { strings } from './strings.js';

/** The forms in which a figure can be saved. */
export type SaveFormat = keyof typeof strings.saveAs;

/** A disclosure with one button for each form, and why the last attempt has failed. */
export function saveMenu(save: (format: SaveFormat) => void, failure: string | undefined): TemplateResult {
  return html`<details class="save">
    <summary>${strings.save}</summary>
    <div class="save-forms">
      ${Object.entries(strings.saveAs).map(
        ([format, name]) => html`<button type="button" @click=${() => save(format as SaveFormat)}>${name}</button>`,
      )}
    </div>
    ${failure === undefined ? nothing : html`<div class="error" role="alert">${failure}</div>`}
  </details>`;
}
