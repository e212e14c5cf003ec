// SPDX-License-Identifier: MIT
import { formatSigned } from '../shared/format.js';
import {
  groupSize,
  hooksOf,
  parametersOf,
  valueAt,
  type MapData,
  type MapPart,
  type MapPlace,
  type PartHook,
  type PartKind,
} from './map-data.js';
import { mapStrings } from './strings.js';

/** The activation that a part is known by; where a model has not the first, the next. */
const mainHooks: Readonly<Record<PartKind, readonly string[]>> = {
  embed: ['hook_embed'],
  pos_embed: ['hook_pos_embed'],
  'embed.ln': ['hook_full_embed'],
  resid_pre: ['hook_resid_pre'],
  ln1: ['ln1.hook_normalized', 'ln1.out'],
  attn: ['attn.hook_pattern'],
  ln1_post: ['ln1_post.out'],
  resid_mid: ['hook_resid_mid'],
  cross_attn: ['cross_attn.hook_pattern'],
  ln2: ['ln2.hook_normalized', 'ln2.out'],
  mlp: ['mlp.hook_post'],
  ln2_post: ['ln2_post.out'],
  resid_post: ['hook_resid_post'],
  ln_final: ['ln_final.hook_normalized', 'ln_final.out'],
  unembed: ['logits'],
};

/** The activation that stands for a part: the first of its kind that can be read, else the first that the file hides. */
export function mainHook(map: MapData, part: MapPart): PartHook | undefined {
  const hooks = hooksOf(map, part);
  const found = mainHooks[part.kind].flatMap((ending) => hooks.filter(({ name }) => name.endsWith(ending)));
  return found.find(({ hidden }) => hidden === undefined) ?? found[0] ?? hooks[0];
}

/** "[batch, head, query, key]", and its lengths for one prompt: "[1, 8, T, T]". */
export function axesText(axes: readonly string[]): string {
  return `[${axes.join(', ')}]`;
}

export function dimsText(axes: readonly string[], dims: readonly (number | null)[]): string {
  return `[${dims.map((dim, at) => dim ?? (axes[at] === 'batch' ? 1 : 'T')).join(', ')}]`;
}

/** What a part is: "head 2.5", "the MLP of block 2". */
export function placeName(map: MapData, { part, head }: MapPlace): string {
  if (head !== undefined) return mapStrings.mapHead(part.layer!, head);
  return mapStrings.mapParts[part.kind](part.layer ?? 0, map.facts);
}

/** One sentence on a place, with its hook and shape, that could be quoted. */
export function placeSentence(map: MapData, place: MapPlace): string {
  const { part, head } = place;
  const name = placeName(map, place);
  const value = valueAt(map, place);
  const shown = value === undefined ? '' : ` (${formatSigned(value)})`;
  const hook = mainHook(map, part);
  const title = `${name}${shown}`;
  if (!hook) return mapStrings.mapNoHook(title);
  if (hook.hidden !== undefined) return mapStrings.mapHidden(title, hook.name, hook.hidden);
  const axes = head === undefined ? hook.axes : hook.axes.filter((axis) => axis !== 'head');
  const dims = head === undefined ? hook.dims : hook.dims.filter((_, at) => hook.axes[at] !== 'head');
  const index = head === undefined ? '' : `[:, ${head}]`;
  return `${title}: ${hook.name}${index} ${axesText(axes)} = ${dimsText(axes, dims)}${groupText(map, place)}`;
}

function groupText({ facts }: MapData, { part, head }: MapPlace): string {
  const size = groupSize(facts);
  if (head === undefined || part.kind !== 'attn' || size <= 1) return '';
  return mapStrings.mapShares(Math.floor(head / size));
}

/** A count with three significant figures: "66.0 k", "1.09 million". */
export function formatParameters(count: number): string {
  const [divisor, unit] = count >= 1e9 ? [1e9, 'B'] : count >= 1e6 ? [1e6, 'M'] : count >= 1e3 ? [1e3, 'k'] : [1, ''];
  const scaled = count / divisor;
  return `${divisor === 1 ? count : scaled.toPrecision(scaled >= 999.5 ? 4 : 3)}${unit && ` ${unit}`}`;
}

/** The parameters of a part as its row says them. */
export function parametersText(map: MapData, part: MapPart): string {
  const count = parametersOf(map, part);
  const own = count > 0 ? formatParameters(count) : '';
  return part.kind === 'unembed' && map.facts.tied ? mapStrings.mapTied(own) : own;
}
