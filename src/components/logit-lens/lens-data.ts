// SPDX-License-Identifier: MIT
import { decodeArray, readLogitLensTrace, type LogitLensTrace, type TraceArray } from '../shared/core.js';
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
  trajectories?: LensTrajectoryData | undefined;
  /** The point from which on the likeliest token of each position stays what the output says. */
  settled: number[];
}

/** Tokens through all points, as the trace has them. */
export interface LensTrajectoryData {
  /** [row, 2]: position and id */
  of: ArrayLike<number>;
  /** [row, point] */
  probability: ArrayLike<number>;
  /** [row, point]; 0 is the likeliest */
  rank: ArrayLike<number>;
  omitted: number;
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
  id: number;
  token: DisplayToken;
  probability: number;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function lensFromTrace(value: unknown): LensData {
  return fromTrace(readLogitLensTrace(value));
}

function fromTrace(trace: LogitLensTrace): LensData {
  const values = (array: TraceArray): ArrayLike<number> => decodeArray(array).data;
  const { target, trajectories } = trace;
  const topIds = values(trace.topIds);
  const [points, positions, k] = trace.topIds.shape as [number, number, number];
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    norm: trace.norm,
    tokens: displayTokens(trace.tokens),
    labels: trace.labels,
    k,
    topIds,
    topProbabilities: values(trace.topProbabilities),
    entropy: values(trace.entropy),
    klToFinal: values(trace.klToFinal),
    tokenOf: vocabulary((id) => trace.vocabulary[id] ?? ''),
    target: target && { id: target.id, probability: values(target.probability), rank: values(target.rank) },
    trajectories: trajectories && {
      of: values(trajectories.of),
      probability: values(trajectories.probability),
      rank: values(trajectories.rank),
      omitted: trajectories.omitted,
    },
    settled: settledPoints(topIds, points, positions, k),
  };
}

function settledPoints(topIds: ArrayLike<number>, points: number, positions: number, k: number): number[] {
  return Array.from({ length: positions }, (_, position) => {
    const top = (point: number): number => topIds[(point * positions + position) * k]!;
    let first = points - 1;
    while (first > 0 && top(first - 1) === top(points - 1)) first--;
    return first;
  });
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

/** What the model says in the end after a position. */
export function outputId(data: LensData, position: number): number {
  return data.topIds[cellIndex(data, data.labels.length - 1, position) * data.k]!;
}

/** The likeliest tokens of a cell, most likely first. */
export function candidates(data: LensData, point: number, position: number, count = data.k): Candidate[] {
  const offset = cellIndex(data, point, position) * data.k;
  return Array.from({ length: Math.min(count, data.k) }, (_, index) => {
    const id = data.topIds[offset + index]!;
    return { id, token: data.tokenOf(id), probability: data.topProbabilities[offset + index]! };
  });
}
