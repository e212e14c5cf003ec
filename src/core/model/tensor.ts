// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/**
 * Numbers with a shape and a name for every axis. Row-major; `data.length` is the product of `dims`.
 *
 * @example
 * const pattern = cache.get('pattern', 5);            // axes ['batch', 'head', 'query', 'key']
 * pattern.select('batch', 0).select('head', 3).at(6, 2)
 */
export class Tensor<D extends TensorData = Float32Array> {
  readonly data: D;
  readonly dims: readonly number[];
  readonly axes: readonly string[];

  /**
   * @param data - values, row-major
   * @param dims - length of every axis
   * @param axes - name of every axis
   * @throws VitrineError `invalid-input` where the three do not agree
   */
  constructor(data: D, dims: readonly number[], axes: readonly string[]) {
    const size = dims.reduce((product, length) => product * length, 1);
    if (size !== data.length || dims.length !== axes.length) {
      throw new VitrineError(
        'invalid-input',
        `A Tensor needs as many values as its dims multiply to and one name per axis: got ${data.length} values, ` +
          `dims [${dims.join(', ')}] (${size} values) and axes [${axes.join(', ')}].`,
      );
    }
    this.data = data;
    this.dims = [...dims];
    this.axes = [...axes];
  }

  /** Number of values. */
  get size(): number {
    return this.data.length;
  }

  /** Position of an axis in `dims`. @throws VitrineError `invalid-input` for a name that this tensor has not */
  axis(name: string): number {
    const index = this.axes.indexOf(name);
    if (index < 0) throw new VitrineError('invalid-input', `This tensor has no axis "${name}"; its axes are ${this.axes.join(', ')}.`);
    return index;
  }

  /** Length of the axis `name`. */
  length(name: string): number {
    return this.dims[this.axis(name)]!;
  }

  /** The value at one index per axis; negative indices count from the end. */
  at(...indices: number[]): D[number] {
    if (indices.length !== this.dims.length) {
      throw new VitrineError('invalid-input', `at() needs ${this.dims.length} indices (${this.axes.join(', ')}), got ${indices.length}.`);
    }
    let offset = 0;
    for (let axis = 0; axis < indices.length; axis++) offset = offset * this.dims[axis]! + this.#index(axis, indices[axis]!);
    return this.data[offset]!;
  }

  /** The tensor at one index of an axis, which disappears: `[batch, head, query, key]` selected by head 3 is `[batch, query, key]`. */
  select(name: string, index: number): Tensor<D> {
    const axis = this.axis(name);
    const at = this.#index(axis, index);
    const sliced = this.slice(name, at, at + 1);
    const without = <T>(list: readonly T[]): T[] => list.filter((_, position) => position !== axis);
    return new Tensor(sliced.data, without(this.dims), without(this.axes));
  }

  /** Indices `start` to `end` (exclusive, negative from the end) of one axis, which stays. */
  slice(name: string, start: number, end: number = this.length(name)): Tensor<D> {
    const axis = this.axis(name);
    const length = this.dims[axis]!;
    const first = Math.max(0, start < 0 ? start + length : start);
    const last = Math.min(length, end < 0 ? end + length : end);
    const count = Math.max(0, last - first);
    const inner = this.dims.slice(axis + 1).reduce((product, n) => product * n, 1);
    const outer = this.dims.slice(0, axis).reduce((product, n) => product * n, 1);
    const dims = this.dims.map((n, position) => (position === axis ? count : n));
    if (outer === 1) return new Tensor(this.data.subarray(first * inner, (first + count) * inner) as D, dims, this.axes);
    const data = new (this.data.constructor as new (size: number) => D)(outer * count * inner);
    for (let row = 0; row < outer; row++) {
      const from = (row * length + first) * inner;
      data.set(this.data.subarray(from, from + count * inner) as never, row * count * inner);
    }
    return new Tensor(data, dims, this.axes);
  }

  /** A new tensor of the same shape with `change(value, index)` at every place. */
  map(change: (value: D[number], index: number) => D[number]): Tensor<D> {
    const data = this.data.slice() as D;
    for (let index = 0; index < data.length; index++) data[index] = change(data[index]!, index) as never;
    return new Tensor(data, this.dims, this.axes);
  }

  /** A copy that shares nothing with this tensor. */
  clone(): Tensor<D> {
    return new Tensor(this.data.slice() as D, this.dims, this.axes);
  }

  /** Nested arrays, outermost axis first; for printing and for small tensors. */
  toNested(): unknown {
    const build = (axis: number, offset: number): unknown => {
      if (axis === this.dims.length) return this.data[offset];
      const inner = this.dims.slice(axis + 1).reduce((product, n) => product * n, 1);
      return Array.from({ length: this.dims[axis]! }, (_, index) => build(axis + 1, offset + index * inner));
    };
    return build(0, 0);
  }

  #index(axis: number, index: number): number {
    const length = this.dims[axis]!;
    const positive = index < 0 ? index + length : index;
    if (!Number.isInteger(positive) || positive < 0 || positive >= length) {
      throw new VitrineError('invalid-input', `Index ${index} is outside the axis "${this.axes[axis]}" of length ${length}.`);
    }
    return positive;
  }
}
