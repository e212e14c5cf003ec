// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const arcsStyles = css`
  .two-columns {
    direction: ltr;
    inline-size: min(100%, var(--most));
    flex: none;
    --end: clamp(44px, min(26%, calc(var(--longest) * 0.5em + 14px)), 150px);
  }
  .ends {
    display: flex;
    justify-content: space-between;
    block-size: 26px;
    color: var(--figure-quiet);
  }
  .ends > * {
    inline-size: var(--end);
    text-align: end;
  }
  .ends > :last-child {
    text-align: start;
  }
  .columns {
    position: relative;
    block-size: calc(var(--rows) * var(--step));
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  .columns:focus-visible {
    outline: none;
  }
  .column {
    position: absolute;
    inset-block: 0;
    inline-size: var(--end);
  }
  .column.from {
    left: 0;
  }
  .column.to {
    right: 0;
  }
  .lines {
    position: absolute;
    top: 0;
    left: calc(var(--end) + 8px);
    inline-size: calc(100% - 2 * var(--end) - 16px);
    block-size: 100%;
    image-rendering: auto;
  }
  .end {
    position: absolute;
    inset-inline: 0;
    top: calc((var(--at) + 0.5) * var(--step));
    translate: 0 -50%;
    display: flex;
    font-size: max(11px, min(var(--token-size), var(--step)));
    line-height: 1.3;
  }
  .from .end {
    justify-content: flex-end;
  }
  .end > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    padding-inline: 3px;
  }
  .end .token.special {
    outline-offset: -2px;
  }
  .end.tick,
  .end.aside {
    color: var(--figure-quiet);
  }
  .end.chosen {
    color: var(--figure-accent);
  }
  .end.active > span {
    outline: 2px solid var(--figure-accent);
    outline-offset: -1px;
    border-radius: 2px;
  }
  .legends {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.4em;
  }
  .hues {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0 0.9em;
  }
  .hues svg {
    inline-size: 16px;
    block-size: 4px;
    margin-inline-end: 0.35em;
    vertical-align: middle;
    forced-color-adjust: none;
  }
  @media (forced-colors: active) {
    .end.chosen > span {
      outline: 1px solid Highlight;
    }
  }
`;
