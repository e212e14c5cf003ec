// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const nextTokenStyles = css`
  .text-line {
    font-size: calc(1em / 0.82);
    line-height: 1.6;
    min-block-size: 3.2em;
    overflow-wrap: anywhere;
    margin-block-end: 0.6em;
  }
  .text-line .token {
    white-space: pre-wrap;
  }
  .added {
    border: 0;
    border-radius: 2px;
    padding: 0 0.05em;
    min-block-size: 24px;
    line-height: inherit;
    forced-color-adjust: none;
  }
  .added.later {
    text-decoration: underline dotted;
    text-underline-offset: 0.2em;
  }
  .added.here {
    outline: 2px solid var(--figure-accent);
  }
  .cursor {
    display: inline-block;
    inline-size: 2px;
    block-size: 1.1em;
    vertical-align: text-bottom;
    background: var(--figure-accent);
  }
  .bars {
    cursor: pointer;
    outline-offset: 4px;
    touch-action: pan-y pinch-zoom;
  }
  .bars:focus-visible {
    outline: none;
  }
  .bar-row > div {
    display: grid;
    grid-template-columns: minmax(4.5em, 22%) minmax(0, 1fr) 6.4em;
    align-items: center;
    gap: 0.8em;
    block-size: 26px;
    font-variant-numeric: tabular-nums;
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    text-align: end;
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
  .cut .raw {
    outline-style: dashed;
  }
  .here .name {
    color: var(--figure-accent);
  }
  [data-focus] {
    outline: 2px solid var(--figure-accent);
  }
  .sliders {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 250px), 1fr));
    gap: 0.15em 1.6em;
    margin-block: 0.4em;
    color: var(--figure-quiet);
  }
  .slider {
    display: grid;
    grid-template-columns: 8.6em minmax(0, 1fr) 3.4em;
    min-block-size: 26px;
  }
  .slider input {
    inline-size: 100%;
    margin: 0;
    accent-color: var(--figure-accent);
  }
  output {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: center;
    min-block-size: 30px;
  }
  .seed {
    inline-size: 4.5em;
    font: inherit;
    color: inherit;
    background: transparent;
    border: 1px solid var(--figure-faint);
    border-radius: 3px;
    min-block-size: 24px;
    box-sizing: border-box;
  }
  .swatch {
    display: inline-block;
    inline-size: 1.4em;
    block-size: 0.6em;
    margin-inline-end: 0.4em;
    outline: 1px solid color-mix(in srgb, currentColor 55%, transparent);
    outline-offset: -1px;
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.2em;
  }
  .beams ul {
    list-style: none;
    margin: 0;
    padding-inline-start: 1.1em;
    border-inline-start: 1px solid var(--figure-faint);
  }
  .beams > ul {
    padding-inline-start: 0;
    border: 0;
  }
  .beams li {
    line-height: 1.7;
  }
  .beams .cut {
    color: var(--figure-quiet);
    text-decoration: line-through;
    text-decoration-thickness: 1px;
  }
  .beams .cut .quiet {
    color: inherit;
  }
`;
