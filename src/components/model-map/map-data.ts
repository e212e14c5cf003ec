// SPDX-License-Identifier: MIT
import { nameInLayer, readModelTrace, type LayeredName, type ModelFacts, type ModelHook, type ModelWeight } from '../shared/core.js';

/** What a part of a model is, as the selection of figures names it; ids of hooks and weights begin with it. */
export type PartKind =
  | 'embed'
  | 'pos_embed'
  | 'embed.ln'
  | 'resid_pre'
  | 'ln1'
  | 'attn'
  | 'ln1_post'
  | 'resid_mid'
  | 'cross_attn'
  | 'ln2'
  | 'mlp'
  | 'ln2_post'
  | 'resid_post'
  | 'ln_final'
  | 'unembed';

export interface MapPart {
  kind: PartKind;
  /** The block that it belongs to. */
  layer?: number;
}

/** A part, or one head of an attention. */
export interface MapPlace {
  part: MapPart;
  head?: number;
}

/** An activation of a part, under its full name. */
export interface PartHook {
  name: string;
  /** Empty where `hidden`. */
  axes: readonly string[];
  dims: readonly (number | null)[];
  /** Why it cannot be read in this file. */
  hidden?: string;
}

/** Numbers to colour a map with: by part (`blocks.2.attn`, or the hook `blocks.2.hook_attn_out`), and of the heads, [layer][head]. */
export type MapValues = Readonly<Record<string, number | readonly (readonly number[])[]>>;

/** A model as it is drawn. */
export interface MapData {
  /** Name of the model. */
  source: string;
  facts: ModelFacts;
  hooks: ReadonlyMap<PartKind, readonly Readable[]>;
  weights: ReadonlyMap<PartKind, readonly ModelWeight[]>;
  /** By id of the part; undefined where the map shows no numbers. */
  values: ReadonlyMap<string, number> | undefined;
  headValues: readonly (readonly number[])[] | undefined;
}

interface Readable extends LayeredName {
  hook?: ModelHook;
  because?: string;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function mapFromTrace(value: unknown): MapData {
  const trace = readModelTrace(value);
  const { architecture: facts, hooks, hidden, weights, values, headValues } = trace;
  return {
    source: trace.provenance.model,
    facts,
    hooks: byKind([
      ...hooks.map((hook): Readable => ({ ...hook, hook })),
      ...hidden.map(({ because, ...name }): Readable => ({ ...name, because })),
    ]),
    weights: byKind(weights),
    ...valuesOf({ ...values, ...(headValues && { heads: headValues }) }),
  };
}

/** Numbers for a map, by part. */
export function valuesOf(given: MapValues): Pick<MapData, 'values' | 'headValues'> {
  const { heads, ...rest } = given;
  const values = new Map<string, number>();
  for (const [name, value] of Object.entries(rest)) {
    const part = typeof value === 'number' && Number.isFinite(value) ? partNamed(name) : undefined;
    if (part) values.set(partId(part), value as number);
  }
  const headValues = Array.isArray(heads) ? (heads as number[][]) : undefined;
  return { values: values.size > 0 || headValues ? values : undefined, headValues };
}

/** `blocks.2.attn`, `embed`. */
export function partId({ kind, layer }: MapPart): string {
  return layer === undefined ? kind : `blocks.${layer}.${kind}`;
}

const words = /^(embed|pos_embed|embed\.ln|resid_pre|ln1|attn|ln1_post|resid_mid|cross_attn|ln2|mlp|ln2_post|resid_post|ln_final|unembed)$/;

/** Whether a word names a part. */
export const isPartKind = (word: string): word is PartKind => words.test(word);

/** `blocks.2.attn`, `blocks.2.hook_attn_out`, or "2_attn_out" as attributions label it. */
function partNamed(name: string): MapPart | undefined {
  const [, label, out] = /^(\d+)_(attn|mlp)_out$/.exec(name) ?? [];
  if (label !== undefined) return { kind: out as PartKind, layer: Number(label) };
  const [, layer, rest = name] = /^blocks\.(\d+)\.(.*)/.exec(name) ?? [];
  const kind = isPartKind(rest) ? rest : kindOf(rest);
  return kind && { kind, ...(layer !== undefined && { layer: Number(layer) }) };
}

/** The part that a hook or a weight belongs to, by its name inside the block. */
function kindOf(name: string): PartKind | undefined {
  const kinds: [RegExp, PartKind][] = [
    [/^cross_attn\.|^hook_(cross_attn_out|resid_cross)$/, 'cross_attn'],
    [/^attn\.|^hook_attn_out$/, 'attn'],
    [/^mlp\.|^hook_mlp_out$/, 'mlp'],
    [/^ln1_post\./, 'ln1_post'],
    [/^ln2_post\./, 'ln2_post'],
    [/^ln1\.|^hook_normalized_resid_mid$/, 'ln1'],
    [/^ln2\.|^hook_normalized_resid_post$/, 'ln2'],
    [/^hook_resid_pre$/, 'resid_pre'],
    [/^hook_resid_mid$/, 'resid_mid'],
    [/^hook_resid_post$/, 'resid_post'],
    [/^embed\.ln\.|^hook_full_embed$/, 'embed.ln'],
    [/^pos_embed\.|^hook_pos_embed$/, 'pos_embed'],
    [/^(token_type_)?embed\.|^hook_(token_type_)?embed$/, 'embed'],
    [/^ln_final\./, 'ln_final'],
    [/^unembed\.|^logits$/, 'unembed'],
  ];
  return kinds.find(([pattern]) => pattern.test(name))?.[1];
}

function byKind<T extends LayeredName>(entries: readonly T[]): Map<PartKind, T[]> {
  const groups = new Map<PartKind, T[]>();
  for (const entry of entries) {
    const kind = kindOf(entry.name.replace('blocks.{layer}.', ''));
    if (kind) groups.set(kind, [...(groups.get(kind) ?? []), entry]);
  }
  return groups;
}

const inBlock = ({ layers }: LayeredName, layer: number | undefined): boolean =>
  layer === undefined || layers === undefined || layers.includes(layer);

/** The activations of a part, in the order of the forward pass; those that the file hides last. */
export function hooksOf(map: MapData, { kind, layer }: MapPart): PartHook[] {
  return (map.hooks.get(kind) ?? [])
    .filter((entry) => inBlock(entry, layer))
    .map(({ name, hook, because }) => ({
      name: nameInLayer(name, layer ?? 0),
      axes: hook?.axes ?? [],
      dims: hook?.dims ?? [],
      ...(because !== undefined && { hidden: because }),
    }));
}

/** The weights of a part, under their full names. */
export function weightsOf(map: MapData, { kind, layer }: MapPart): ModelWeight[] {
  return (map.weights.get(kind) ?? [])
    .filter((entry) => inBlock(entry, layer))
    .map((weight) => ({ ...weight, name: nameInLayer(weight.name, layer ?? 0) }));
}

/** How many numbers a part has learned; those of another part's weights are counted there. */
export function parametersOf(map: MapData, part: MapPart): number {
  return weightsOf(map, part)
    .filter(({ same }) => same === undefined)
    .reduce((sum, { dims }) => sum + dims.reduce((product, dim) => product * dim, 1), 0);
}

/** Whether the model has a part. */
export function hasPart(map: MapData, part: MapPart): boolean {
  const { kind, layer } = part;
  // What stands at the end of a post-norm model under the name of the final norm is the norm of its last block.
  if (kind === 'ln_final') return map.facts.normPosition === 'pre' && entries(map, kind).length > 0;
  if (kind === 'embed.ln') return weightsOf(map, part).length > 0;
  return entries(map, kind).some((entry) => inBlock(entry, layer));
}

const entries = (map: MapData, kind: PartKind): LayeredName[] => [...(map.hooks.get(kind) ?? []), ...(map.weights.get(kind) ?? [])];

/** Every part that is not in a block, and every block. */
export function partsOf(map: MapData): MapPart[] {
  const kinds = (list: readonly PartKind[], layer?: number): MapPart[] =>
    list.map((kind) => ({ kind, ...(layer !== undefined && { layer }) })).filter((part) => hasPart(map, part));
  const { nLayer } = map.facts;
  const blocks = Array.from({ length: nLayer }, (_, layer) => kinds(partsOfBlock, layer)).flat();
  return [...kinds(['embed', 'pos_embed', 'embed.ln']), ...blocks, ...kinds(['ln_final', 'unembed'])];
}

const partsOfBlock: readonly PartKind[] = [
  'resid_pre',
  'ln1',
  'attn',
  'ln1_post',
  'resid_mid',
  'cross_attn',
  'ln2',
  'mlp',
  'ln2_post',
  'resid_post',
];

/** Parameters of a block, and of the whole model. */
export function parametersOfBlock(map: MapData, layer: number): number {
  return partsOfBlock.reduce((sum, kind) => sum + parametersOf(map, { kind, layer }), 0);
}

export function parametersOfModel(map: MapData): number {
  const outside = (['embed', 'pos_embed', 'embed.ln', 'ln_final', 'unembed'] as const).map((kind) => parametersOf(map, { kind }));
  const blocks = Array.from({ length: map.facts.nLayer }, (_, layer) => parametersOfBlock(map, layer));
  return [...outside, ...blocks].reduce((sum, count) => sum + count, 0);
}

/** The number that a map shows for a part, or for a head of it. */
export function valueAt(map: MapData, { part, head }: MapPlace): number | undefined {
  return head === undefined ? map.values?.get(partId(part)) : map.headValues?.[part.layer!]?.[head];
}

/** How many query heads share a key and value head. */
export function groupSize({ nHead, nKeyValueHead }: ModelFacts): number {
  return nKeyValueHead > 0 ? nHead / nKeyValueHead : 1;
}
