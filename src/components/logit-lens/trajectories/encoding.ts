// SPDX-License-Identifier: MIT
import { formatCount, formatNumber } from '../../shared/format.js';
import type { Ramp } from '../../shared/colour.js';
import { plainEncoding } from '../grid/controls.js';
import { cellIndex, outputId, type LensData } from '../lens-data.js';
import type { LensColour } from '../colours.js';
import type { Encoding, LensScene } from '../scene.js';
import { followedAt, pathOf, type Path } from './paths.js';
import { lensCurveStrings as say } from './strings.js';

/** The tokens of a group in words. */
export function groupName(figure: LensData, ids: readonly number[]): string {
  return ids.map((id) => figure.tokenOf(id).quoted).join(' + ');
}

/** What the followed token is called, whichever position it is about. */
export function followedName({ figure, pins }: Pick<LensScene, 'figure' | 'pins'>): string {
  return pins.length || figure.target ? groupName(figure, followedAt(figure, pins, 0)) : say.outputToken;
}

/** A colour mode in words. */
export function colourTitle(scene: Pick<LensScene, 'figure' | 'pins'>, colour: LensColour): string {
  const title = say.lensTitle[colour];
  return typeof title === 'function' ? title(followedName(scene)) : title;
}

/** How the chosen statistic becomes a colour: strong is likely, a good rank, uncertain, far from the output, or the same as the output. */
export function encodingOf(scene: LensScene): Encoding {
  const { figure, colour, theme, pins } = scene;
  const plain = plainEncoding(figure, theme);
  const title = colourTitle(scene, colour);
  const unknown = say.neverTop(figure.k);
  switch (colour) {
    case 'top':
      return plain;
    case 'target': {
      const path = pathsByPosition(figure, pins);
      return { ...plain, title, unknown, amount: (point, position) => known(path(position).probability[point]!) };
    }
    case 'rank': {
      const path = pathsByPosition(figure, pins);
      const worst = worstRank(figure, pins);
      const amount = (point: number, position: number): number | undefined => {
        const rank = known(path(position).rank[point]!);
        return rank && 1 - Math.log(rank) / Math.log(worst);
      };
      return { ...plain, title, unknown, ends: [say.rankEnd(formatCount(worst)), '1'], amount };
    }
    case 'entropy':
    case 'kl': {
      const values = colour === 'entropy' ? figure.entropy : figure.klToFinal;
      const most = Array.from(values).reduce((a, b) => Math.max(a, b), 1e-6);
      const amount = (point: number, position: number): number => values[cellIndex(figure, point, position)]! / most;
      return { ...plain, title, ends: ['0', say.nats(formatNumber(most))], amount };
    }
    case 'agreement': {
      const amount = (point: number, position: number): number =>
        Number(figure.topIds[cellIndex(figure, point, position) * figure.k] === outputId(figure, position));
      return { ...plain, title, ends: say.agreementEnds, ramp: twoSteps(theme.sequential), amount };
    }
  }
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** The followed tokens position by position, each looked up once. */
function pathsByPosition(figure: LensData, pins: LensScene['pins']): (position: number) => Path {
  const paths: Path[] = [];
  return (position) => (paths[position] ??= pathOf(figure, followedAt(figure, pins, position), position));
}

/** The end of the scale of ranks: a power of ten that no followed token exceeds. */
function worstRank(figure: LensData, pins: LensScene['pins']): number {
  const path = pathsByPosition(figure, pins);
  let worst = 10;
  for (let position = 0; position < figure.tokens.length; position++) {
    for (const rank of path(position).rank) while (rank > worst) worst *= 10;
  }
  return worst;
}

/** Nothing, or a colour that is plainly something and leaves its text readable. */
function twoSteps(ramp: Ramp): Ramp {
  return Uint32Array.from(ramp, (_, index) => ramp[index < 128 ? 0 : 110]!);
}
