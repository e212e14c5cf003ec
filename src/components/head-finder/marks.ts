// SPDX-License-Identifier: MIT
import { nothing, svg, type SVGTemplateResult } from 'lit';
import { masksOf } from '../shared/core.js';
import type { HeadScale, HeadsData } from './heads-data.js';

/** In the order of the masks. */
const marked = ['previous', 'duplicate', 'induction', 'self'];
/** So many places one below the other are a line; fewer are boxes, one for each. */
const lineFrom = 4;

/** Where the score looks, over a pattern with one unit for each token; nothing for scores that look everywhere. */
export function marksTemplate({ ids, period, causal }: HeadsData, { kind, convention }: HeadScale): SVGTemplateResult | typeof nothing {
  const mask = masksOf(ids, convention, period)[marked.indexOf(kind)];
  if (!mask) return nothing;
  const count = ids.length;
  const wants = (query: number, key: number): boolean =>
    query >= 0 && key >= 0 && query < count && key < count && !(causal && key > query) && mask.wants(query, key);
  const shapes: SVGTemplateResult[] = [];
  for (let query = 0; query < count; query++) {
    for (let key = 0; key < count; key++) {
      if (!wants(query, key) || wants(query - 1, key - 1)) continue;
      let length = 1;
      while (wants(query + length, key + length)) length++;
      if (length >= lineFrom) {
        shapes.push(
          svg`<line x1=${key + 0.5} y1=${query + 0.5} x2=${key + length - 0.5} y2=${query + length - 0.5} vector-effect="non-scaling-stroke"></line>`,
        );
      } else {
        for (let at = 0; at < length; at++)
          shapes.push(svg`<rect x=${key + at} y=${query + at} width="1" height="1" vector-effect="non-scaling-stroke"></rect>`);
      }
    }
  }
  return svg`${shapes}`;
}
