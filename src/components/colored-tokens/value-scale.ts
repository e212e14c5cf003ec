// SPDX-License-Identifier: MIT
import type { Ramp } from '../shared/colour.js';
import { formatCount, formatNumber, formatPercent, formatSigned } from '../shared/format.js';
import type { ValueRow } from './tokens-data.js';

/** Which values the ends of a ramp stand for, and how values are written. */
export interface ValueScale {
  min: number;
  max: number;
  /** Zero is the middle, effects lie on either side. */
  signed: boolean;
  log: boolean;
  ramp: Ramp;
  write: (value: number) => string;
}

/** Bounds that an author sets; what is left out follows from the values. */
export interface Bounds {
  min?: number | undefined;
  max?: number | undefined;
}

/** The scale of a row whose colours are those of `rows`: of itself alone, or of all rows. */
export function scaleOf(
  row: ValueRow,
  rows: readonly ValueRow[],
  author: Bounds,
  ramps: Readonly<Record<'sequential' | 'diverging', Ramp>>,
): ValueScale {
  let [low, high] = [Infinity, -Infinity];
  for (const { values, from = 0 } of rows) {
    for (let at = from; at < values.length; at++) {
      low = Math.min(low, values[at]!);
      high = Math.max(high, values[at]!);
    }
  }
  if (low > high) [low, high] = [0, 0];
  const signed = rows.some((other) => other.signed ?? false) || (row.signed === undefined && low < 0);
  const largest = Math.max(Math.abs(low), Math.abs(high)) || 1;
  let [min, max] = signed ? [-largest, largest] : [Math.min(low, row.scale === 'log' && low >= 1 ? 1 : 0), high];
  if (row.as === 'probability') [min, max] = [0, 1];
  max = author.max ?? row.max ?? max;
  min = author.min ?? (signed && author.max !== undefined ? -author.max : (row.min ?? min));
  if (!(max > min)) max = min + 1;
  const ramp = signed ? ramps.diverging : ramps.sequential;
  return { min, max, signed, log: row.scale === 'log' && !signed, ramp, write: writer(row, signed, largest) };
}

function writer({ as }: ValueRow, signed: boolean, largest: number): (value: number) => string {
  if (as === 'probability') return formatPercent;
  if (as === 'count') return formatCount;
  // Three figures of the largest value, two decimals at least.
  const decimals = Math.min(8, Math.max(2, 2 - Math.floor(Math.log10(largest))));
  return (value) => (signed ? formatSigned(value, decimals) : formatNumber(value, decimals));
}

/** Index into the ramp, 0 to 255. */
export function colourIndex({ min, max, signed, log }: ValueScale, value: number): number {
  const share = (amount: number): number => Math.min(1, Math.max(0, amount));
  if (signed) return Math.round(127.5 * (1 + (value < 0 ? -share(value / min) : share(value / max))));
  return Math.round(255 * share(log ? Math.log1p(Math.max(0, value - min)) / Math.log1p(max - min) : (value - min) / (max - min)));
}

/** A value with its unit: "3.21 nats". */
export function withUnit({ unit }: ValueRow, text: string): string {
  return unit === undefined ? text : `${text} ${unit}`;
}
