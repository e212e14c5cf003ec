// SPDX-License-Identifier: MIT
import { css } from 'lit';

/**
 * What every figure shares: it inherits the page's font and colour, stands on the page's own paper, and is as wide as its place.
 *
 * Said here, since comments in the styles would be sent to every reader: the button of a `.live-line` stands first, so that it does not
 * move when what is said beside it changes; a prompt has room for two lines where few letters stand in one; `.room` keeps the author's own content in the place that is kept
 * for the data, not above or below it; where a figure is narrow, `.live-line` has room for two lines, since there the source and the
 * button stand below each other, and the figure's height is the same before there are data and after a live run; a prompt that came
 * with the data, `.late`, scrolls in its field until the reader goes there.
 */
export const figureStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    position: relative;
    text-align: start;
    --figure-accent: var(--vitrine-accent, light-dark(#b8195c, #ff86b1));
    --figure-quiet: color-mix(in srgb, currentColor 65%, transparent);
    --figure-faint: color-mix(in srgb, currentColor 18%, transparent);
    --token-size: max(0.8em, 11px);
  }
  :host([hidden]) {
    display: none;
  }
  .theme-probe {
    position: absolute;
    inline-size: 0;
    block-size: 0;
    visibility: hidden;
    background-color: light-dark(#fff, #000);
    transition:
      color 1ms,
      background-color 1ms,
      --vitrine-ramp 1ms allow-discrete;
  }
  .figure {
    font-size: var(--vitrine-font-size, 0.82em);
    line-height: 1.4;
    color-scheme: var(--figure-scheme);
  }
  [hidden] {
    display: none !important;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .caption {
    min-block-size: 4.2em;
    margin-block: 0.5em 0.3em;
    font-variant-numeric: tabular-nums;
    text-wrap: pretty;
    overflow-wrap: anywhere;
  }
  .caption,
  .caption > * {
    unicode-bidi: plaintext;
  }
  @container (min-width: 480px) {
    .caption {
      min-block-size: 2.8em;
    }
  }
  @container (min-width: 800px) {
    .caption {
      min-block-size: 1.4em;
    }
  }
  .quiet {
    color: var(--figure-quiet);
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    align-content: start;
    gap: 0.35em 1.4em;
    min-block-size: 26px;
    color: var(--figure-quiet);
  }
  @container (max-width: 440px) {
    .controls {
      min-block-size: 54px;
    }
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 0.45em;
  }
  select,
  button,
  textarea,
  input:is(:not([type]), [type='number']) {
    font: inherit;
    color: inherit;
    background: transparent;
    border: 1px solid var(--figure-faint);
    border-radius: 3px;
    padding: 0.1em 0.4em;
    margin: 0;
    min-block-size: 24px;
  }
  select {
    text-overflow: ellipsis;
  }
  input:is(:not([type]), [type='number']) {
    color: var(--figure-ink);
    min-inline-size: 0;
    box-sizing: border-box;
  }
  select option {
    background: Canvas;
    color: CanvasText;
  }
  button {
    padding-inline: 0.7em;
    cursor: pointer;
    border-color: color-mix(in srgb, currentColor 35%, transparent);
  }
  button:hover {
    border-color: currentColor;
  }
  button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  :is(select, button, textarea, summary, input, [tabindex]):focus-visible {
    outline: 2px solid var(--figure-accent);
    outline-offset: 2px;
  }
  .summary-space {
    block-size: 24px;
  }
  textarea:focus-visible {
    outline-offset: -1px;
  }
  details,
  .summary-space {
    margin-block-start: 0.4em;
    color: var(--figure-quiet);
  }
  details details {
    color: inherit;
  }
  summary {
    cursor: pointer;
    inline-size: fit-content;
    min-block-size: 24px;
  }
  table.in-words {
    border-collapse: collapse;
    margin-block: 0.4em;
    font-variant-numeric: tabular-nums;
  }
  table.in-words :is(th, td) {
    text-align: start;
    vertical-align: baseline;
    font-weight: inherit;
    padding: 0.1em 1.2em 0.1em 0;
    overflow-wrap: anywhere;
  }
  table.in-words caption {
    text-align: start;
  }
  table.in-words tbody th {
    min-inline-size: 4.4em;
  }
  table.in-words thead th {
    overflow-wrap: normal;
    border-block-end: 1px solid var(--figure-faint);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 0 1.6em;
  }
  .foot > details[open],
  .provenance {
    flex-basis: 100%;
    min-inline-size: 0;
  }
  .save-forms {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    margin-block: 0.3em;
  }
  .provenance {
    color: var(--figure-quiet);
    margin-block-start: 0.4em;
  }
  .unseen {
    visibility: hidden;
  }
  .scroll-y {
    max-block-size: 20em;
    overflow-y: auto;
  }
  .room {
    display: grid;
  }
  .room > * {
    grid-area: 1 / 1;
    min-inline-size: 0;
  }
  .error {
    max-inline-size: 44em;
    margin-block: 0.6em;
    overflow-wrap: anywhere;
  }
  .error::before {
    content: '';
    display: inline-block;
    inline-size: 0.55em;
    block-size: 0.55em;
    margin-inline-end: 0.5em;
    border-radius: 50%;
    background: var(--figure-accent);
    forced-color-adjust: none;
  }
  .live {
    display: grid;
    gap: 0.4em;
    margin-block-start: 0.7em;
  }
  .live-line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.2em 1em;
    min-block-size: 26px;
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
  }
  .live-line > button {
    order: -1;
  }
  @container (max-width: 480px) {
    .live-line {
      min-block-size: calc(3.2em + 2px);
      align-content: start;
    }
    .prompt textarea {
      min-block-size: calc(3.2em + 2px);
    }
    .provenance {
      min-block-size: 2.8em;
    }
  }
  .prompt {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: baseline;
    gap: 0.6em;
  }
  .prompt > span {
    color: var(--figure-quiet);
  }
  textarea {
    font-size: calc(1em / 0.82);
    line-height: 1.35;
    inline-size: 100%;
    box-sizing: border-box;
    resize: none;
    field-sizing: content;
    max-block-size: 9em;
    padding: 0.25em 0.5em;
  }
  .late {
    field-sizing: fixed;
  }
  @media (forced-colors: active) {
    select,
    button,
    textarea,
    input {
      border-color: ButtonBorder;
    }
  }
  @media print {
    .controls label,
    .strip-line button,
    .live,
    details:not([open]),
    .save {
      display: none;
    }
    select,
    input[type] {
      appearance: none;
      border: 0;
      padding: 0;
    }
  }
`;
