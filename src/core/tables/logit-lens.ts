// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { LogitLensTrace } from '../trace/kinds/logit-lens.js';
import type { TraceArray } from '../trace/types.js';
import type { TableCell, TablesOf } from './types.js';

export const logitLensTables: TablesOf<LogitLensTrace> = {
  tokens: (trace) => ({
    columns: ['point', 'label', 'position', 'token', 'rank', 'id', 'predicted', 'probability'],
    rows: predictions(trace),
  }),
  points: (trace) => ({ columns: ['point', 'label', 'position', 'token', 'entropy_nats', 'kl_to_final_nats'], rows: points(trace) }),
};

/** A token at a cell of the lens. */
interface Prediction {
  id: number;
  rank: number;
  probability: number;
}

/** The likeliest tokens of every cell in order, then the others that are followed there, each once. */
function* predictions(trace: LogitLensTrace): Iterable<TableCell[]> {
  const { points, labels, tokens, vocabulary } = trace;
  const [likeliest, others] = [top(trace), followed(trace)];
  for (const [point, name] of points.entries()) {
    for (const [position, { text }] of tokens.entries()) {
      const told = new Set<number>();
      for (const { id, rank, probability } of [...likeliest(point, position), ...others(point, position)]) {
        if (told.has(id)) continue;
        told.add(id);
        yield [name, labels[point], position, text, rank, id, vocabulary[id], probability];
      }
    }
  }
}

type PredictionsAt = (point: number, position: number) => Prediction[];

function top({ tokens, topIds, topProbabilities }: LogitLensTrace): PredictionsAt {
  const [{ data: ids, shape }, { data: probabilities }] = [decodeArray(topIds), decodeArray(topProbabilities)];
  const k = shape[2]!;
  return (point, position) =>
    Array.from({ length: k }, (_, rank) => {
      const at = (point * tokens.length + position) * k + rank;
      return { id: ids[at]!, rank, probability: probabilities[at]! };
    });
}

/** The target and the tokens with a trajectory, by rank. */
function followed({ points, tokens, trajectories, target }: LogitLensTrace): PredictionsAt {
  const rows = new Map<number, { id: number; row: number }[]>();
  const pairs = trajectories ? decodeArray(trajectories.of).data : [];
  for (let row = 0; row < pairs.length / 2; row++) {
    const [position, id] = [pairs[2 * row]!, pairs[2 * row + 1]!];
    rows.set(position, [...(rows.get(position) ?? []), { id, row }]);
  }
  const reader = (of: { rank: TraceArray; probability: TraceArray } | undefined) => {
    const [ranks, probabilities] = of ? [decodeArray(of.rank).data, decodeArray(of.probability).data] : [[], []];
    return (id: number, at: number): Prediction => ({ id, rank: ranks[at]!, probability: probabilities[at]! });
  };
  const [ofTrajectory, ofTarget] = [reader(trajectories), reader(target)];
  return (point, position) => {
    const found = (rows.get(position) ?? []).map(({ id, row }) => ofTrajectory(id, row * points.length + point));
    if (target) found.push(ofTarget(target.id, point * tokens.length + position));
    return found.sort((a, b) => a.rank - b.rank);
  };
}

function* points({ points, labels, tokens, entropy, klToFinal }: LogitLensTrace): Iterable<TableCell[]> {
  const [entropies, divergences] = [decodeArray(entropy).data, decodeArray(klToFinal).data];
  for (const [point, name] of points.entries()) {
    for (const [position, { text }] of tokens.entries()) {
      const cell = point * tokens.length + position;
      yield [name, labels[point], position, text, entropies[cell], divergences[cell]];
    }
  }
}
