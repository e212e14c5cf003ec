// SPDX-License-Identifier: MIT
import { formatCount, formatPercent } from '../../shared/format.js';
import type { Curve, Statistic } from './curves.js';
import { lensCurveStrings as say } from './strings.js';

/** The vertical axis: where a value stands, 0 (below) to 1 (above), and its marks. */
export interface Scale {
  place(value: number): number;
  ticks: { value: number; text: string }[];
}

/** A value as the reader is told it. */
export function valueText(statistic: Statistic, value: number): string {
  if (Number.isNaN(value)) return '–';
  if (statistic === 'probability') return formatPercent(value);
  return statistic === 'rank' ? formatCount(value) : value.toFixed(2);
}

/** An axis from zero, or from the first rank, to a round number that no curve exceeds. */
export function scaleFor(statistic: Statistic, curves: readonly Curve[]): Scale {
  let most = 0;
  for (const { values } of curves) for (let point = 0; point < values.length; point++) if (values[point]! > most) most = values[point]!;
  if (statistic === 'rank') {
    const decades = Math.max(1, Math.ceil(Math.log10(most) - 1e-9));
    const step = Math.ceil(decades / 4);
    const ticks = Array.from({ length: Math.floor(decades / step) + 1 }, (_, index) => 10 ** (index * step));
    return { place: (rank) => 1 - Math.log10(rank) / decades, ticks: ticks.map((value) => ({ value, text: formatCount(value) })) };
  }
  const top = statistic === 'probability' ? Math.min(1, roundUp(most)) : roundUp(most);
  const text = (value: number): string => (statistic === 'probability' ? percent(value) : say.nats(String(Number(value.toPrecision(2)))));
  return {
    place: (value) => value / top,
    ticks: [0, top / 2, top].map((value) => ({ value, text: value === 0 ? (statistic === 'probability' ? '0%' : '0') : text(value) })),
  };
}

/** 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-4)));
  return [1, 2, 5, 10].map((step) => step * power).find((round) => round >= value * 0.9999)!;
}

/** A mark of the axis, without digits that say nothing. */
function percent(value: number): string {
  return `${Number((value * 100).toPrecision(2))}%`;
}
