// SPDX-License-Identifier: MIT
import type { SteeringTrace, TraceToken, WrittenToken } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';

const token = (text: string, id: number, probability: number): WrittenToken => ({ id, text, probability });
export const base = [token(' sad', 1, 0.24), token(',', 2, 0.9), token(' for', 3, 0.8)];
export const happy = [token(' happy', 11, 0.5), token(',', 2, 0.875), token(' for', 3, 0.75), token(' joy', 12, 0.25)];
const gloomy = [token(' sad', 1, 0.96), token(',', 2, 0.5), token(' alas', 13, 0.125)];
/** [layer][pair] */
const along = { positive: [1, 2, 3, 4, 5, 6], negative: [-1, 0, -3, -4, -5, -8] };

export function steeringTrace({
  strengths = [
    { strength: -4, tokens: gloomy, unsteered: [0.24, 0.9, 0.001], baseSteered: [0.96, 0.5, 0.4] },
    { strength: 4, tokens: happy, unsteered: [0.005, 0.875, 0.0075, 0.25], baseSteered: [0.0024, 0.9, 0.8] },
  ],
  written = base,
  positive = ['Mary was very happy', 'John was very glad'],
  negative = ['Mary was very sad', 'John was very sorry'],
} = {}): SteeringTrace {
  const tokens = ['<|endoftext|>', 'Rose', ' was', ' very'].map((text, id): TraceToken => ({
    id: 100 + id,
    text,
    ...(id === 0 && { special: true }),
  }));
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'steering',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: 'Rose was very',
    tokens,
    vector: {
      place: 'resid_post',
      method: 'mean-difference',
      layers: [0, 1, 2],
      directions: encodeArray([3, 4, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0], [3, 4]),
      positive,
      negative,
      ...(positive.length === 2 && {
        pairs: { positive: encodeArray(along.positive, [3, 2]), negative: encodeArray(along.negative, [3, 2]), heldOut: [2, 1, 2] },
      }),
    },
    layers: [2],
    keepNorm: false,
    sampling: { maxNewTokens: 4, temperature: 0, seed: 0 },
    base: written,
    steered: strengths,
  };
}
