// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { takeLines } from '../shared/live-view.js';
import { patchingStrings as words } from './strings.js';

const patchable = ['resid_pre', 'resid_mid', 'attn_out', 'mlp_out', 'head_out', 'head_q', 'head_k', 'head_v', 'head_pattern', 'head_every'];
const traceable = ['state', 'mlp', 'attn'];

/** What a live sweep is asked with. */
export interface SweepFields {
  corrupted: string;
  answer: string;
  wrong: string;
  site: string;
}

/** The fields under the first prompt, as far as the technique has them. */
export interface FieldsOptions extends SweepFields {
  technique: 'patching' | 'ablation' | 'tracing';
  /** The second prompt came with the data: `late` of a live run. */
  late: boolean;
  change(name: keyof SweepFields, value: string): void;
  /** Enter in a field. */
  run(): void;
}

/** The second prompt, the answers and what is patched, where the reader can change them. */
export function fieldsTemplate({ technique, late, corrupted, answer, wrong, site, change, run }: FieldsOptions): TemplateResult {
  const onInput =
    (name: keyof SweepFields) =>
    ({ target }: Event): void =>
      change(name, (target as HTMLInputElement).value);
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    run();
  };
  const known = technique === 'tracing' ? traceable : patchable;
  const sites = known.includes(site) ? known : [site, ...known];
  const answerField = (name: 'answer' | 'wrong', label: string, value: string): TemplateResult =>
    html`<label
      >${label} <input spellcheck="false" autocomplete="off" .value=${value} @input=${onInput(name)} @keydown=${onKeydown}
    /></label>`;
  return html`${
      technique === 'patching'
        ? html`<label class="prompt">
            <span>${words.corruptedField}</span>
            <textarea
              rows="1"
              part="prompt"
              class=${late ? 'late' : nothing}
              spellcheck="false"
              .value=${corrupted}
              @focus=${takeLines}
              @input=${onInput('corrupted')}
              @keydown=${onKeydown}
            ></textarea>
          </label>`
        : nothing
    }
    <div class="answers">
      ${answerField('answer', words.answerField, answer)} ${answerField('wrong', words.wrongField, wrong)}
      <label
        >${words.siteField}
        <select @change=${onInput('site')}>
          ${sites.map((name) => html`<option value=${name} .selected=${name === site}>${words.patchingSite(name)}</option>`)}
        </select></label
      >
    </div>`;
}
