// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { cssColour, rampRgb } from '../shared/colour.js';
import type { PatchedOutput } from '../shared/core.js';
import { formatPercent } from '../shared/format.js';
import type { Theme } from '../shared/theme-controller.js';
import { displayOne } from '../shared/token-display.js';
import { tokenTemplate } from '../shared/token-view.js';
import { patchingStrings as words } from './strings.js';

/** The likeliest next tokens of the run that a state is taken from, of the changed run, and of the run before it was changed. */
export function outputsTemplate(output: PatchedOutput, caption: string, theme: Theme): TemplateResult {
  const colour = cssColour(rampRgb(theme.sequential, 190));
  return html`<div class="outputs" part="outputs">
    <div class="quiet">${caption}</div>
    ${(['source', 'patched', 'target'] as const).map(
      (which) =>
        html`<div>
          <div class="quiet">${words.outputOf[which]}</div>
          <ol>
            ${output[which].map(
              ({ text, probability }) =>
                html`<li>
                  <span class="token-name">${tokenTemplate(displayOne(text))}</span>
                  <span class="percent">${formatPercent(probability)}</span>
                  <span class="bar" .style=${`inline-size: ${(probability * 100).toFixed(1)}%; background: ${colour}`}></span>
                </li>`,
            )}
          </ol>
        </div>`,
    )}
  </div>`;
}
