// SPDX-License-Identifier: MIT
import { decodeArray, readHeadsTrace, type HeadKind, type HeadsTrace } from '../shared/core.js';
import type { CellGrid } from '../shared/heatmap.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';

/** Scored heads as they are drawn. */
export interface HeadsData {
  prompt: string;
  source: string;
  convention: HeadsTrace['convention'];
  on: string;
  period: number;
  causal: boolean;
  kinds: HeadKind[];
  layerCount: number;
  headCount: number;
  /** [kind, layer, head] */
  scores: ArrayLike<number>;
  tokens: DisplayToken[];
  /** The pattern of a head, where it was kept. */
  patternOf(layer: number, head: number): CellGrid | undefined;
}

/** A head, its place in the ranking and its score. */
export interface RankedHead {
  rank: number;
  layer: number;
  head: number;
  score: number;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function headsFromTrace(value: unknown): HeadsData {
  const trace = readHeadsTrace(value);
  const values = Float32Array.from(decodeArray(trace.patterns).data);
  const [, layerCount = 0, headCount = 0] = trace.scores.shape;
  const count = trace.tokens.length;
  const index = new Map(trace.patternHeads.map(([layer, head], place) => [`${layer}.${head}`, place]));
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    convention: trace.convention,
    on: trace.on,
    period: trace.period,
    causal: trace.causal,
    kinds: trace.kinds,
    layerCount,
    headCount,
    scores: decodeArray(trace.scores).data,
    tokens: displayTokens(trace.tokens),
    patternOf(layer, head) {
      const place = index.get(`${layer}.${head}`);
      return place === undefined ? undefined : { values, offset: place * count * count, rows: count, columns: count, causal: trace.causal };
    },
  };
}

/** The score of one head; `kind` is a place in `kinds`. */
export function scoreAt({ scores, layerCount, headCount }: HeadsData, kind: number, layer: number, head: number): number {
  return scores[(kind * layerCount + layer) * headCount + head]!;
}

/** All heads by one kind of score, highest first; for entropy lowest first, since a sharp head is the rare one. */
export function rankHeads(data: HeadsData, kind: number): RankedHead[] {
  const sign = data.kinds[kind] === 'entropy' ? -1 : 1;
  return Array.from({ length: data.layerCount * data.headCount }, (_, index) => {
    const [layer, head] = [Math.floor(index / data.headCount), index % data.headCount];
    return { rank: 0, layer, head, score: scoreAt(data, kind, layer, head) };
  })
    .sort((one, other) => sign * (other.score - one.score) || one.layer - other.layer || one.head - other.head)
    .map((entry, rank) => ({ ...entry, rank }));
}

/** The value of a full bar: a round number that no score exceeds. */
export function fullScore(data: HeadsData, kind: number): number {
  const size = data.layerCount * data.headCount;
  let most = 0;
  for (let index = 0; index < size; index++) most = Math.max(most, data.scores[kind * size + index]!);
  const unit = 10 ** Math.floor(Math.log10(most || 1));
  return [1, 2, 5, 10].map((step) => step * unit).find((round) => round >= most - 1e-9)!;
}
