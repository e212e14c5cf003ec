// SPDX-License-Identifier: MIT
// What CircuitsVis takes: bare numbers and tokens, and colours.
import type { Ramp } from '../shared/colour.js';
import { authorRamp } from '../shared/colour.js';
import { rawArray, version, VitrineError, type AttentionTrace, type TraceToken } from '../shared/core.js';
import { plainTokens } from '../shared/plain-tokens.js';
import { rgbOf, type Theme } from '../shared/theme-controller.js';
import type { AttentionWeights } from './attention-data.js';

/** Bare numbers and their tokens. */
export interface AttentionArrays {
  attention: AttentionWeights;
  tokens: readonly (string | TraceToken)[];
}

/** Bare numbers and tokens as a trace. @throws VitrineError `invalid-trace` */
export function traceOfArrays(
  { attention, tokens }: AttentionArrays,
  options: { causal: boolean; headNames?: readonly string[] | undefined; layer?: number | undefined },
): AttentionTrace {
  const { values, dims } = flatten(attention);
  const [layers, , queries, keys] = dims;
  if (queries !== tokens.length || keys !== tokens.length) {
    throw new VitrineError(
      'invalid-trace',
      `attention: expected [head][query][key] with ${tokens.length} queries and keys, one per token, got [${dims.slice(1).join(', ')}]. ` +
        'Set tokens and attention of the same prompt.',
    );
  }
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'attention',
    provenance: { model: '', vitrine: version },
    ...plainTokens(tokens),
    causal: options.causal,
    // One layer has the number that the author gives it.
    layers: layers === 1 ? [options.layer ?? 0] : Array.from({ length: layers! }, (_, index) => index),
    ...(options.headNames && { headNames: [...options.headNames] }),
    pattern: rawArray(checked(values, keys, options.causal), dims, options.causal ? { packing: 'causal' } : {}),
  };
}

/** The same numbers, all of them finite; what is masked is 0, so that no scale or score counts it. */
function checked(values: Float32Array, keys: number, causal: boolean): Float32Array {
  let pattern = values;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    const masked = causal && at % keys > Math.floor(at / keys) % keys;
    if (masked && value !== 0) {
      if (pattern === values) pattern = values.slice();
      pattern[at] = 0;
    } else if (!Number.isFinite(value)) {
      throw new VitrineError('invalid-trace', `attention: expected finite numbers, got ${value} at value ${at}. Correct the data.`);
    }
  }
  return pattern;
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
export function ramp(theme: Theme, signed: boolean, negative?: string, positive?: string): Ramp {
  const above = positive === undefined ? undefined : rgbOf(positive);
  const below = negative === undefined ? undefined : rgbOf(negative);
  if (!above || (signed && !below)) return signed ? theme.diverging : theme.sequential;
  return authorRamp(theme.paper, above, signed ? below : undefined);
}
