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

/** Hands a file to the reader. */
export function download(content: Blob | string, name: string, type: string): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
