// SPDX-License-Identifier: MIT
import type { GridController } from '../shared/grid-controller.js';
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import { formatCount, formatSigned } from '../shared/format.js';
import { headValue, type AttributionData } from './attribution-data.js';
import type { Level, Part } from './parts.js';
import type { Place } from './place.js';
import { attributionStrings as words } from './strings.js';

/** What can be pointed at. */
export type Pointed =
  | { what: 'part'; index: number }
  | { what: 'head'; layer: number; head: number }
  | { what: 'mlp'; layer: number }
  | { what: 'source'; key: number };

/** One picture of an attribution: its data, what is taken apart, and what the reader has chosen. */
export interface AttributionScene {
  figure: AttributionData;
  /** From the whole down to what is shown. */
  way: readonly Place[];
  place: Place;
  /** The bars; undefined for the map of heads and the sources of a head. */
  level: Level | undefined;
  width: number;
  /** Names in full. */
  wide: boolean;
  pointed: Pointed | undefined;
  selection: Readonly<SelectionState>;
  theme: Theme;
  grid: GridController;
}

/** The name of a part. */
export function partName({ kind, label, layer, index, count }: Part, short = false): string {
  const names: Record<string, string> = short ? { ...words.partNames, ...words.partNamesShort } : words.partNames;
  switch (kind) {
    case 'embed':
      return names[label!] ?? label!;
    case 'attn':
      return short ? words.attnPartShort(layer!) : words.attnPart(layer!);
    case 'mlp':
      return words.mlpPart(layer!);
    case 'head':
      return words.headPart(layer!, index!);
    case 'neuron':
      return short ? words.neuronPartShort(layer!, index!) : words.neuronPart(layer!, index!);
    case 'rest':
      return words.restPart(formatCount(count!));
    case 'bias':
      return names[layer === undefined ? 'biases' : 'bias']!;
    default:
      return names[kind]!;
  }
}

/** A part as a sentence that could be quoted. */
export function partSentence({ answer, wrong }: AttributionData, part: Part): string {
  return words.adds(partName(part), formatSigned(part.value), answer.quoted, wrong?.quoted);
}

/** What is pointed at, as a part with its value; sources have a sentence of their own. */
export function pointedPart({ figure, level }: Pick<AttributionScene, 'figure' | 'level'>, pointed: Pointed): Part | undefined {
  if (pointed.what === 'part') return level?.parts[pointed.index];
  if (pointed.what === 'head') {
    const { layer, head } = pointed;
    return { kind: 'head', layer, index: head, value: headValue(figure, layer, head) };
  }
  if (pointed.what === 'source') return undefined;
  const { layer } = pointed;
  const value = figure.components.find((component) => component.kind === 'mlp' && component.layer === layer)?.value ?? 0;
  return { kind: 'mlp', layer, value };
}

/** The strongest colour of a map or of source tokens stands for this. */
export function strongestOf(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
}

/** Index into the diverging ramp. */
export function signedIndex(value: number, most: number): number {
  return Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, value / most)));
}
