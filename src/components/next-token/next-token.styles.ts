// SPDX-License-Identifier: MIT
import { css } from 'lit';

/** Beams: depth goes to the right where there is room, else down with an indent. */
export const nextTokenStyles = css`
  .text-line {
    align-content: safe end;
    overflow-wrap: anywhere;
  }
  .text-line :is(.token, .part) {
    white-space: pre-wrap;
  }
  .text-line .part:is(.newline, .return, .tab) {
    white-space: normal;
  }
  .text-line .space::before {
    content: none;
  }
  .strip {
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  .strip:focus-visible {
    outline: none;
  }
  .added {
    padding-block: 0.14em;
    border-inline-end: 1px solid transparent;
    background-clip: padding-box;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
    forced-color-adjust: none;
  }
  .added.later {
    color: var(--figure-quiet);
    text-decoration: underline dotted 1px;
    text-underline-offset: 0.2em;
    forced-color-adjust: auto;
  }
  .added.here {
    outline: 1.5px solid var(--figure-ink);
  }
  .added[data-focus] {
    outline: 2px solid var(--figure-accent);
    outline-offset: 1px;
  }
  .cursor {
    display: inline-block;
    inline-size: 2px;
    block-size: 1.1em;
    margin-inline-end: -2px;
    vertical-align: text-bottom;
    background: var(--figure-accent);
  }
  .mass,
  .columns,
  .beams {
    direction: ltr;
  }
  .mass {
    position: relative;
  }
  .segments {
    display: flex;
    block-size: 8px;
    outline: 1px solid var(--figure-faint);
    forced-color-adjust: none;
    overflow: hidden;
  }
  .segments > span {
    flex: none;
    box-sizing: border-box;
    border-inline-end: 1px solid transparent;
    background-clip: padding-box !important;
  }
  .limit {
    position: absolute;
    inset-block: 5px -4px;
    inline-size: 2px;
    margin-inline-start: -1px;
    background: var(--figure-ink);
  }
  .mass .draw {
    position: absolute;
    inset-block-start: 0;
    inline-size: 8px;
    margin-inline-start: -4px;
    text-align: center;
    font-size: 12px;
    line-height: 10px;
    color: var(--figure-accent);
  }
  .bars {
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  .bars:focus-visible,
  .beams:focus-visible {
    outline: none;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(4em, 20%) 0.7em minmax(0, 1fr) 3.2em 5.8em;
    align-items: center;
    gap: 0.5em;
    font-variant-numeric: tabular-nums;
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    text-align: end;
  }
  .next {
    color: var(--figure-accent);
  }
  .model,
  .percent {
    white-space: nowrap;
  }
  .bar-row .columns {
    block-size: 26px;
  }
  .heads {
    font-size: max(0.9em, 11px);
  }
  .axis {
    grid-column: 3;
    display: flex;
    justify-content: space-between;
  }
  .raw-head,
  .drawn-head {
    padding: 0.05em 0.25em;
  }
  .drawn-head {
    forced-color-adjust: none;
  }
  .raw-head {
    margin-inline-end: -0.25em;
    outline: 1px solid color-mix(in srgb, currentColor 55%, transparent);
    outline-offset: -1px;
  }
  .model,
  .percent {
    text-align: end;
  }
  .bar-row .model {
    color: var(--figure-quiet);
  }
  .track {
    position: relative;
    block-size: 14px;
  }
  .raw,
  .drawn {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    box-sizing: border-box;
    forced-color-adjust: none;
  }
  .raw {
    outline: 1px solid color-mix(in srgb, currentColor 55%, transparent);
    outline-offset: -1px;
    min-inline-size: 1px;
  }
  .drawn {
    inset-block: 3px;
  }
  .cut {
    color: var(--figure-quiet);
  }
  .bar-row.cut .model {
    color: inherit;
  }
  .cut .raw {
    outline-style: dashed;
  }
  .here .name {
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .bar-row.locked .name {
    color: var(--figure-accent);
  }
  .bar-row[data-focus],
  .beam[data-focus] {
    outline: 2px solid var(--figure-accent);
  }
  @container (max-width: 399.9px) {
    .columns {
      grid-template-columns: 4em 0.7em minmax(0, 1fr) 2.9em 3em;
      gap: 0.35em;
    }
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1em;
    align-content: start;
    font-variant-numeric: tabular-nums;
  }
  .limit-key {
    display: inline-block;
    inline-size: 2px;
    block-size: 0.8em;
    margin-inline-end: 0.4em;
    background: var(--figure-ink);
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em 0.5em;
    align-items: center;
    align-content: start;
    color: var(--figure-quiet);
  }
  .steps .add {
    max-inline-size: 14em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .hint {
    flex: 1 1 14em;
  }
  .hint:empty {
    position: absolute;
  }
  .sliders {
    color: var(--figure-quiet);
  }
  .slider {
    display: grid;
    grid-template-columns: 8.2em minmax(0, 1fr) 2.9em;
  }
  .slider input {
    inline-size: 100%;
    block-size: 24px;
    margin: 0;
    accent-color: light-dark(#5a5d66, #b4b7bf);
  }
  .slider .seed {
    inline-size: 5em;
  }
  output {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .beams {
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
    font-variant-numeric: tabular-nums;
  }
  .branch .branch {
    margin-inline-start: 0.5em;
    padding-inline-start: 0.7em;
    border-inline-start: 1px solid var(--figure-faint);
  }
  .beam {
    position: relative;
    display: grid;
    grid-template: auto 3px / auto auto;
    align-items: center;
    gap: 0 0.6em;
    box-sizing: border-box;
    inline-size: fit-content;
    min-block-size: 24px;
    line-height: 21px;
    padding-inline: 0.2em;
    max-inline-size: 100%;
    overflow-wrap: anywhere;
  }
  .beam .space::before {
    content: none;
  }
  .beam .piece {
    font-size: calc(1em / 0.9);
  }
  .beam .token {
    white-space: pre-wrap;
  }
  .beam .part {
    line-height: 1;
  }
  .beam:not(.cut) .nats {
    color: var(--figure-quiet);
  }
  .beam .share {
    grid-column: 1 / -1;
    block-size: 3px;
    forced-color-adjust: none;
  }
  .share > span {
    display: block;
    block-size: 100%;
    min-inline-size: 1px;
  }
  .beam.cut .share > span {
    opacity: 0.45;
  }
  .beam.path .token {
    font-weight: 600;
  }
  .beam.here {
    outline: 1.5px solid var(--figure-ink);
  }
  .locked .beam.here {
    outline: 2px solid var(--figure-accent);
  }
  .deep .node {
    display: flex;
    align-items: flex-start;
  }
  .deep .beam {
    flex: none;
    inline-size: var(--beam);
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 0.3em;
  }
  .deep .branch .branch {
    flex: none;
    margin-inline-start: 0.9em;
    padding-inline-start: 0.5em;
  }
  @media (forced-colors: active) {
    .limit,
    .limit-key,
    .cursor {
      background: CanvasText;
    }
    .beam.cut .piece {
      text-decoration: line-through;
    }
    .bar-row.locked .name {
      text-decoration-color: Highlight;
      text-decoration-thickness: 3px;
    }
  }
  @media print {
    .text-line {
      block-size: auto;
    }
    .slider {
      display: block;
      min-block-size: 0;
    }
    .steps,
    .slider [type='range'] {
      display: none;
    }
    .added,
    .segments,
    .drawn,
    .drawn-head,
    .share {
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
  }
`;
