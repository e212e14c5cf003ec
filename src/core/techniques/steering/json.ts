// SPDX-License-Identifier: MIT
import { bad, fields, text } from '../../model/edits/json-checks.js';
import { readValues, storeValues, type StoredValues } from '../../model/edits/json-values.js';
import type { Tensor } from '../../model/tensor.js';
import { STEERING_METHODS, type SteeringMethod, type SteeringPlace, type SteeringVectorInit } from './types.js';

/** A steering vector as JSON, bit for bit. */
export interface SteeringVectorJson {
  readonly format: 'vitrine-steering-vector';
  readonly version: 1;
  readonly place: SteeringPlace;
  readonly method?: SteeringMethod;
  readonly model?: string;
  /** By layer. */
  readonly directions: Readonly<Record<string, StoredValues>>;
}

export function toJson({ place, method, model, directions }: SteeringVectorInit): SteeringVectorJson {
  return {
    format: 'vitrine-steering-vector',
    version: 1,
    place,
    ...(method === undefined ? {} : { method }),
    ...(model === undefined ? {} : { model }),
    directions: Object.fromEntries([...directions].map(([layer, direction]) => [layer, storeValues(direction, `directions[${layer}]`)])),
  };
}

/** @param json - what `JSON.parse` gave; anything may be in it. @throws VitrineError `invalid-input` that names the first field that is wrong */
export function fromJson(json: unknown): SteeringVectorInit {
  const from = fields(json, 'steering vector');
  if (from['format'] !== 'vitrine-steering-vector') throw bad('format', '"vitrine-steering-vector"', from['format']);
  if (from['version'] !== 1) throw bad('version', '1, the one that this library reads', from['version']);
  const directions = new Map<number, Tensor>();
  for (const [layer, values] of Object.entries(fields(from['directions'], 'directions')))
    directions.set(layerNumber(layer, 'directions'), readValues(values, `directions[${layer}]`));
  return { ...readLabels(from), directions };
}

/** Place, method and model, checked. */
export function readLabels(from: Readonly<Record<string, unknown>>): Omit<SteeringVectorInit, 'directions'> {
  const { place, method, model } = from;
  if (place !== 'resid_pre' && place !== 'resid_post') throw bad('place', '"resid_pre" or "resid_post"', place);
  const known = STEERING_METHODS.find((name) => name === method);
  if (method !== undefined && !known) throw bad('method', `one of ${STEERING_METHODS.join(', ')}`, method);
  return { place, ...(known ? { method: known } : {}), ...(model === undefined ? {} : { model: text(model, 'model') }) };
}

/** A layer as it stands in a key or in a tensor's name. */
export function layerNumber(written: string, path: string): number {
  if (/^\d{1,6}$/.test(written)) return Number(written);
  throw bad(path, 'named by layers, whole numbers from 0', written);
}
