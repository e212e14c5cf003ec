// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cssColour, rampRgb } from '../../shared/colour.js';
import type { PatchedOutput, RunOutput } from '../../shared/core.js';
import { formatPercent } from '../../shared/format.js';
import type { ModelProvider } from '../../shared/model-directory.js';
import { strings } from '../../shared/strings.js';
import type { Theme } from '../../shared/theme-controller.js';
import { displayOne } from '../../shared/token-display.js';
import { tokenTemplate } from '../../shared/token-view.js';
import type { Outputs } from './outputs.js';
import { outputLines } from '../waiting.js';
import type { PatchingData } from '../patching-data.js';
import { metricText } from './phrases.js';
import { pictureStrings as words } from './strings.js';
import { patchingStrings as names } from '../strings.js';

/** A strong colour of the ramp, 0 to 255. */
const barColour = 190;

/** What the panel of outputs shows and does. */
export interface OutputsPanel {
  figure: PatchingData;
  outputs: Outputs;
  provider: ModelProvider | undefined;
  theme: Theme;
  /** The buttons that pick a state up; nothing where none can be. */
  buttons: TemplateResult | typeof nothing;
}

/** The likeliest next tokens of the clean run, the patched one and the corrupted one, beside each other. */
export function outputsTemplate({ figure, outputs, provider, theme, buttons }: OutputsPanel): TemplateResult {
  const { result, status, error } = outputs;
  const { clean, corrupted } = result ?? figure.outputs ?? {};
  const colour = cssColour(rampRgb(theme.sequential, barColour));
  const list = (name: string, run: RunOutput | undefined, instead: unknown = nothing): TemplateResult =>
    html`<div class="output ${run === result?.patched && run ? 'changed' : ''}">
      <div class="output-name">${name} ${run ? html`<span class="quiet">${metricText(figure, run.value)}</span>` : nothing}</div>
      ${
        run
          ? html`<ol>
              ${run.top.slice(0, outputLines).map(
                ({ text, probability }) =>
                  html`<li>
                    <span class="token-name">${tokenTemplate(displayOne(text))}</span>
                    <span class="percent">${formatPercent(probability)}</span>
                    <span class="bar" .style=${`inline-size: ${(probability * 100).toFixed(1)}%; background: ${colour}`}></span>
                  </li>`,
              )}
            </ol>`
          : instead
      }
    </div>`;
  const instead =
    status === 'running'
      ? html`<div class="quiet">${words.outputRunning}</div>`
      : status === 'error'
        ? nothing
        : html`<div class="quiet">${words.outputAbsent}</div>
            ${
              provider && !provider.engine
                ? provider.status === 'loading'
                  ? html`<div class="quiet">${provider.statusText}</div>`
                  : html`<button type="button" @click=${() => void outputs.press()}>${strings.runLive(provider.sizeText)}</button>`
                : nothing
            }`;
  return html`<div class="outputs" part="outputs" role="group" aria-label=${words.outputsLabel} .style=${`--lines: ${outputLines}`}>
    <div class="outputs-head"><span>${words.outputsLabel}</span> ${buttons}</div>
    <div class="three">
      ${list(names.clean, clean)} ${list(words.patched, result?.patched, instead)} ${list(names.corrupted, corrupted)}
    </div>
    ${status === 'error' ? html`<div class="error" part="error" role="alert">${error}</div>` : nothing}
  </div>`;
}

/** What has come out, in a sentence for screen readers. */
export function outputSentence({ patched }: PatchedOutput): string {
  const [best] = patched.top;
  return best ? words.outputSaid(displayOne(best.text).quoted, formatPercent(best.probability)) : '';
}
