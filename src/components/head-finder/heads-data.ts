// SPDX-License-Identifier: MIT
import { decodeArray, readHeadsTrace, type HeadConvention, type HeadKind } from '../shared/core.js';
import type { CellGrid } from '../shared/heatmap.js';

/** Scored heads as they are drawn. */
export interface HeadsData {
  prompt: string;
  source: string;
  /** By the conventions that were recorded, the one that is shown first before the others: [kind, layer, head]. */
  scores: ReadonlyMap<HeadConvention, ArrayLike<number>>;
  on: string;
  period: number;
  causal: boolean;
  kinds: HeadKind[];
  layerCount: number;
  headCount: number;
  /** Of the tokens of the patterns. */
  ids: number[];
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

/** One kind of score by one convention. */
export interface HeadScale {
  kind: HeadKind;
  convention: HeadConvention;
  /** [layer, head] */
  values: Float32Array;
  /** The values of an empty and of a full bar, round numbers: 0, or less where scores are below it. */
  low: number;
  full: number;
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
    scores: new Map([trace, ...(trace.others ?? [])].map(({ convention, scores }) => [convention, decodeArray(scores).data])),
    on: trace.on,
    period: trace.period,
    causal: trace.causal,
    kinds: trace.kinds,
    layerCount,
    headCount,
    ids: trace.tokens.map(({ id }) => id),
    patternOf(layer, head) {
      const place = index.get(`${layer}.${head}`);
      return place === undefined ? undefined : { values, offset: place * count * count, rows: count, columns: count, causal: trace.causal };
    },
  };
}

export function scaleOf({ scores, kinds, layerCount, headCount }: HeadsData, kind: HeadKind, convention: HeadConvention): HeadScale {
  const size = layerCount * headCount;
  const at = kinds.indexOf(kind) * size;
  const values = Float32Array.from({ length: size }, (_, index) => scores.get(convention)![at + index]!);
  return { kind, convention, values, low: -roundUp(-Math.min(0, ...values)), full: roundUp(Math.max(0, ...values)) };
}

/** A round number that is no smaller. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * unit).find((round) => round >= value - 1e-9)!;
}

/** All heads, highest first; for entropy lowest first, since a sharp head is the rare one. */
export function rankHeads({ headCount }: HeadsData, { kind, values }: HeadScale): RankedHead[] {
  const sign = kind === 'entropy' ? -1 : 1;
  return Array.from(values, (score, index) => ({ rank: 0, layer: Math.floor(index / headCount), head: index % headCount, score }))
    .sort((one, other) => sign * (other.score - one.score) || one.layer - other.layer || one.head - other.head)
    .map((entry, rank) => ({ ...entry, rank }));
}
