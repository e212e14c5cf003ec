// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const steeringStyles = css`
  .texts:focus-visible {
    outline: none;
  }
  .place {
    display: grid;
  }
  .room-for {
    pointer-events: none;
    user-select: none;
  }
  .words .token,
  .words .newline {
    white-space: pre-wrap;
  }
  .words .space::before {
    content: none;
  }
  .prompt-text {
    color: var(--figure-quiet);
  }
  .word {
    border-block-end: 3px solid transparent;
    cursor: default;
    forced-color-adjust: none;
  }
  .word:not(.own) {
    color: var(--figure-quiet);
  }
  .words .special {
    font-size: 0.72em;
    color: var(--figure-quiet);
  }
  .word.here {
    outline: 1.5px solid var(--figure-ink);
    outline-offset: 1px;
    border-radius: 1px;
  }
  .locked .word.here,
  .word[data-focus] {
    outline: 2px solid var(--figure-accent);
  }
  .parting {
    display: inline-block;
    inline-size: 2px;
    block-size: 1.05em;
    margin-inline: 1px 3px;
    vertical-align: text-bottom;
    background: currentColor;
  }
  .dial {
    direction: ltr;
    margin-block-start: 0.9em;
  }
  .dial input {
    appearance: none;
    display: block;
    inline-size: 100%;
    block-size: 24px;
    margin: -2px 0;
    background: transparent;
    cursor: pointer;
  }
  .dial input::-webkit-slider-runnable-track {
    block-size: 2px;
    background: color-mix(in srgb, currentColor 35%, transparent);
  }
  .dial input::-moz-range-track {
    block-size: 2px;
    background: color-mix(in srgb, currentColor 35%, transparent);
  }
  .dial input::-webkit-slider-thumb {
    appearance: none;
    inline-size: 16px;
    block-size: 16px;
    margin-block-start: -7px;
    border: 0;
    border-radius: 50%;
    background: var(--figure-accent);
  }
  .dial input::-moz-range-thumb {
    inline-size: 16px;
    block-size: 16px;
    border: 0;
    border-radius: 50%;
    background: var(--figure-accent);
  }
  @media (forced-colors: active) {
    .dial input {
      appearance: auto;
    }
    .parting {
      background: CanvasText;
    }
  }
  .marks {
    position: relative;
    block-size: 18px;
    margin-inline: 8px;
    color: var(--figure-quiet);
    font-size: max(0.85em, 11px);
    font-variant-numeric: tabular-nums;
  }
  .mark {
    position: absolute;
    translate: -50% 0;
    white-space: nowrap;
  }
  .mark::before {
    content: '';
    position: absolute;
    inset-inline-start: 50%;
    inset-block-start: -4px;
    inline-size: 1px;
    block-size: 4px;
    background: currentColor;
  }
  .mark.zero::before {
    inset-block-start: -9px;
    block-size: 9px;
  }
  .mark.chosen {
    color: var(--figure-ink);
    font-weight: 600;
  }
  .ends {
    display: flex;
    justify-content: space-between;
    color: var(--figure-quiet);
  }
  /* It comes and goes; the text beside it stays where it is. */
  .caption button {
    float: inline-end;
    margin-block: -0.3em 0;
    margin-inline: 0.8em 0;
  }
  .found {
    margin-block: 0.4em;
    min-block-size: 5.6em;
    max-inline-size: 50em;
    overflow-wrap: anywhere;
  }
  div.vector {
    margin-block-start: 0.8em;
  }
  .layers table {
    border-collapse: collapse;
    inline-size: 100%;
    max-inline-size: 44em;
    font-variant-numeric: tabular-nums;
  }
  .layers :is(th, td) {
    font-weight: inherit;
    text-align: start;
    padding: 0 0.9em 0 0;
    block-size: 26px;
    white-space: nowrap;
  }
  .layers thead th {
    color: var(--figure-quiet);
  }
  .layers .number {
    text-align: end;
  }
  .layers .number:last-child {
    padding-inline-end: 2px;
  }
  .layers .along {
    inline-size: 100%;
    white-space: normal;
  }
  .layers tbody tr {
    color: var(--figure-quiet);
  }
  .layers tbody tr.steered {
    color: var(--figure-ink);
  }
  .layers tr.steered th {
    font-weight: 600;
  }
  .layers input {
    margin: 0;
    inline-size: 16px;
    block-size: 16px;
    accent-color: var(--figure-accent);
  }
  .layers label {
    min-block-size: 24px;
  }
  .plot {
    display: block;
    inline-size: 100%;
    block-size: 22px;
    overflow: visible;
    forced-color-adjust: none;
  }
  .keys {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0 1em;
  }
  .key {
    inline-size: 8px;
    block-size: 8px;
    margin-inline-end: 0.35em;
    forced-color-adjust: none;
  }
  @container (max-width: 440px) {
    .layers :is(th, td) {
      padding-inline-end: 0.5em;
    }
    .layers .length {
      display: none;
    }
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4em 0.6em;
    min-block-size: 28px;
    margin-block-start: 0.4em;
    color: var(--figure-quiet);
  }
  .pair-fields {
    display: grid;
    gap: 0.5em 1em;
  }
  @container (min-width: 520px) {
    .pair-fields {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  .pair-field {
    display: grid;
    gap: 0.2em;
    align-items: stretch;
  }
  .pair-field > span,
  .pair-line {
    color: var(--figure-quiet);
  }
  .pair-field textarea {
    font-size: 1em;
    field-sizing: fixed;
    resize: vertical;
    max-block-size: none;
    line-height: 1.45;
  }
  .pair-line {
    display: grid;
    gap: 0.3em 1em;
  }
  @container (min-width: 520px) {
    .pair-line {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      align-items: center;
      min-block-size: 26px;
    }
  }
  .pair-line select {
    flex: 1;
    inline-size: 0;
    min-inline-size: 0;
  }
  .problem {
    color: var(--figure-ink);
    min-block-size: 1.4em;
  }
  @container (max-width: 480px) {
    .files {
      min-block-size: 57px;
    }
  }
  @container (max-width: 300px) {
    .found {
      min-block-size: 7em;
    }
    .layers thead th {
      block-size: 2.8em;
    }
    .files {
      min-block-size: 89px;
    }
  }
  @container (min-width: 480px) {
    .found {
      min-block-size: 2.8em;
    }
  }
  @media print {
    .dial,
    .files {
      display: none;
    }
  }
`;
