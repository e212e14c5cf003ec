// SPDX-License-Identifier: MIT
import type { LogitLensTrace } from '../trace/kinds/logit-lens.js';
import type { RawArray } from '../trace/types.js';
import type { TableCell, TablesOf } from './types.js';

export const logitLensTables: TablesOf<LogitLensTrace> = {
  tokens: (trace) => ({
    columns: ['point', 'label', 'position', 'token', 'rank', 'id', 'predicted', 'probability'],
    rows: predictions(trace),
  }),
  points: (trace) => ({ columns: ['point', 'label', 'position', 'token', 'entropy_nats', 'kl_to_final_nats'], rows: points(trace) }),
};

/** The likeliest tokens of every cell in order, then the others that are followed there. */
function* predictions(trace: LogitLensTrace): Iterable<TableCell[]> {
  const { points, labels, tokens, vocabulary, target } = trace;
  const ids = (trace.topIds as RawArray).values;
  const probabilities = (trace.topProbabilities as RawArray).values;
  const k = trace.topIds.shape[2]!;
  const followed = trajectoriesByPosition(trace);
  for (const [point, name] of points.entries()) {
    for (const [position, { text }] of tokens.entries()) {
      const cell = point * tokens.length + position;
      const row = (rank: number, id: number, probability: number) => [
        name,
        labels[point],
        position,
        text,
        rank,
        id,
        vocabulary[id],
        probability,
      ];
      const told = new Set<number>();
      for (let rank = 0; rank < k; rank++) {
        const id = ids[cell * k + rank]!;
        told.add(id);
        yield row(rank, id, probabilities[cell * k + rank]!);
      }
      const others = (followed.get(position) ?? []).map(({ id, index }) => {
        const { rank, probability } = trace.trajectories as unknown as { [field in 'rank' | 'probability']: RawArray };
        const at = index * points.length + point;
        return { id, rank: rank.values[at]!, probability: probability.values[at]! };
      });
      if (target) {
        const { rank, probability } = target as unknown as { [field in 'rank' | 'probability']: RawArray };
        others.push({ id: target.id, rank: rank.values[cell]!, probability: probability.values[cell]! });
      }
      for (const { id, rank, probability } of others.sort((a, b) => a.rank - b.rank)) {
        if (told.has(id)) continue;
        told.add(id);
        yield row(rank, id, probability);
      }
    }
  }
}

function trajectoriesByPosition({ trajectories }: LogitLensTrace): Map<number, { id: number; index: number }[]> {
  const found = new Map<number, { id: number; index: number }[]>();
  const { values } = (trajectories?.of ?? { values: [] }) as RawArray;
  for (let index = 0; index < values.length / 2; index++) {
    const [position, id] = [values[2 * index]!, values[2 * index + 1]!];
    found.set(position, [...(found.get(position) ?? []), { id, index }]);
  }
  return found;
}

function* points({ points, labels, tokens, entropy, klToFinal }: LogitLensTrace): Iterable<TableCell[]> {
  for (const [point, name] of points.entries()) {
    for (const [position, { text }] of tokens.entries()) {
      const cell = point * tokens.length + position;
      yield [name, labels[point], position, text, (entropy as RawArray).values[cell], (klToFinal as RawArray).values[cell]];
    }
  }
}
