// SPDX-License-Identifier: MIT
import { Tensor, type TensorData } from '../core/index.js';

/** How a {@link Tensor} crosses to another thread: its class does not. */
interface PackedTensor {
  readonly $tensor: true;
  readonly data: TensorData;
  readonly dims: readonly number[];
  readonly axes: readonly string[];
}

/**
 * The value with every tensor in it written as plain data, at any depth of arrays, plain objects and maps.
 *
 * @param transfer - collects the buffers that can be handed over rather than copied; leave it out where the sender keeps the values.
 *   A tensor that is a view of a larger buffer is copied, so that what else lives there stays.
 */
export function pack(value: unknown, transfer?: Set<ArrayBufferLike>): unknown {
  if (value instanceof Tensor) {
    const whole = value.data.byteLength === value.data.buffer.byteLength;
    const data = transfer && !whole ? value.data.slice() : value.data;
    transfer?.add(data.buffer);
    return { $tensor: true, data, dims: value.dims, axes: value.axes } satisfies PackedTensor;
  }
  return walk(value, (inner) => pack(inner, transfer));
}

/** The value that {@link pack} wrote. */
export function unpack(value: unknown): unknown {
  if (isPackedTensor(value)) return new Tensor(value.data, value.dims, value.axes);
  return walk(value, unpack);
}

function isPackedTensor(value: unknown): value is PackedTensor {
  return typeof value === 'object' && value !== null && '$tensor' in value;
}

/** The same arrays, plain objects and maps with `change` applied to what they hold; anything else as it is. */
function walk(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number') ? value : value.map(change);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, change(inner)] as const));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}
