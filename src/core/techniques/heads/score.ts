// SPDX-License-Identifier: MIT
import type { Mask, ScoreConvention } from './masks.js';

/** One head's attention [query, key], square; the first `skip` rows and columns do not count. */
export interface Pattern {
  data: Float32Array;
  length: number;
  skip: number;
}

/** How well a pattern matches an ideal one; 0 where the ideal has nothing to match. */
export function scoreOf(pattern: Pattern, mask: Mask, convention: ScoreConvention): number {
  const { data, length, skip } = pattern;
  const { size } = mask;
  let inside = 0;
  let all = 0;
  let difference = 0;
  let entries = 0;
  let queries = 0;
  for (let query = 0; query < size; query++) {
    let wanted = 0;
    for (let key = 0; key < size; key++) {
      const value = data[(query + skip) * length + key + skip]!;
      const ideal = mask.wants(query, key);
      all += value;
      difference += Math.abs(value - (ideal ? 1 : 0));
      if (!ideal) continue;
      inside += value;
      wanted++;
    }
    entries += wanted;
    if (wanted > 0) queries++;
  }
  switch (convention) {
    case 'diagonal':
      return entries === 0 ? 0 : inside / entries;
    case 'mask':
      return all === 0 ? 0 : inside / all;
    case 'mask-abs':
      return 1 - difference / size;
    case 'rows':
      return queries === 0 ? 0 : inside / queries;
  }
}

/** Mean entropy of the rows, in nats. */
export function entropyOf(pattern: Pattern): number {
  let sum = 0;
  forRows(pattern, (weight) => {
    if (weight > 0) sum -= weight * Math.log(weight);
  });
  return sum / (pattern.length - pattern.skip);
}

/** Mean of |query - key| over the attention of the rows, and mean variance of the key's place. */
export function distanceOf(pattern: Pattern): { mean: number; variance: number } {
  const rows = pattern.length - pattern.skip;
  const first = new Float64Array(rows);
  const second = new Float64Array(rows);
  forRows(pattern, (weight, query, key) => {
    first[query]! += weight * Math.abs(query - key);
    second[query]! += weight * (query - key) ** 2;
  });
  const signed = new Float64Array(rows);
  forRows(pattern, (weight, query, key) => {
    signed[query]! += weight * (query - key);
  });
  let mean = 0;
  let variance = 0;
  for (let row = 0; row < rows; row++) {
    mean += first[row]! / rows;
    variance += Math.max(0, second[row]! - signed[row]! ** 2) / rows;
  }
  return { mean, variance };
}

/** Every weight of the rows that count, each row scaled to sum to one over the keys that count. */
function forRows({ data, length, skip }: Pattern, visit: (weight: number, query: number, key: number) => void): void {
  const size = length - skip;
  for (let query = 0; query < size; query++) {
    const from = (query + skip) * length + skip;
    let sum = 0;
    for (let key = 0; key < size; key++) sum += data[from + key]!;
    if (sum <= 0) continue;
    for (let key = 0; key < size; key++) visit(data[from + key]! / sum, query, key);
  }
}
