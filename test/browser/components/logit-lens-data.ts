// SPDX-License-Identifier: MIT
import type { LogitLensTrace } from '../../../src/core/index.js';
import { rawArray } from '../../../src/core/trace/index.js';
import { words } from './support.js';

export const labels = ['0_pre', '0_mid', '1_pre', '1_mid', 'final_post'];
export const vocabulary = [' Mary', ' John', ' the', ' store', ' to', '\n\n'];
const k = 2;

/** Probability of a token: numbers without a pattern that a fault could share, the same on every machine. Token 5 is followed nowhere. */
export function probability(point: number, position: number, id: number): number {
  const raw = vocabulary.map((_, other) => 1 + ((7 * point + 5 * position + 11 * other + point * other * position) % 13));
  // The output settles on one token, from a point that depends on the position.
  const answer = position % 3;
  if (point >= settledAt(position)) raw[answer] = 40 + point;
  return raw[id]! / raw.reduce((sum, value) => sum + value, 0);
}

/** Where the likeliest token stops changing: before it, the answer is not allowed to lead. */
export function settledAt(position: number): number {
  return 1 + (position % 4);
}

/** Ids by probability, the likeliest first. */
export function order(point: number, position: number): number[] {
  const answer = position % 3;
  const ids = vocabulary.map((_, id) => id);
  const early = point < settledAt(position);
  const weight = (id: number): number => (early && id === answer ? 0 : probability(point, position, id));
  return ids.sort((a, b) => weight(b) - weight(a) || a - b);
}

export const entropy = (point: number, position: number): number => 2 + point / 4 + position / 8;
export const kl = (point: number, position: number): number => (4 - point) * (1 + position / 10);

/** A lens with the trajectories of every token but the last, five points by eight positions. */
export function curvesTrace({ trajectories = true, texts = vocabulary } = {}): LogitLensTrace {
  const cells = <T>(value: (point: number, position: number) => T): T[] =>
    labels.flatMap((_, point) => words.map((_, position) => value(point, position)));
  const grid = [labels.length, words.length];
  const float = (value: (point: number, position: number) => number) => rawArray(Float32Array.from(cells(value)), grid);
  const rows = words.flatMap((_, position) => vocabulary.slice(0, 5).map((_, id) => [position, id] as const));
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'logit-lens',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: words.join(''),
    tokens: words.map((text, id) => ({ id, text })),
    norm: 'recompute',
    points: labels.map((label) => `point ${label}`),
    labels,
    topIds: rawArray(Int32Array.from(cells((point, position) => order(point, position).slice(0, k)).flat()), [...grid, k]),
    topProbabilities: rawArray(
      Float32Array.from(
        cells((point, position) =>
          order(point, position)
            .slice(0, k)
            .map((id) => probability(point, position, id)),
        ).flat(),
      ),
      [...grid, k],
    ),
    vocabulary: Object.fromEntries(texts.map((text, id) => [id, text])),
    entropy: float(entropy),
    klToFinal: float(kl),
    ...(trajectories && {
      trajectories: {
        of: rawArray(Int32Array.from(rows.flat()), [rows.length, 2]),
        probability: rawArray(
          Float32Array.from(rows.flatMap(([position, id]) => labels.map((_, point) => probability(point, position, id)))),
          [rows.length, labels.length],
        ),
        rank: rawArray(Int32Array.from(rows.flatMap(([position, id]) => labels.map((_, point) => order(point, position).indexOf(id)))), [
          rows.length,
          labels.length,
        ]),
        omitted: 0,
      },
    }),
  };
}
