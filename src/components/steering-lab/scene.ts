// SPDX-License-Identifier: MIT
import { formatNumber, formatPercent } from '../shared/format.js';
import type { GridController } from '../shared/grid-controller.js';
import type { Pointing } from '../shared/pointing.js';
import type { Theme } from '../shared/theme-controller.js';
import type { ShownTexts, ShownToken, SteeringData } from './steering-data.js';
import { steeringStrings } from './strings.js';

export type Side = 'base' | 'steered';
export const sides: readonly Side[] = ['base', 'steered'];

/** A token of one of the two texts. */
export interface TextPlace {
  side: Side;
  index: number;
}

/** One picture of the lab: its data, and what the reader has chosen. */
export interface SteeringScene {
  figure: SteeringData;
  texts: ShownTexts;
  /** Texts whose lines the place must hold. */
  rooms: readonly string[];
  theme: Theme;
  pointed: TextPlace | undefined;
  locked: boolean;
  /** Tokens are coming. */
  busy: boolean;
  grid: GridController;
  pointing: Pointing<TextPlace>;
  label: string | undefined;
}

/** A strength as it is written: "+4", "−2", "0". */
export function strengthText(strength: number): string {
  const text = formatNumber(strength, 2).replace(/\.?0+$/, '');
  return strength > 0 ? `+${text}` : text || '0';
}

export function tokenAt(texts: ShownTexts, { side, index }: TextPlace): ShownToken | undefined {
  return texts[side][index];
}

/** One token as a sentence that could be quoted. */
export function tokenSentence(texts: ShownTexts, place: TextPlace): string {
  const { token, probability, other } = tokenAt(texts, place)!;
  const said = place.side === 'base' ? steeringStrings.baseToken : steeringStrings.steeredToken;
  return said(token.quoted, formatPercent(probability), other === undefined ? undefined : formatPercent(other));
}

/** What the strength does, in one sentence. */
export function textsSentence({ figure, texts }: SteeringScene): string {
  const { strength, base, steered, parting } = texts;
  if (strength === 0) return steeringStrings.steeringZero;
  const [layers, written] = [steeringStrings.steeringLayers(figure.trace.layers), strengthText(strength)];
  if (parting === undefined)
    return steered.length > 0 && steered.length >= base.length ? steeringStrings.steeringSame(layers, written) : '';
  const [own, other] = [steered[parting], base[parting]];
  if (!own || !other) return steeringStrings.steeringEnds(layers, written, parting + 1);
  return steeringStrings.steeringPart(
    layers,
    written,
    parting + 1,
    own.token.quoted,
    formatPercent(own.probability),
    other.token.quoted,
    formatPercent(other.probability),
  );
}

export function samePlace(a: TextPlace, b: TextPlace | undefined): boolean {
  return a.side === b?.side && a.index === b.index;
}

/** The token under a pointer. */
export function placeUnder(event: Event): TextPlace | undefined {
  const word = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['side'] !== undefined);
  const side = sides.find((name) => name === word?.dataset['side']);
  return side && { side, index: Number(word!.dataset['index']) };
}
