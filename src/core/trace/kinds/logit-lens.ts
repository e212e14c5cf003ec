// SPDX-License-Identifier: MIT
import type { Tensor } from '../../model/tensor.js';
import { rawArray } from '../arrays.js';
import { readArray, readBase, readHead, readVocabulary, requireTexts, withoutBatch, writeBase, type FigureInput } from '../base.js';
import { checkInteger, checkList, checkObject, checkOneOf, checkString, invalidField } from '../check.js';
import { storable } from '../store.js';
import type { RawArray, TraceArray, TraceBase } from '../types.js';

/** A logit lens: what the model would say at every point of the residual stream. */
export interface LogitLensTrace extends TraceBase {
  kind: 'logit-lens';
  norm: 'recompute' | 'cached';
  /** Hook name of each row, from the embedding upward. */
  points: string[];
  /** Short label of each row: "0_pre", "0_mid", ..., "final_post". */
  labels: string[];
  /** Token ids, most likely first: [point, position, k]. */
  topIds: TraceArray;
  /** Their probabilities: [point, position, k]. */
  topProbabilities: TraceArray;
  /** Text of every id that occurs in `topIds` or `target`. */
  vocabulary: Record<string, string>;
  /** Entropy of the whole distribution in nats: [point, position]. */
  entropy: TraceArray;
  /** KL(final || point) in nats: [point, position]. */
  klToFinal: TraceArray;
  /** A chosen token followed through the layers. */
  target?: { id: number; probability: TraceArray; rank: TraceArray };
  /** The tokens that are among the `k` likeliest anywhere at a position, through all its points. Traces of earlier versions have none. */
  trajectories?: LensTraceTrajectories;
}

/** Tokens through all points: one row for each position and token. */
export interface LensTraceTrajectories {
  /** Position and token id of each row: [row, 2] */
  of: TraceArray;
  /** [row, point] */
  probability: TraceArray;
  /** [row, point]; 0 is the likeliest */
  rank: TraceArray;
  /** How many tokens were left out, to keep the file small. */
  omitted: number;
}

/** As `readTrace`, for figures that draw a logit lens. @throws VitrineError `invalid-trace` for anything else */
export function readLogitLensTrace(value: unknown): LogitLensTrace {
  const { fields, kind } = readHead(value, ['logit-lens']);
  const base = readBase(fields);
  const points = checkList(fields['points'], 'trace.points', checkString);
  const labels = checkList(fields['labels'], 'trace.labels', checkString, points.length);
  const grid = [points.length, base.tokens.length];
  const topIds = readArray(fields['topIds'], 'trace.topIds', 'point, position, k', [...grid, undefined]);
  const k = topIds.shape[2]!;
  const vocabulary = readVocabulary(fields['vocabulary']);
  requireTexts(vocabulary, topIds.values, 'topIds');
  const lens: LogitLensTrace = {
    ...base,
    kind,
    norm: checkOneOf(fields['norm'], 'trace.norm', ['recompute', 'cached'] as const),
    points,
    labels,
    topIds,
    topProbabilities: readArray(fields['topProbabilities'], 'trace.topProbabilities', 'point, position, k', [...grid, k]),
    vocabulary,
    entropy: readArray(fields['entropy'], 'trace.entropy', 'point, position', grid),
    klToFinal: readArray(fields['klToFinal'], 'trace.klToFinal', 'point, position', grid),
  };
  if (fields['target'] !== undefined) lens.target = readTarget(fields['target'], grid, vocabulary);
  if (fields['trajectories'] !== undefined) lens.trajectories = readTrajectories(fields['trajectories'], grid, vocabulary);
  return lens;
}

type Vocabulary = LogitLensTrace['vocabulary'];

function readTarget(value: unknown, grid: readonly number[], vocabulary: Vocabulary): NonNullable<LogitLensTrace['target']> {
  const target = checkObject(value, 'trace.target');
  const id = checkInteger(target['id'], 'trace.target.id');
  requireTexts(vocabulary, [id], 'target');
  return {
    id,
    probability: readArray(target['probability'], 'trace.target.probability', 'point, position', grid),
    rank: readArray(target['rank'], 'trace.target.rank', 'point, position', grid),
  };
}

function readTrajectories(value: unknown, [points, positions]: readonly number[], vocabulary: Vocabulary): LensTraceTrajectories {
  const path = 'trace.trajectories';
  const fields = checkObject(value, path);
  const of = readArray(fields['of'], `${path}.of`, 'row, position and id', [undefined, 2]);
  const rows = [of.shape[0], points];
  of.values.forEach((entry, index) => {
    if (index % 2 === 0) checkInteger(entry, `${path}.of[${index / 2}][0]`, 0, positions! - 1);
    else if (vocabulary[entry] === undefined)
      throw invalidField(`trace.vocabulary["${entry}"]`, 'the text of every id in trajectories', undefined);
  });
  return {
    of,
    probability: readArray(fields['probability'], `${path}.probability`, 'row, point', rows),
    rank: readArray(fields['rank'], `${path}.rank`, 'row, point', rows),
    omitted: checkInteger(fields['omitted'], `${path}.omitted`),
  };
}

/** What {@link writeLogitLensTrace} needs; the tensors may carry a batch axis of length 1. */
export interface LogitLensInput extends FigureInput {
  norm: LogitLensTrace['norm'];
  points: readonly string[];
  labels: readonly string[];
  /** [point, position, k] */
  topIds: Tensor | Tensor<Int32Array>;
  /** [point, position, k] */
  topProbabilities: Tensor;
  /** [point, position], nats */
  entropy: Tensor;
  /** [point, position], nats */
  klToFinal: Tensor;
  /** The text of a token id; asked for every id that occurs. */
  textOf: (id: number) => string;
  target?: { id: number; probability: Tensor; rank: Tensor | Tensor<Int32Array> } | undefined;
  /** As `logitLens` gives them, of one prompt. */
  trajectories?: LensTrajectoriesInput | undefined;
}

/** Tokens through all points, for {@link writeLogitLensTrace}. */
export interface LensTrajectoriesInput {
  /** Position of each row. */
  pos: Int32Array;
  /** Token id of each row. */
  ids: Int32Array;
  /** [row, point] */
  probability: Tensor;
  /** [row, point] */
  rank: Tensor<Int32Array>;
  omitted: number;
}

/** A logit lens as a trace with its numbers in memory. */
export function logitLensTrace(input: LogitLensInput): LogitLensTrace {
  const ids = new Set<number>(withoutBatch(input.topIds).data);
  if (input.target) ids.add(input.target.id);
  input.trajectories?.ids.forEach((id) => ids.add(id));
  return {
    ...writeBase(input),
    kind: 'logit-lens',
    norm: input.norm,
    points: [...input.points],
    labels: [...input.labels],
    topIds: whole(input.topIds),
    topProbabilities: exact(input.topProbabilities),
    vocabulary: Object.fromEntries([...ids].sort((a, b) => a - b).map((id) => [id, input.textOf(id)])),
    entropy: exact(input.entropy),
    klToFinal: exact(input.klToFinal),
    ...(input.target && {
      target: { id: input.target.id, probability: exact(input.target.probability), rank: whole(input.target.rank) },
    }),
    ...(input.trajectories && { trajectories: compact(input.trajectories) }),
  };
}

/**
 * The recorded form of a logit lens, ready for `JSON.stringify`. Probabilities are exact to float32; those of trajectories are stored as
 * uint16, which errs by less than a hundred-thousandth, and their ranks exactly.
 */
export function writeLogitLensTrace(input: LogitLensInput): LogitLensTrace {
  return storable(logitLensTrace(input));
}

function exact(tensor: Tensor | Tensor<Int32Array>): RawArray {
  const { data, dims } = withoutBatch(tensor);
  return rawArray(data, dims);
}

function whole(tensor: Tensor | Tensor<Int32Array>): RawArray {
  const { data, dims } = withoutBatch(tensor);
  return rawArray(Int32Array.from(data), dims);
}

/** Trajectories in half the bytes: `uint16` gives ranks of up to 65,535 back exactly once they are rounded. */
function compact({ pos, ids, probability, rank, omitted }: LensTrajectoriesInput): LensTraceTrajectories {
  const of = new Int32Array(2 * ids.length);
  ids.forEach((id, row) => of.set([pos[row]!, id], 2 * row));
  const ranksFit = rank.data.every((value) => value <= 65535);
  return {
    of: rawArray(of, [ids.length, 2]),
    probability: rawArray(probability.data, probability.dims, { dtype: 'uint16' }),
    rank: rawArray(rank.data, rank.dims, { dtype: ranksFit ? 'uint16' : 'int32' }),
    omitted,
  };
}
