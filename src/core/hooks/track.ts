// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import { readInt } from './attributes.js';
import type { Flow } from './flow.js';
import { fromHookLayout, planLayout, toHookLayout } from './layout.js';
import type { LayoutSite } from './layout.js';
import { constantOperand, isPassing } from './projection.js';
import type { BiasPart } from './weight-sites.js';

/** Where every element of a tensor comes from: its column of the product, and the constants added to it. */
export interface Origin {
  dims: number[];
  column: Int32Array;
  biases: { constant: string; index: Int32Array; factor: number }[];
}

/** Why an origin cannot be followed; a sentence without its full stop. */
export class Untracked extends Error {}

/**
 * Follows the columns of a product through the nodes after it (Split, Slice, Reshape, Transpose, additions of constants), by moving their
 * numbers about as the nodes would move values: this is how packed and interleaved matrices are told apart without knowing them.
 */
export function trackColumns(flow: Flow, product: string, target: string, fused: readonly BiasPart[]): Origin {
  const dims = dimsOf(flow, product);
  const width = dims.at(-1)!;
  const size = dims.reduce((total, length) => total * length, 1);
  if (size > 1 << 24) throw new Untracked(`"${product}" has fixed dims [${dims.join(', ')}], too many to follow`);
  const column = Int32Array.from({ length: size }, (_, at) => at % width);
  const biases = fused.map(({ constant, factor }) => {
    const scalar = flow.dry.size(constant) === 1;
    return { constant, factor, index: scalar ? new Int32Array(size) : column };
  });
  return follow(flow, { dims, column, biases }, product, target);
}

/** For a hook of heads: which of its numbers, counted [head, d_head], each value of one row of `target` is. */
export function trackHeads(flow: Flow, site: LayoutSite & { tensor: string }, target: string): Int32Array {
  const dims = dimsOf(flow, site.tensor);
  const { lengths } = planLayout(dims, site, { b: 1 });
  const size = lengths.reduce((total, length) => total * length, 1);
  const width = lengths[2]! * lengths[3]!;
  const numbers = Int32Array.from({ length: size }, (_, at) => at % width);
  const column = fromHookLayout(numbers, dims, site, { axisLengths: { b: 1 } });
  const origin = follow(flow, { dims, column, biases: [] }, site.tensor, target);
  if (origin.dims.at(-1) !== width) throw new Untracked('heads do not lie side by side where they are multiplied');
  return origin.column.slice(0, width);
}

function follow(flow: Flow, from: Origin, start: string, target: string): Origin {
  const steps = flow.chain(target, start);
  if (steps.at(-1) !== start) throw new Untracked('it does not follow from one product alone');
  return steps
    .reverse()
    .slice(1)
    .reduce((origin, tensor) => step(flow, origin, tensor), from);
}

/** The origin in the order of the hook, for one row of one position: one entry per head and value. */
export function originOfRow(origin: Origin, site: LayoutSite): { columns: Int32Array; biases: BiasPart[] } {
  const row = (values: Int32Array): Int32Array => {
    const { data, dims } = toHookLayout(values, origin.dims, site, { b: 1 });
    const width = dims.slice(2).reduce((total, length) => total * length, 1);
    return data.slice(0, width);
  };
  return {
    columns: row(origin.column),
    biases: origin.biases.map(({ constant, index, factor }) => ({ constant, factor, index: row(index) })),
  };
}

function step(flow: Flow, origin: Origin, tensor: string): Origin {
  const node = flow.node(tensor);
  if (!node) throw new Untracked(`nothing makes "${tensor}"`);
  const dims = dimsOf(flow, tensor);
  if (isPassing(node)) return { ...origin, dims };
  if (node.opType === 'Transpose') return move(origin, dims, transposed(origin.dims, node));
  if (node.opType === 'Split') return move(origin, dims, split(flow, origin.dims, node, tensor));
  if (node.opType === 'Slice') return move(origin, dims, sliced(flow, origin.dims, dims, node));
  if (node.opType === 'Gather') return move(origin, dims, gathered(flow, origin.dims, node));
  const pair = node.opType === 'Add' ? constantOperand(flow, node) : undefined;
  if (!pair) throw new Untracked(`a node ${node.opType} lies between the product and the activation`);
  return {
    ...origin,
    biases: [...origin.biases, { constant: pair.constant, factor: 1, index: broadcast(flow, origin.dims, pair.constant) }],
  };
}

function move(origin: Origin, dims: number[], order: Int32Array): Origin {
  const pick = (values: Int32Array): Int32Array => order.map((from) => values[from]!);
  return { dims, column: pick(origin.column), biases: origin.biases.map((bias) => ({ ...bias, index: pick(bias.index) })) };
}

/** Flat indices of the elements with the given start, step and count on every axis, axes in `perm` order. */
function indices(
  dims: readonly number[],
  starts: readonly number[],
  steps: readonly number[],
  counts: readonly number[],
  perm: readonly number[],
): Int32Array {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((total, length) => total * length, 1));
  const lengths = perm.map((axis) => counts[axis]!);
  const size = lengths.reduce((total, length) => total * length, 1);
  const base = starts.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  return Int32Array.from({ length: size }, (_, at) => {
    let rest = at;
    let from = base;
    for (let place = perm.length - 1; place >= 0; place--) {
      const axis = perm[place]!;
      from += (rest % lengths[place]!) * steps[axis]! * strides[axis]!;
      rest = Math.floor(rest / lengths[place]!);
    }
    return from;
  });
}

const all = (dims: readonly number[]): number[] => dims.map((_, axis) => axis);

function transposed(dims: readonly number[], node: OnnxNode): Int32Array {
  const perm = node.attributes.get('perm')?.ints ?? all(dims).reverse();
  return indices(
    dims,
    dims.map(() => 0),
    dims.map(() => 1),
    dims,
    perm,
  );
}

function split(flow: Flow, dims: readonly number[], node: OnnxNode, tensor: string): Int32Array {
  const axis = (readInt(node, 'axis', 0) + dims.length) % dims.length;
  const lengths = node.outputs.map((output) => dimsOf(flow, output)[axis]!);
  const which = node.outputs.indexOf(tensor);
  const start = lengths.slice(0, which).reduce((sum, length) => sum + length, 0);
  const at = <T>(value: T, other: readonly T[]): T[] => other.map((old, index) => (index === axis ? value : old));
  return indices(
    dims,
    at(
      start,
      dims.map(() => 0),
    ),
    dims.map(() => 1),
    at(lengths[which]!, dims),
    all(dims),
  );
}

function sliced(flow: Flow, dims: readonly number[], after: readonly number[], node: OnnxNode): Int32Array {
  const list = (input: number, attribute: string): readonly number[] | undefined =>
    node.inputs[input] ? (flow.dry.fact(node.inputs[input]).value ?? undefined) : node.attributes.get(attribute)?.ints;
  const starts = list(1, 'starts');
  if (!starts) throw new Untracked('the place of a Slice is not a constant');
  const axes = list(3, 'axes') ?? starts.map((_, index) => index);
  const steps = list(4, 'steps') ?? starts.map(() => 1);
  const from = dims.map(() => 0);
  const by = dims.map(() => 1);
  axes.forEach((axis, place) => {
    const at = (axis + dims.length) % dims.length;
    const start = starts[place]!;
    from[at] = Math.min(Math.max(start < 0 ? start + dims[at]! : start, 0), dims[at]!);
    by[at] = steps[place]!;
  });
  return indices(dims, from, by, after, all(dims));
}

function gathered(flow: Flow, dims: readonly number[], node: OnnxNode): Int32Array {
  const axis = (readInt(node, 'axis', 0) + dims.length) % dims.length;
  const picked = flow.dry.fact(node.inputs[1] ?? '').value;
  if (!picked) throw new Untracked('the indices of a Gather are not constant');
  const parts = picked.map((index) => {
    const start = dims.map((_, at) => (at === axis ? (index + dims[axis]!) % dims[axis]! : 0));
    const counts = dims.map((length, at) => (at === axis ? 1 : length));
    return indices(
      dims,
      start,
      dims.map(() => 1),
      counts,
      all(dims),
    );
  });
  if (parts.length === 1) return parts[0]!;
  const inner = dims.slice(axis + 1).reduce((total, length) => total * length, 1);
  const outer = dims.slice(0, axis).reduce((total, length) => total * length, 1);
  return Int32Array.from({ length: outer * parts.length * inner }, (_, at) => {
    const place = Math.floor(at / inner) % parts.length;
    return parts[place]![Math.floor(at / (inner * parts.length)) * inner + (at % inner)]!;
  });
}

/** For every element of a tensor, the index of the constant that is added to it. */
function broadcast(flow: Flow, dims: readonly number[], constant: string): Int32Array {
  const own = dimsOf(flow, constant);
  const padded = [...new Array<number>(Math.max(0, dims.length - own.length)).fill(1), ...own];
  const strides = padded.map((length, axis) => (length === 1 ? 0 : padded.slice(axis + 1).reduce((total, other) => total * other, 1)));
  const size = dims.reduce((total, length) => total * length, 1);
  return Int32Array.from({ length: size }, (_, at) => {
    let rest = at;
    let from = 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += (rest % dims[axis]!) * strides[axis]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    return from;
  });
}

/** Dims for one row of one position: where its numbers go, those of all others go too. */
function dimsOf(flow: Flow, tensor: string): number[] {
  const dims = flow.dry.dimsOfOneRow(tensor);
  if (!dims) throw new Untracked(`the shape of "${tensor}" could not be worked out`);
  return dims;
}
