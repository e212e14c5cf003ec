// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookSite } from '../../hooks/types.js';
import type { HookedModel } from '../../model/hooked-model.js';
import { headOf, indexIn, layersOf, requireHook } from '../where.js';
import type { Place } from './places.js';
import type { PlannedCell } from './run-cells.js';

/** A single grid: one activation, swept along some of its axes. */
interface SingleSite {
  /** Short hook name. */
  readonly hook: string;
  /** Axes of the grid after `layer`. */
  readonly axes: readonly ('pos' | 'head' | 'dest' | 'src')[];
}

const SINGLE = {
  resid_pre: { hook: 'resid_pre', axes: ['pos'] },
  resid_mid: { hook: 'resid_mid', axes: ['pos'] },
  attn_out: { hook: 'attn_out', axes: ['pos'] },
  mlp_out: { hook: 'mlp_out', axes: ['pos'] },
  head_out: { hook: 'z', axes: ['head'] },
  head_q: { hook: 'q', axes: ['head'] },
  head_k: { hook: 'k', axes: ['head'] },
  head_v: { hook: 'v', axes: ['head'] },
  head_pattern: { hook: 'pattern', axes: ['head'] },
  head_out_by_pos: { hook: 'z', axes: ['pos', 'head'] },
  head_q_by_pos: { hook: 'q', axes: ['pos', 'head'] },
  head_k_by_pos: { hook: 'k', axes: ['pos', 'head'] },
  head_v_by_pos: { hook: 'v', axes: ['pos', 'head'] },
  head_pattern_by_dest: { hook: 'pattern', axes: ['head', 'dest'] },
  head_pattern_dest_src: { hook: 'pattern', axes: ['head', 'dest', 'src'] },
} as const satisfies Record<string, SingleSite>;

type SingleName = keyof typeof SINGLE;

const BUNDLES = {
  block_every: ['resid_pre', 'attn_out', 'mlp_out'],
  head_every: ['head_out', 'head_q', 'head_k', 'head_v', 'head_pattern'],
  head_by_pos_every: ['head_out_by_pos', 'head_q_by_pos', 'head_k_by_pos', 'head_v_by_pos', 'head_pattern_by_dest'],
} as const satisfies Record<string, readonly SingleName[]>;

/**
 * The grids of TransformerLens's `patching` module, by what is patched and along which axes.
 *
 * | site | grid | TransformerLens |
 * |---|---|---|
 * | `resid_pre`, `resid_mid`, `attn_out`, `mlp_out` | [layer, pos] | `get_act_patch_resid_pre`, ... |
 * | `head_out` (hook_z), `head_q`, `head_k`, `head_v`, `head_pattern` | [layer, head] | `get_act_patch_attn_head_out_all_pos`, ... |
 * | `head_out_by_pos`, `head_q_by_pos`, `head_k_by_pos`, `head_v_by_pos` | [layer, pos, head] | `get_act_patch_attn_head_out_by_pos`, ... |
 * | `head_pattern_by_dest` | [layer, head, dest] | `get_act_patch_attn_head_pattern_by_pos` |
 * | `head_pattern_dest_src` | [layer, head, dest, src] | `get_act_patch_attn_head_pattern_dest_src_pos` |
 * | `block_every` | [site, layer, pos] | `get_act_patch_block_every` |
 * | `head_every` | [site, layer, head] | `get_act_patch_attn_head_all_pos_every` |
 * | `head_by_pos_every` | [site, layer, pos, head], dest standing for pos | `get_act_patch_attn_head_by_pos_every` |
 */
export type PatchSite = SingleName | keyof typeof BUNDLES;

/** Every {@link PatchSite}. */
export const patchSites: readonly PatchSite[] = [
  ...(Object.keys(SINGLE) as SingleName[]),
  ...(Object.keys(BUNDLES) as (keyof typeof BUNDLES)[]),
];

/** Short name of the hook behind a site; undefined for a bundle of several sites. */
export function hookOfSite(site: string): string | undefined {
  return site in SINGLE ? SINGLE[site as SingleName].hook : undefined;
}

/** Which layers, positions and heads a sweep takes in; everything that is left out, all of them. */
export interface SweepRange {
  /** Blocks; negative from the last. */
  layers?: readonly number[];
  /** Positions, for patterns the destination; negative from the last. */
  positions?: readonly number[];
  /** Heads (for keys and values of grouped-query attention: key-value heads); negative from the last. */
  heads?: readonly number[];
}

/** A grid and its cells. */
export interface Grid {
  axes: string[];
  dims: number[];
  coordinates: Record<string, (number | string)[]>;
  cells: PlannedCell[];
  /** Full names of the hooks that cells change. */
  hooks: string[];
  layers: number[];
}

/**
 * Plans the cells of a site. @throws VitrineError `invalid-option`, `unknown-hook`, `hook-not-found-in-model`, `not-editable`
 *
 * @param pos - tokens per prompt
 */
export function planGrid(model: HookedModel, site: PatchSite, range: SweepRange, pos: number): Grid {
  const bundle = site in BUNDLES ? BUNDLES[site as keyof typeof BUNDLES] : undefined;
  if (!bundle && !(site in SINGLE)) {
    throw new VitrineError('invalid-option', `\`site\` must be one of ${patchSites.join(', ')}; got ${JSON.stringify(site)}.`);
  }
  const layers = layersOf(model, range.layers);
  if (!bundle) return planSingle(model, site as SingleName, SINGLE[site as SingleName], range, layers, pos);
  const grids = bundle.map((name) => planSingle(model, name, bundled(SINGLE[name]), range, layers, pos));
  const [first] = grids;
  const odd = grids.findIndex(({ dims }) => dims.join() !== first!.dims.join());
  if (odd >= 0) {
    throw new VitrineError(
      'invalid-option',
      `${site} needs as many key-value heads as heads, and this model shares keys and values among heads (${bundle[odd]} is [${grids[odd]!.dims.join(', ')}], ` +
        `${bundle[0]} is [${first!.dims.join(', ')}]). Sweep its sites one by one.`,
    );
  }
  const cells = grids.flatMap((grid, at) => grid.cells.map((cell) => ({ ...cell, index: [at, ...cell.index] })));
  // By layer, so that a page sees whole layers grow; the sites of one layer stay together.
  const byLayer = layers.flatMap((layer) => cells.filter((cell) => cell.layer === layer));
  return {
    axes: ['site', ...first!.axes],
    dims: [grids.length, ...first!.dims],
    coordinates: { site: [...bundle], ...first!.coordinates },
    cells: byLayer,
    hooks: grids.flatMap(({ hooks }) => hooks),
    layers,
  };
}

/** In a bundle the destination of a pattern stands where the others have the position. */
function bundled(single: SingleSite): SingleSite {
  return single.axes.includes('dest') ? { hook: single.hook, axes: ['pos', 'head'] } : single;
}

function planSingle(model: HookedModel, name: string, single: SingleSite, range: SweepRange, layers: number[], pos: number): Grid {
  const sites = layers.map((layer) => patchable(model, requireHook(model, single.hook, layer)));
  const headAxis = sites[0]!.axes.indexOf('head');
  if (range.heads && headAxis < 0) throw new VitrineError('invalid-option', `\`heads\` selects heads, and ${name} has none. Leave it out.`);
  const takesPositions = single.axes.some((axis) => axis !== 'head');
  if (range.positions && !takesPositions) {
    throw new VitrineError(
      'invalid-option',
      `\`positions\` was given, and ${name} patches all positions at once. Take ${name}_by_pos, or leave it out.`,
    );
  }
  const everywhere = (length: number): number[] => Array.from({ length }, (_, index) => index);
  const positions = chosen(range.positions, pos, 'positions', 'tokens per prompt');
  const nHead = sites[0]!.dims[headAxis] ?? model.hooks.architecture.nHead;
  const heads =
    nHead === model.hooks.architecture.nHead
      ? range.heads?.map((head) => headOf(model, head))
      : chosen(range.heads, nHead, 'heads', 'key-value heads');
  const along = { pos: positions, dest: positions, src: everywhere(pos), head: heads?.length ? unique(heads) : everywhere(nHead) };
  const axes = ['layer', ...single.axes];
  const coordinates = { layer: layers, ...Object.fromEntries(single.axes.map((axis) => [axis, along[axis]])) };
  const cells: PlannedCell[] = [];
  const walk = (layerAt: number, axis: number, index: number[], place: Record<string, number>): void => {
    const layer = layers[layerAt]!;
    if (axis === single.axes.length) {
      const label = [`${name}, layer ${layer}`, ...Object.entries(place).map(([key, value]) => `${key} ${value}`)].join(', ');
      cells.push({ index: [layerAt, ...index], layer, changes: [{ hook: sites[layerAt]!.name, place: place as Place }], label });
      return;
    }
    const which = single.axes[axis]!;
    along[which].forEach((value, at) => {
      const key = which === 'head' ? 'head' : which === 'src' ? 'key' : 'position';
      walk(layerAt, axis + 1, [...index, at], { ...place, [key]: value });
    });
  };
  layers.forEach((_, layerAt) => walk(layerAt, 0, [], {}));
  const dims = [layers.length, ...single.axes.map((axis) => along[axis].length)];
  return { axes, dims, coordinates, cells, hooks: sites.map((site) => site.name), layers };
}

function chosen(given: readonly number[] | undefined, size: number, what: string, things: string): number[] {
  if (!given) return Array.from({ length: size }, (_, index) => index);
  if (given.length === 0)
    throw new VitrineError('invalid-option', `\`${what}\` must name at least one of the ${size} ${things}; got an empty list.`);
  return unique(given.map((index) => indexIn(size, index, what, things)));
}

function unique(list: readonly number[]): number[] {
  return [...new Set(list)].sort((a, b) => a - b);
}

/**
 * A hook whose values can be replaced, or, where a fused node makes a stream and its norm at once, added to: adding the difference to the
 * values that are there replaces them.
 *
 * @throws VitrineError `not-editable`
 */
export function patchable(model: HookedModel, site: HookSite): HookSite {
  const [, layer, place] = /^blocks\.(\d+)\.hook_resid_(pre|mid|post)$/.exec(site.name) ?? [];
  if (site.editable || place === undefined || (place === 'pre' && model.hooks.architecture.normPosition !== 'pre')) return editable(site);
  const term = place === 'mid' ? `blocks.${layer!}.hook_attn_out` : `blocks.${Number(layer) - (place === 'pre' ? 1 : 0)}.hook_mlp_out`;
  return model.hooks.sites.get(term)?.editable ? site : editable(site);
}

/** @throws VitrineError `not-editable` with the reason, before anything runs */
export function editable(site: HookSite): HookSite {
  if (site.editable) return site;
  throw new VitrineError(
    'not-editable',
    `${site.name} can be read but not changed: ${site.notEditableBecause ?? 'the graph does not allow it'}.`,
  );
}
