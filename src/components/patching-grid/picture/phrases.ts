// SPDX-License-Identifier: MIT
import { capital, formatNumber, formatPercent, formatSigned } from '../../shared/format.js';
import type { GridPlace } from '../../shared/grid-controller.js';
import type { DisplayToken } from '../../shared/token-display.js';
import { runsOf, type PatchingData } from '../patching-data.js';
import type { PatchingScene } from './scene.js';
import { pictureStrings as words } from './strings.js';
import { patchingStrings as names } from '../strings.js';
import { coordinatesOf, offsetOf, siteOf } from './places.js';

type Pictured = Pick<PatchingScene, 'figure' | 'view'>;

const minus = '\u2212';

/** An amount of the metric, as it stands in a sentence: a probability as per cent. */
export function metricText({ metric }: PatchingData, value: number): string {
  if (metric !== 'probability') return formatNumber(value);
  return value < 0 ? `${minus}${formatPercent(-value)}` : formatPercent(value);
}

/** A value of the grid: a share, a difference with its sign, or the metric itself. */
export function valueText(figure: PatchingData, value: number): string {
  if (figure.normalized || figure.neutral !== 0 || figure.axes[0] === 'row')
    return figure.normalized ? formatNumber(value) : metricText(figure, value);
  if (figure.metric === 'probability') return `${value > 0 ? '+' : ''}${metricText(figure, value)}`;
  return formatSigned(value);
}

/** Where a cell is, in words: 'layer 2 at "Mary" (10)'. */
export function whereOf({ figure, view }: Pictured, cell: GridPlace, tokens: readonly DisplayToken[] = figure.tokens): string {
  const found = coordinatesOf(figure, view, cell);
  if (view.across === 'column') return `${found['row']}, ${found['column']}`;
  const { layer, head, pos, dest, src } = found;
  const token = (say: (token: string, position: number) => string, at: number | string | undefined): string =>
    at === undefined ? '' : ` ${say(tokens[Number(at)]?.quoted ?? '', Number(at))}`;
  const part = words.patchingPart(siteOf(figure, view), layer!, head);
  return `${part}${token(words.patchingAt, pos)}${token(words.patchingFrom, dest)}${token(words.patchingTo, src)}`;
}

/** What the number of a cell says. */
export function effectOf({ figure, view }: Pictured, cell: GridPlace): string {
  const { metric } = figure;
  const offset = offsetOf(figure, view, cell);
  if (figure.missing.has(offset)) return words.patchingMissing;
  const value = figure.values[offset]!;
  if (view.across !== 'column') return effectText(figure, value);
  return metric ? `${metric} ${valueText(figure, value)}` : valueText(figure, value);
}

function effectText(figure: PatchingData, value: number): string {
  const { metric, technique, normalized, direction, base } = figure;
  const said = valueText(figure, value);
  if (technique === 'tracing') return words.patchingTraced(metricText(figure, value), metric);
  if (technique === 'ablation') return words.patchingAblated(said, metric);
  if (!normalized) return words.patchingMetric(said, metric, metricText(figure, base));
  if (formatNumber(value) === '0.00') return words.patchingNothing(metric);
  if (value < 0) return words.patchingAgainst(formatNumber(-value), metric);
  return direction === 'noise' ? words.patchingTakes(said, metric) : words.patchingRestores(said, metric);
}

/** A state that was put elsewhere, and what it does there, where that is known. */
export function movedSentence(scene: Pictured, from: GridPlace, to: GridPlace, metric: number | undefined): string {
  const { figure } = scene;
  const what = words.moved(names[runsOf(figure).from], whereOf(scene, from, figure.source?.tokens), whereOf(scene, to));
  if (metric === undefined || !figure.source) return what;
  const { base, normalized, source } = figure;
  return `${what}: ${effectText(figure, normalized ? (metric - base) / (source.value - base) : metric)}`;
}

/** One cell as a sentence that could be quoted. */
export function patchingSentence(scene: Pictured, cell: GridPlace): string {
  return `${whereOf(scene, cell)}: ${effectOf(scene, cell)}`;
}

/** What the whole figure is. */
export function idleSentence({ figure, view }: Pictured): string {
  const { from, into } = runsOf(figure);
  if (view.across === 'column') return figure.metric ? `${capital(figure.metric)}.` : '';
  return words.patchingIdle[figure.technique](siteOf(figure, view), names[from], names[into]);
}

/** What no effect and the whole effect are, in the metric's own amounts. */
export function endsSentence({ figure, view }: Pictured): string {
  const { metric, base, source, normalized } = figure;
  if (view.across === 'column') return '';
  if (!source) return words.patchingBase[figure.technique](capital(metric), metricText(figure, base));
  const { from, into } = runsOf(figure);
  const amount = (value: number): string => `${metric} ${metricText(figure, value)}`;
  if (normalized) return words.patchingEnds(names[into], amount(base), names[from], metricText(figure, source.value));
  const [clean, corrupted] = from === 'clean' ? [source.value, base] : [base, source.value];
  return words.patchingRuns(capital(metric), metricText(figure, clean), metricText(figure, corrupted));
}

/** Title and ends of the legend. */
export function legendWords(figure: PatchingData, most: number): { title: string; ends: [string, string] } {
  const { metric, normalized, technique, direction, neutral } = figure;
  const unit = words.patchingUnits[metric];
  const say = words.patchingLegend;
  const inUnit = unit === undefined ? '' : `, ${unit}`;
  const title = normalized
    ? (direction === 'noise' ? say.taken : say.restored)(metric)
    : technique !== 'patching'
      ? say.change(metric, inUnit)
      : say.metric(metric, inUnit);
  return { title, ends: [valueText(figure, neutral - most), valueText(figure, neutral + most)] };
}
