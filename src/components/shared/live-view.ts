// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { LiveRun } from './live-run.js';
import { strings } from './strings.js';

/** What the figure knows of its live part. */
export interface LiveViewOptions {
  /** The figure names a model or stands in one. */
  wanted: boolean;
  editable: boolean;
  /** More fields than the prompt. */
  fields: TemplateResult | undefined;
  /** Name of the prompt's field, where it is not "Prompt". */
  promptLabel: string | undefined;
  /** A run starts by a press alone: there is a button for it, and one to cancel it. */
  pressOnly: boolean;
  /** How far a run has come, in words. */
  progress: string | undefined;
  /** Said to the author where the named model is not on the page. */
  missing: string | undefined;
  /** "Recorded, storyteller" or "Live, storyteller". */
  source: string | undefined;
}

/** The prompt field and one line: where the numbers come from, what is happening, and the button that starts it. */
export function liveTemplate<T>(run: LiveRun<T>, options: LiveViewOptions): TemplateResult | typeof nothing {
  const { wanted, editable, fields, promptLabel, missing, source } = options;
  if (!wanted && !editable) return nothing;
  return html`<div class="live" part="live">
    ${editable ? promptField(run, promptLabel) : nothing} ${fields ?? nothing}
    <div class="live-line">${missing && !source ? missing : statusLine(run, options)}</div>
    ${
      run.status === 'error' && run.error
        ? html`<div class="error" part="error" role="alert">
            ${run.error.message} <button type="button" @click=${() => run.press()}>${strings.retry}</button>
          </div>`
        : nothing
    }
  </div>`;
}

/** The reader has gone to a field whose text came with the data: it may take its lines from now on. */
export function takeLines({ target }: Event): void {
  (target as HTMLElement).classList.remove('late');
}

function promptField<T>(run: LiveRun<T>, label: string = strings.prompt): TemplateResult {
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void run.press();
  };
  return html`<label class="prompt">
    <span>${label}</span>
    <textarea
      rows="1"
      part="prompt"
      class=${run.late ? 'late' : nothing}
      spellcheck="false"
      .value=${run.text}
      @focus=${takeLines}
      @input=${(event: InputEvent) => run.type((event.target as HTMLTextAreaElement).value)}
      @keydown=${onKeydown}
    ></textarea>
  </label>`;
}

function statusLine<T>(run: LiveRun<T>, { source, pressOnly, progress }: LiveViewOptions): TemplateResult {
  const { provider, status } = run;
  if (!provider) return html`<span>${source ?? nothing}</span>`;
  if (status === 'running' || status === 'waiting') {
    const words = status === 'waiting' ? strings.waiting : (progress ?? strings.running);
    return html`<span>${words}</span>
      ${pressOnly ? html`<button type="button" @click=${() => run.cancel()}>${strings.cancel}</button>` : nothing}`;
  }
  switch (provider.status) {
    case 'loading':
      return html`<span>${provider.statusText}</span> <button type="button" @click=${() => provider.cancel()}>${strings.cancel}</button>`;
    case 'error':
      return html`<span>${source ?? strings.modelFailed}</span>
        <button type="button" @click=${() => run.press()}>${strings.retry}</button>`;
    case 'idle':
      return html`${source === undefined ? nothing : html`<span>${source}</span>`}
        <button type="button" @click=${() => run.press()}>${strings.runLive(provider.sizeText)}</button>`;
    case 'ready':
      return html`<span>${source ?? nothing}</span>
        ${pressOnly ? html`<button type="button" @click=${() => run.press()}>${strings.run}</button>` : nothing}`;
  }
}
