// SPDX-License-Identifier: MIT
import { cellIndex, outputId, type LensData } from '../lens-data.js';
import { candidates } from '../lens-data.js';
import type { LensScene } from '../scene.js';
import { groupName } from './encoding.js';
import { pathOf } from './paths.js';
import { mostCurves } from './pins.js';
import { lensCurveStrings as say } from './strings.js';

/** What the height of a curve is. */
export type Statistic = 'probability' | 'rank' | 'entropy' | 'kl';

/** One line of the chart. */
export interface Curve {
  /** Tokens at its end; none where it is about no token. */
  ids: readonly number[];
  position: number;
  /** Point by point; NaN where the data do not say it. */
  values: ArrayLike<number>;
  /** The data leave something out: a sum is at least what is drawn. */
  partial: boolean;
  /** Number of its hue, from 0; undefined for the preview. */
  hue: number | undefined;
  /** Number of its line style, from 0. */
  dash: number;
}

/** The statistic that the curves show beside the colour of the cells. */
export function statisticOf({ colour }: Pick<LensScene, 'colour'>): Statistic {
  return colour === 'rank' || colour === 'entropy' || colour === 'kl' ? colour : 'probability';
}

/** The curves of a picture, and how many more there would be. */
export function curvesOf(scene: LensScene): { curves: Curve[]; left: number } {
  const { figure, chosen, pins, compared, selection } = scene;
  const statistic = statisticOf(scene);
  const positions = compared.length ? compared : [chosen.position];
  const pointed = selection.query !== undefined;
  const ofTokens = statistic === 'probability' || statistic === 'rank';
  const groups = ofTokens ? pins : [];
  const fixed: Curve[] = [];
  if (groups.length) {
    groups.forEach((ids, hue) => {
      positions.forEach((position, dash) => fixed.push(curve(figure, statistic, ids, position, hue, dash)));
    });
  } else if (compared.length) {
    compared.forEach((position, hue) => {
      fixed.push(curve(figure, statistic, ofTokens ? [outputId(figure, position)] : [], position, hue, hue));
    });
  }
  const curves = fixed.slice(0, mostCurves);
  const left = fixed.length - curves.length;
  if (!fixed.length || pointed) {
    const id = candidates(figure, chosen.point, chosen.position)[chosen.rank]!.id;
    const ids = ofTokens ? [id] : [];
    const drawn = curves.some((other) => other.position === chosen.position && other.ids.join() === ids.join());
    if (!drawn) curves.push(curve(figure, statistic, ids, chosen.position, undefined, 0));
  }
  return { curves, left };
}

function curve(
  figure: LensData,
  statistic: Statistic,
  ids: readonly number[],
  position: number,
  hue: number | undefined,
  dash: number,
): Curve {
  const common = { ids, position, hue, dash };
  if (statistic === 'entropy' || statistic === 'kl') {
    const all = statistic === 'entropy' ? figure.entropy : figure.klToFinal;
    return { ...common, partial: false, values: figure.labels.map((_, point) => all[cellIndex(figure, point, position)]!) };
  }
  const path = pathOf(figure, ids, position);
  return { ...common, partial: path.partial && ids.length > 1 && statistic === 'probability', values: path[statistic] };
}

/** A curve in words. */
export function curveName(figure: LensData, { ids, position, partial }: Curve, withPosition: boolean): string {
  const tokens = groupName(figure, ids);
  const name = partial ? say.atLeast(tokens) : tokens;
  const at = say.atPosition(position);
  return !tokens ? at : withPosition ? `${name} (${at})` : name;
}
