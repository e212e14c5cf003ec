// SPDX-License-Identifier: MIT
import { decodeArray, readLogitLensTrace, type LogitLensTrace } from '../shared/core.js';
import { displayOne, displayTokens, type DisplayToken } from '../shared/token-display.js';

/** A logit lens as it is drawn. */
export interface LensData {
  prompt: string;
  /** Name of the model. */
  source: string;
  norm: 'recompute' | 'cached';
  tokens: DisplayToken[];
  /** Short label of each row, from the embedding upward: "0_pre", ..., "final_post". */
  labels: string[];
  /** How many tokens per cell. */
  k: number;
  /** [point, position, k] */
  topIds: ArrayLike<number>;
  /** [point, position, k] */
  topProbabilities: ArrayLike<number>;
  /** [point, position], nats */
  entropy: ArrayLike<number>;
  /** [point, position], nats */
  klToFinal: ArrayLike<number>;
  /** A candidate as it is shown. */
  tokenOf: (id: number) => DisplayToken;
  target?: LensTarget | undefined;
}

export interface LensTarget {
  id: number;
  /** [point, position] */
  probability: ArrayLike<number>;
  /** [point, position]; 0 is the likeliest */
  rank: ArrayLike<number>;
}

/** One candidate of a cell. */
export interface Candidate {
  token: DisplayToken;
  probability: number;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function lensFromTrace(value: unknown): LensData {
  return fromTrace(readLogitLensTrace(value));
}

function fromTrace(trace: LogitLensTrace): LensData {
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    norm: trace.norm,
    tokens: displayTokens(trace.tokens),
    labels: trace.labels,
    k: trace.topIds.shape[2]!,
    topIds: decodeArray(trace.topIds).data,
    topProbabilities: decodeArray(trace.topProbabilities).data,
    entropy: decodeArray(trace.entropy).data,
    klToFinal: decodeArray(trace.klToFinal).data,
    tokenOf: vocabulary((id) => trace.vocabulary[id] ?? ''),
    target: trace.target && {
      id: trace.target.id,
      probability: decodeArray(trace.target.probability).data,
      rank: decodeArray(trace.target.rank).data,
    },
  };
}

/** Candidates prepared for showing, each once. */
export function vocabulary(textOf: (id: number) => string): (id: number) => DisplayToken {
  const known = new Map<number, DisplayToken>();
  return (id) => {
    let token = known.get(id);
    if (!token) known.set(id, (token = displayOne(textOf(id))));
    return token;
  };
}

/** Index of a cell in [point, position]. */
export function cellIndex(data: LensData, point: number, position: number): number {
  return point * data.tokens.length + position;
}

/** The likeliest tokens of a cell, most likely first. */
export function candidates(data: LensData, point: number, position: number, count = data.k): Candidate[] {
  const offset = cellIndex(data, point, position) * data.k;
  return Array.from({ length: Math.min(count, data.k) }, (_, index) => ({
    token: data.tokenOf(data.topIds[offset + index]!),
    probability: data.topProbabilities[offset + index]!,
  }));
}

/** The rows that are drawn, from the last layer down: all of them, or without the states inside a block where those are too many. */
export function shownPoints(labels: readonly string[], most: number): number[] {
  const all = labels.map((_, point) => point).reverse();
  return all.length <= most ? all : all.filter((point) => !labels[point]!.endsWith('_mid'));
}
