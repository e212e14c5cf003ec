// SPDX-License-Identifier: MIT
// What CircuitsVis takes: bare numbers and tokens, and colours.
import type { Ramp } from '../shared/colour.js';
import { authorRamp } from '../shared/colour.js';
import { VitrineError, type TraceToken } from '../shared/core.js';
import { rgbOf, type Theme } from '../shared/theme-controller.js';
import { displayTokens } from '../shared/token-display.js';
import type { AttentionData, AttentionWeights } from './attention-data.js';

/** Bare numbers and their tokens. */
export interface AttentionArrays {
  attention: AttentionWeights;
  tokens: readonly (string | TraceToken)[];
}

/** Reads bare numbers and tokens, as CircuitsVis takes them. @throws VitrineError `invalid-trace` */
export function attentionFromArrays(
  { attention, tokens }: AttentionArrays,
  options: { causal: boolean; headNames?: readonly string[] | undefined; layer?: number | undefined },
): AttentionData {
  const { values, dims } = flatten(attention);
  const [layers, headCount, queries, keys] = dims;
  if (queries !== tokens.length || keys !== tokens.length) {
    throw new VitrineError(
      'invalid-trace',
      `attention: expected [head][query][key] with ${tokens.length} queries and keys, one per token, got [${dims.slice(1).join(', ')}]. ` +
        'Set tokens and attention of the same prompt.',
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new VitrineError('invalid-trace', `attention: expected finite numbers, got ${values[bad]} at value ${bad}. Correct the data.`);
  const shown = displayTokens(tokens.map((token) => (typeof token === 'string' ? { id: 0, text: token } : token)));
  return {
    prompt: tokens.map((token) => (typeof token === 'string' ? token : token.text)).join(''),
    source: '',
    tokens: shown,
    keyTokens: shown,
    causal: options.causal,
    layers: Array.from({ length: layers! }, (_, index) => (options.layer ?? 0) + index),
    headCount: headCount!,
    headNames: options.headNames,
    pattern: values,
    segments: [],
  };
}

function flatten(attention: AttentionWeights): { values: Float32Array; dims: number[] } {
  if ('data' in attention) {
    const dims = attention.dims.length === 3 ? [1, ...attention.dims] : [...attention.dims];
    return { values: attention.data, dims };
  }
  const dims = [1, attention.length, attention[0]?.length ?? 0, attention[0]?.[0]?.length ?? 0];
  const values = new Float32Array(dims[1]! * dims[2]! * dims[3]!);
  attention.forEach((head, h) =>
    head.forEach((row, query) => {
      if (head.length !== dims[2] || row.length !== dims[3]) {
        throw new VitrineError(
          'invalid-trace',
          `attention[${h}][${query}]: expected ${dims[3]} keys as in the first row, got ${row.length}.`,
        );
      }
      values.set(row, (h * dims[2]! + query) * dims[3]!);
    }),
  );
  return { values, dims };
}

/** The ramp of an author's colours: the theme's where a colour is none. */
export function ramp({ paper, sequential, diverging }: Theme, signed: boolean, negative?: string, positive?: string): Ramp {
  const above = positive === undefined ? undefined : rgbOf(positive);
  const below = negative === undefined ? undefined : rgbOf(negative);
  if (!above || (signed && !below)) return signed ? diverging : sequential;
  return authorRamp(paper, above, signed ? below : undefined);
}
