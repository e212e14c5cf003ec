// SPDX-License-Identifier: MIT
import type { Architecture, HookSite, MissingHook } from '../core/index.js';
import { groupByKind, layerRange, type Kind } from './group-hooks.js';
import { bulleted, table, wrap } from './text-table.js';

/** What `vitrine inspect` shows. */
export interface Inspected {
  info: { name: string; revision: string; dtype: string; file: string };
  architecture: Architecture;
  sites: readonly HookSite[];
  missing: readonly MissingHook[];
}

/**
 * The report of `vitrine inspect`: the architecture in two lines, the hooks as a table, and what cannot be edited or was not found, with
 * the reasons.
 *
 * @param options - `width` in characters; `all`: one line per hook rather than one per kind
 */
export function describeHooks({ info, architecture, sites, missing }: Inspected, options: { width: number; all: boolean }): string {
  const { width, all } = options;
  const kinds = all
    ? sites.map((site): Kind<HookSite> => ({ name: site.name, layers: [], site }))
    : groupByKind(sites, ({ name }) => name, sameKind);
  const layered = kinds.some(({ layers }) => layers.length > 0);
  const long = width >= 100;
  const rows = kinds.map(({ name, site }) => [
    name,
    shapeOf(site, long),
    site.editable ? 'yes' : site.derived ? 'computed' : 'no',
    sourceOf(site),
  ]);
  return [
    [info.name, info.revision && `revision ${info.revision}`, info.dtype, info.file].filter(Boolean).join(', '),
    ...wrap(describeArchitecture(architecture), width),
    '',
    ...wrap(`${sites.length} hooks${layered ? `; L stands for a layer from 0 to ${architecture.nLayer - 1}` : ''}`, width),
    '',
    ...table(['hook', 'shape', 'edit', all || !layered ? 'in the graph' : 'in the graph (L = 0)'], rows, width),
    ...section('Can be read and not edited:', notEditable(kinds, architecture.nLayer), width),
    ...section('Not found in this model:', notFound(missing, architecture.nLayer, all), width),
    '',
  ].join('\n');
}

/** "decoder of 12 blocks, ...". */
function describeArchitecture(it: Architecture): string {
  const heads = it.nKeyValueHead === it.nHead ? '' : ` (${it.nKeyValueHead} for keys and values)`;
  const sizes = [`d_model ${it.dModel}`, it.dMlp !== null && `d_mlp ${it.dMlp}`, it.dVocab !== null && `d_vocab ${it.dVocab}`];
  const norm =
    it.norm === 'none'
      ? 'no norm'
      : `${it.norm === 'rms' ? 'RMS' : 'layer'} norm ${it.normPosition === 'pre' ? 'before' : 'after'} each part`;
  return [
    `${it.family} of ${it.nLayer} blocks`,
    `${it.nHead} heads of ${it.dHead}${heads}`,
    ...sizes,
    norm,
    `${it.gated ? 'gated ' : ''}${it.activation} MLP`,
    it.parallel && 'attention and MLP in parallel',
    it.position === 'none' ? 'no positions' : `${it.position} positions`,
    it.causal ? 'causal' : 'not causal',
  ]
    .filter(Boolean)
    .join(', ');
}

/** "[batch, pos, head 12, d_head 64]", or without the names of fixed axes: "[batch, pos, 12, 64]". */
function shapeOf({ axes, dims }: HookSite, long: boolean): string {
  const parts = axes.map((axis, index) => {
    const length = dims[index] ?? null;
    return length === null ? axis : long ? `${axis} ${length}` : String(length);
  });
  return `[${parts.join(', ')}]`;
}

function sourceOf({ tensor, slice }: HookSite): string {
  return slice ? `${tensor}[${slice.start}:${slice.end}]` : tensor;
}

/** Hooks of the same name in other layers are one kind where shape, layout and what can be done with them agree. */
function sameKind(a: HookSite, b: HookSite): boolean {
  const facts = ({ dims, axes, layout, editable, notEditableBecause = '', derived }: HookSite): string =>
    JSON.stringify([dims, axes, layout, editable, anyLayer(notEditableBecause), derived?.kind]);
  return facts(a) === facts(b);
}

function notEditable(kinds: readonly Kind<HookSite>[], nLayer: number): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, layers, site } of kinds) {
    if (site.editable) continue;
    const reason = anyLayer(site.notEditableBecause ?? 'no reason was given', layers);
    byReason.set(reason, [...(byReason.get(reason) ?? []), layerRange(name, layers, nLayer)]);
  }
  return [...byReason].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
}

function notFound(missing: readonly MissingHook[], nLayer: number, all: boolean): string[] {
  if (all) return missing.map(({ name, because }) => `${name}: ${because}`);
  const kinds = groupByKind(
    missing,
    ({ name }) => name,
    (a, b) => anyLayer(a.because) === anyLayer(b.because),
  );
  return kinds.map(({ name, layers, site }) => `${layerRange(name, layers, nLayer)}: ${anyLayer(site.because, layers)}`);
}

/** A reason may name the layer that it speaks of; said of several layers, it names layer L. */
function anyLayer(reason: string, layers: readonly number[] = [0, 1]): string {
  return layers.length > 1 ? reason.replace(/\b(blocks?[. ]|layers?[. ])\d+/g, '$1L') : reason;
}

function section(title: string, items: readonly string[], width: number): string[] {
  return items.length ? ['', title, ...items.flatMap((item) => bulleted(item, width))] : [];
}
