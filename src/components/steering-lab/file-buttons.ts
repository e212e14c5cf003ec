// SPDX-License-Identifier: MIT
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { reasonOf, type SteeringTrace, type SteeringVectorTrace } from '../shared/core.js';
import { download } from '../shared/download.js';
import { steeringStrings as words } from './strings.js';
import type { VectorForm } from './vector-files.js';

const forms: Readonly<Record<VectorForm, string>> = { json: 'JSON', safetensors: 'safetensors', gguf: 'GGUF' };

/** Loaded when a reader saves or loads a vector, never before. */
const files = () => import('./vector-files.js');

/** A vector that the reader has loaded. */
export interface LoadedVector {
  vector: SteeringVectorTrace;
  /** Of its file. */
  name: string;
}

/** The buttons that save the vector and load one. */
export class FileButtons {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #onLoad: (vector: SteeringVectorTrace) => void;
  #problem: string | undefined;
  loaded: LoadedVector | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, onLoad: (vector: SteeringVectorTrace) => void) {
    this.#host = host;
    this.#onLoad = onLoad;
  }

  render(trace: SteeringTrace, canLoad: boolean): TemplateResult {
    return html`<div class="files" data-export="no">
      <span>${words.saveVector}</span>
      ${Object.entries(forms).map(
        ([form, name]) => html`<button type="button" @click=${() => this.#save(trace, form as VectorForm)}>${name}</button>`,
      )}
      ${canLoad ? this.#loadButton() : nothing}
      ${this.#problem === undefined ? nothing : html`<div class="error" role="alert">${this.#problem}</div>`}
    </div>`;
  }

  #loadButton(): TemplateResult {
    const press = ({ target }: Event): void => ((target as Element).nextElementSibling as HTMLInputElement).click();
    return html`<button type="button" @click=${press}>${words.loadVector}</button
      ><input
        type="file"
        hidden
        accept=".json,.safetensors,.gguf"
        @change=${(event: Event) => this.#load(event.target as HTMLInputElement)}
      />`;
  }

  async #save(trace: SteeringTrace, form: VectorForm): Promise<void> {
    try {
      const file = (await files()).vectorFile(trace, form);
      download(file, `${this.#host.id || this.#host.localName}-vector.${form}`, file.type);
      this.#say(undefined);
    } catch (error) {
      this.#say(reasonOf(error));
    }
  }

  async #load(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      this.loaded = { vector: await (await files()).vectorFromFile(file), name: file.name };
      this.#say(undefined);
      this.#onLoad(this.loaded.vector);
    } catch (error) {
      this.#say(words.noVectorFile(file.name, reasonOf(error)));
    }
    input.value = ''; // the same file can be chosen again
  }

  #say(problem: string | undefined): void {
    this.#problem = problem;
    this.#host.requestUpdate();
  }
}
