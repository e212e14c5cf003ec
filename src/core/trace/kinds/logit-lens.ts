// SPDX-License-Identifier: MIT
import type { Tensor } from '../../model/tensor.js';
import { rawArray } from '../arrays.js';
import { readArray, readBase, readHead, readVocabulary, requireTexts, withoutBatch, writeBase, type FigureInput } from '../base.js';
import { checkInteger, checkList, checkObject, checkOneOf, checkString } from '../check.js';
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
  if (fields['target'] === undefined) return lens;
  const target = checkObject(fields['target'], 'trace.target');
  const id = checkInteger(target['id'], 'trace.target.id');
  requireTexts(vocabulary, [id], 'target');
  return {
    ...lens,
    target: {
      id,
      probability: readArray(target['probability'], 'trace.target.probability', 'point, position', grid),
      rank: readArray(target['rank'], 'trace.target.rank', 'point, position', grid),
    },
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
}

/** A logit lens as a trace with its numbers in memory. */
export function logitLensTrace(input: LogitLensInput): LogitLensTrace {
  const ids = new Set<number>(withoutBatch(input.topIds).data);
  if (input.target) ids.add(input.target.id);
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
  };
}

/** The recorded form of a logit lens, ready for `JSON.stringify`. Probabilities are exact to float32. */
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
