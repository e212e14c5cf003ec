// SPDX-License-Identifier: MIT
import type { TokenRow, TokensTrace, TraceToken } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { words } from './support.js';

/** [row][token] */
export const surprise = [0, 3.5, 0.25, 2, 1, 0.5, 0.125, 4];
export const neuron = [-1, 0.5, 0, 2, -0.5, 0.25, 0, -0.25];

export function tokensTrace({
  tokens = words.map((text, id): TraceToken => ({ id, text })),
  rows = [
    { label: 'surprise', unit: 'nats', signed: false, from: 1, of: 'surprise' },
    { label: 'neuron 12', of: 'blocks.3.mlp.hook_post:12' },
  ] as TokenRow[],
  values = [surprise, neuron],
} = {}): TokensTrace {
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'tokens',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: tokens.map(({ text }) => text).join(''),
    tokens,
    rows,
    values: encodeArray(values.flat(), [rows.length, tokens.length]),
  };
}
