// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { strings } from '../shared/strings.js';
import { patchingStrings as words } from './strings.js';

const sites = ['resid_pre', 'resid_mid', 'attn_out', 'mlp_out', 'head_out', 'head_q', 'head_k', 'head_v', 'head_pattern'];

/** What a live sweep is asked with, as the reader can change it. */
export interface Fields {
  editable: boolean;
  running: boolean;
  site: string;
  corrupted: string;
  answer: string;
  wrong: string;
  change(name: 'site' | 'corrupted' | 'answer' | 'wrong', value: string): void;
  run(): void;
  cancel(): void;
}

/** The second prompt and the answers, where they can be changed; what is patched; run and cancel. */
export function fieldsTemplate({ editable, running, site, corrupted, answer, wrong, change, run, cancel }: Fields): TemplateResult {
  const value = (event: Event): string => (event.target as HTMLInputElement).value;
  const choices = sites.includes(site) ? sites : [site, ...sites];
  return html`<div class="fields">
    ${
      editable
        ? html`<label class="prompt">
              <span>${words.corruptedField}</span>
              <textarea
                rows="1"
                spellcheck="false"
                .value=${corrupted}
                @input=${(event: Event) => change('corrupted', value(event))}
              ></textarea>
            </label>
            <div class="answers">
              <label
                >${words.answerField} <input .value=${answer} spellcheck="false" @input=${(event: Event) => change('answer', value(event))}
              /></label>
              <label
                >${words.wrongField} <input .value=${wrong} spellcheck="false" @input=${(event: Event) => change('wrong', value(event))}
              /></label>
            </div>`
        : nothing
    }
    <div class="buttons">
      <label
        >${words.patchingSite}
        <select @change=${(event: Event) => change('site', value(event))}>
          ${choices.map((name) => html`<option .selected=${name === site}>${name}</option>`)}
        </select></label
      >
      ${
        running
          ? html`<button type="button" @click=${cancel}>${strings.cancel}</button>`
          : html`<button type="button" @click=${run}>${words.patchingRun}</button>`
      }
    </div>
  </div>`;
}
