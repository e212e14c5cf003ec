// SPDX-License-Identifier: MIT
import { Tensor } from '../../model/tensor.js';

/** Which part of an activation a cell of a sweep replaces: single indices along named axes; an axis that is not named is taken whole. */
export interface Place {
  readonly position?: number;
  readonly head?: number;
  readonly key?: number;
}

/** The index that a place names along an axis of a hook; undefined for the whole axis. */
function indexAlong(axis: string, place: Place): number | undefined {
  if (axis === 'pos' || axis === 'query') return place.position;
  if (axis === 'head') return place.head;
  return axis === 'key' ? place.key : undefined;
}

/** Calls `visit` with every contiguous run of values of a place, counted within one row of the batch. */
export function forEachRun(activation: Tensor, place: Place, visit: (start: number, length: number) => void): void {
  const { dims, axes } = activation;
  const first = axes[0] === 'batch' ? 1 : 0;
  let last = dims.length;
  let run = 1;
  while (last > first && indexAlong(axes[last - 1]!, place) === undefined) run *= dims[--last]!;
  const walk = (axis: number, offset: number): void => {
    if (axis === last) return visit(offset * run, run);
    const chosen = indexAlong(axes[axis]!, place);
    const [from, to] = chosen === undefined ? [0, dims[axis]!] : [chosen, chosen + 1];
    for (let index = from; index < to; index++) walk(axis + 1, offset * dims[axis]! + index);
  };
  walk(first, 0);
}

/** Whether two activations of equal shape agree to the last bit at a place, in every row. */
export function agreeAt(one: Tensor, other: Tensor, place: Place): boolean {
  const rows = one.dims[0]!;
  const width = one.size / rows;
  let agree = true;
  forEachRun(one, place, (start, length) => {
    for (let row = 0; agree && row < rows; row++) {
      const from = row * width + start;
      for (let index = from; index < from + length; index++) {
        if (one.data[index] === other.data[index]) continue;
        agree = false;
        break;
      }
    }
  });
  return agree;
}

/** The rows of a batch `times` times over. */
export function repeatRows(tensor: Tensor, times: number): Tensor {
  if (times === 1) return tensor;
  const data = new Float32Array(tensor.size * times);
  for (let copy = 0; copy < times; copy++) data.set(tensor.data, copy * tensor.size);
  return new Tensor(data, [tensor.dims[0]! * times, ...tensor.dims.slice(1)], tensor.axes);
}

/**
 * Copies of one activation, one per place, each with the place's values taken from another activation.
 *
 * @param base - [batch, ...]
 * @param source - as `base`
 * @returns [places * batch, ...]
 */
export function withPlaces(base: Tensor, source: Tensor, places: readonly Place[]): Tensor {
  const result = places.length === 1 ? base.clone() : repeatRows(base, places.length);
  const width = base.size / base.dims[0]!;
  places.forEach((place, copy) => {
    for (let row = 0; row < base.dims[0]!; row++) {
      const from = row * width;
      const to = copy * base.size + from;
      forEachRun(base, place, (start, length) => result.data.set(source.data.subarray(from + start, from + start + length), to + start));
    }
  });
  return result;
}
