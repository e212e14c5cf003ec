// SPDX-License-Identifier: MIT
import { css } from 'lit';

export const overviewStyles = css`
  .all-heads {
    position: relative;
    direction: ltr;
    inline-size: calc(var(--labels) + var(--columns) * var(--step));
    block-size: calc(var(--labels) + var(--rows) * var(--row));
    font-variant-numeric: tabular-nums;
    color: var(--figure-quiet);
    font-size: max(0.9em, 11px);
    line-height: 1;
  }
  .numbers {
    position: absolute;
    display: grid;
  }
  .across {
    left: var(--labels);
    top: 0;
    block-size: calc(var(--labels) - 6px);
    grid-template-columns: repeat(var(--columns), var(--step));
    align-items: end;
    text-align: center;
  }
  .across > span {
    inline-size: var(--edge);
    white-space: nowrap;
  }
  .down {
    left: 0;
    top: var(--labels);
    inline-size: calc(var(--labels) - 8px);
    grid-auto-rows: var(--row);
    text-align: end;
  }
  .down > span {
    block-size: var(--edge);
    display: grid;
    align-items: center;
  }
  .every-head {
    position: absolute;
    left: var(--labels);
    top: var(--labels);
    inline-size: calc(var(--columns) * var(--step));
    block-size: calc(var(--rows) * var(--row));
    cursor: pointer;
    touch-action: pan-y pinch-zoom;
  }
  .every-head:focus-visible {
    outline: none;
  }
  .tiles {
    inline-size: 100%;
    block-size: 100%;
  }
  .every-head small {
    position: absolute;
    left: calc(var(--column-at) * var(--step));
    top: calc(var(--row-at) * var(--row) + var(--edge) + 2px);
    inline-size: var(--edge);
    font-size: 11px;
    text-align: center;
  }
  .frame {
    position: absolute;
    left: 0;
    top: 0;
    pointer-events: none;
    outline: 1px solid currentColor;
  }
  .frame.locked,
  .frame.focused {
    outline: 2px solid var(--figure-accent);
  }
  .frame.focused {
    outline-offset: 2px;
  }
  @media (forced-colors: active) {
    .frame {
      outline-color: Highlight;
    }
  }
`;
