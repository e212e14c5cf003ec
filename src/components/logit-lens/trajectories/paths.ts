// SPDX-License-Identifier: MIT
import { cellIndex, outputId, type LensData } from '../lens-data.js';

/** A group of tokens at one position, point by point. */
export interface Path {
  /** Summed over the tokens; NaN where the data say it of none. */
  probability: Float64Array;
  /** Of the best of the tokens, 1 being the likeliest; NaN where the data do not say it. */
  rank: Float64Array;
  /** The data leave out some tokens at some points: the sum is at least what is drawn. */
  partial: boolean;
}

const indexes = new WeakMap<LensData, Map<string, number>>();

/** Row of the trajectories by position and id. */
function rowsOf(figure: LensData): Map<string, number> {
  let rows = indexes.get(figure);
  if (!rows) {
    indexes.set(figure, (rows = new Map()));
    const { of = [] } = figure.trajectories ?? {};
    for (let row = 0; 2 * row < of.length; row++) rows.set(`${of[2 * row]} ${of[2 * row + 1]}`, row);
  }
  return rows;
}

/** What the data say of tokens at a position: by their trajectories, by the token that was followed, else by the cells that name them. */
export function pathOf(figure: LensData, ids: readonly number[], position: number): Path {
  const points = figure.labels.length;
  const path: Path = { probability: new Float64Array(points).fill(NaN), rank: new Float64Array(points).fill(NaN), partial: false };
  for (const id of ids) {
    for (let point = 0; point < points; point++) {
      const found = lookUp(figure, id, point, position);
      if (!found) {
        path.partial = true;
        continue;
      }
      const { probability, rank } = path;
      probability[point] = (Number.isNaN(probability[point]) ? 0 : probability[point]!) + found.probability;
      rank[point] = Math.min(Number.isNaN(rank[point]) ? Infinity : rank[point]!, found.rank + 1);
    }
  }
  return path;
}

function lookUp(figure: LensData, id: number, point: number, position: number): { probability: number; rank: number } | undefined {
  const { trajectories, target, labels, k } = figure;
  const cell = cellIndex(figure, point, position);
  if (id === target?.id) return { probability: target.probability[cell]!, rank: Math.round(target.rank[cell]!) };
  for (let rank = 0; rank < k; rank++) {
    if (figure.topIds[cell * k + rank] === id) return { probability: figure.topProbabilities[cell * k + rank]!, rank };
  }
  const row = rowsOf(figure).get(`${position} ${id}`);
  if (!trajectories || row === undefined) return undefined;
  const at = row * labels.length + point;
  return { probability: trajectories.probability[at]!, rank: Math.round(trajectories.rank[at]!) };
}

/** The tokens that colours and curves are about at a position: those that are followed, else what the model says there in the end. */
export function followedAt(figure: LensData, pins: readonly (readonly number[])[], position: number): readonly number[] {
  return pins.at(-1) ?? (figure.target ? [figure.target.id] : [outputId(figure, position)]);
}

/** The tokens whose paths at a position are known, those that came closest to the top first. */
export function knownIds(figure: LensData, position: number): number[] {
  const ids = new Set<number>(figure.target ? [figure.target.id] : []);
  const { of = [] } = figure.trajectories ?? {};
  for (let row = 0; 2 * row < of.length; row++) if (of[2 * row] === position) ids.add(of[2 * row + 1]!);
  for (let point = figure.labels.length - 1; point >= 0; point--) {
    const cell = cellIndex(figure, point, position) * figure.k;
    for (let rank = 0; rank < figure.k; rank++) ids.add(figure.topIds[cell + rank]!);
  }
  return [...ids];
}
