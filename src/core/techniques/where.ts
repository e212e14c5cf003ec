// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { actName, selectNames } from '../hooks/names.js';
import type { HookSite } from '../hooks/types.js';
import type { HookedModel } from '../model/hooked-model.js';

/** Numbers that a technique takes from a user, made positive and checked against the model. */

/** A block's number; negative from the last. @throws VitrineError `invalid-option` with the range */
export function layerOf(model: HookedModel, layer: number, what = 'layer'): number {
  return indexIn(model.hooks.architecture.nLayer, layer, what, 'blocks');
}

/** Several blocks, each once, in order; all of them where none are given. */
export function layersOf(model: HookedModel, layers: readonly number[] | undefined, what = 'layers'): number[] {
  const { nLayer } = model.hooks.architecture;
  const given = layers ?? Array.from({ length: nLayer }, (_, layer) => layer);
  if (given.length === 0)
    throw new VitrineError('invalid-option', `${what} must name at least one of the ${nLayer} blocks; got an empty list.`);
  return [...new Set(given.map((layer) => layerOf(model, layer, what)))].sort((a, b) => a - b);
}

/** A head's number; negative from the last. @throws VitrineError `invalid-option` with the range */
export function headOf(model: HookedModel, head: number, what = 'head'): number {
  return indexIn(model.hooks.architecture.nHead, head, what, 'heads per block');
}

/** An index along an axis of a hook; negative from the end. @throws VitrineError `invalid-option` with the range */
export function indexIn(size: number, index: number, what: string, things: string): number {
  const positive = index < 0 ? index + size : index;
  if (Number.isInteger(positive) && positive >= 0 && positive < size) return positive;
  throw new VitrineError(
    'invalid-option',
    `${what} must be a whole number from ${-size} to ${size - 1}, as this model has ${size} ${things}; got ${index}.`,
  );
}

/** A hook by full name, or short name and layer. @throws VitrineError `unknown-hook` or `hook-not-found-in-model`, with the reason */
export function requireHook(model: HookedModel, name: string, layer?: number): HookSite {
  const [found] = selectNames(model.hooks, actName(name, layer));
  return model.hooks.sites.get(found!)!;
}
