// SPDX-License-Identifier: MIT
// What a pattern itself says of its head: means over the queries of one prompt. They describe this prompt, not the head on every text.
import type { CellGrid } from '../shared/heatmap.js';
import { formatNumber, formatWeight } from '../shared/format.js';
import { headName, headsGrid, weightAt } from './attention-data.js';
import { attentionStrings } from './strings.js';
import { viewStrings } from './view-strings.js';
import type { AttentionScene, AttentionScore } from './scene.js';

/** Mean entropy of the rows, nats; 0 is all on one key. */
export function entropyOf(grid: CellGrid): number {
  let sum = 0;
  for (let query = 0; query < grid.rows; query++) {
    for (let key = 0; key < grid.columns; key++) {
      const weight = weightAt(grid, query, key) ?? 0;
      if (weight > 0) sum -= weight * Math.log(weight);
    }
  }
  return sum / countRows(grid);
}

/** Queries that are shown: a pair of segments leaves some out. */
function countRows(grid: CellGrid): number {
  let rows = 0;
  for (let query = 0; query < grid.rows; query++) {
    for (let key = 0; key < grid.columns; key++) {
      if (weightAt(grid, query, key) === undefined) continue;
      rows++;
      break;
    }
  }
  return Math.max(1, rows);
}

/** Mean weight on one key of each query, over the queries that can have it. */
function meanOn(grid: CellGrid, keyOf: (query: number) => number): number {
  let [sum, count] = [0, 0];
  for (let query = 0; query < grid.rows; query++) {
    const key = keyOf(query);
    const weight = key >= 0 && key < grid.columns ? weightAt(grid, query, key) : undefined;
    if (weight === undefined) continue;
    sum += weight;
    count++;
  }
  return count > 0 ? sum / count : 0;
}

const measures: Record<Exclude<AttentionScore, 'none' | 'recorded'>, (grid: CellGrid) => number> = {
  previous: (grid) => meanOn(grid, (query) => query - 1),
  self: (grid) => meanOn(grid, (query) => query),
  first: (grid) => meanOn(grid, () => 0),
  entropy: entropyOf,
};

/** What the score is, as a reader is told. */
export function scoreName({ figure, score }: Pick<AttentionScene, 'figure' | 'score'>): string {
  if (score === 'recorded') return figure.scores!.kind;
  return score === 'none' ? '' : viewStrings.scores[score];
}

/** A head in a sentence: its score, or how far it rests on the previous token. */
export function headSentence(scene: AttentionScene, layer: number, head: number): string {
  const scored: AttentionScene = { ...scene, score: scene.score === 'none' ? 'previous' : scene.score };
  return `${attentionStrings.headNamed(headName(scene.figure, layer, head))}: ${scoreName(scored)} ${scoreText(scored, layer, head)}`;
}

const known = new WeakMap<ArrayLike<number>, Map<string, number>>();

/** The score of one head, as it is written under its pattern; undefined where there is none. */
export function scoreText({ figure, pair, score }: AttentionScene, layer: number, head: number): string | undefined {
  if (score === 'none') return undefined;
  if (score === 'recorded') {
    const value = figure.scores?.values[layer * figure.headCount + head];
    return value === undefined ? undefined : formatNumber(value);
  }
  const key = [score, layer, head, pair?.from.name, pair?.to.name].join();
  const values = known.get(figure.pattern) ?? new Map<string, number>();
  known.set(figure.pattern, values);
  const value = values.get(key) ?? measures[score](headsGrid(figure, layer, [head], 'mean', pair));
  values.set(key, value);
  return score === 'entropy' ? formatNumber(value) : formatWeight(value);
}
