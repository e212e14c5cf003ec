// SPDX-License-Identifier: MIT
import { DataType } from '../onnx/types.js';
import type { OnnxNode } from '../onnx/types.js';
import { readInt, readInts, readString } from './attributes.js';
import type { Fact } from './dry-run-dims.js';
import { broadcastDims, matmulDims } from './dry-run-dims.js';
import type { Dims } from './dry-run-dims.js';
import { fusedShapes } from './dry-run-fused.js';

/** Ends of slices beyond this mean the end of the axis. */
const farAway = 2 ** 30;

/** Operators whose output has the shape of their broadcast inputs. */
const elementwise = new Set(
  'Add Sub Mul Div Pow Mod Min Max Sum Mean Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Where PRelu BitShift'.split(' '),
);

const boolean = new Set('Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Not IsNaN IsInf'.split(' '));

/**
 * Dims and types of a node's outputs. Where broadcasting does not fit (a table of 1024 positions cut to a made-up length of
 * 20011), the longer side is believed. An operator that is not listed keeps the shape of its first input.
 */
export function inferShapes(node: OnnxNode, inputs: Fact[]): Fact[] {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return fusedShapes(node, inputs);
  const [first] = inputs;
  const dims = first?.dims;
  const type = first?.type ?? DataType.undefined;
  const one = (result: Dims, resultType = type): Fact[] => [fact(result, resultType)];
  if (elementwise.has(node.opType)) {
    const operand = node.opType === 'Where' ? inputs[1]! : first;
    return one(broadcastDims(inputs.map((input) => input.dims)), boolean.has(node.opType) ? DataType.bool : operand?.type);
  }
  switch (node.opType) {
    case 'If':
    case 'Loop':
    case 'Scan':
      return [];
    case 'Cast':
      return one(dims, readInt(node, 'to', type));
    case 'Not':
    case 'IsNaN':
    case 'IsInf':
      return one(dims, DataType.bool);
    case 'Shape':
      return one(dims && [dims.slice(readInt(node, 'start', 0), node.attributes.get('end')?.int).length], DataType.int64);
    case 'Size':
      return one([], DataType.int64);
    case 'MatMul':
      return one(matmulDims(dims, inputs[1]?.dims));
    case 'MatMulInteger':
      return one(matmulDims(dims, inputs[1]?.dims), DataType.int32);
    case 'QLinearMatMul':
      return one(matmulDims(dims, inputs[3]?.dims));
    case 'Gemm':
      return one(gemmDims(node, dims, inputs[1]?.dims));
    case 'Einsum':
      return one(einsumDims(readString(node, 'equation', ''), inputs));
    case 'Conv':
      return one(convDims(node, dims, inputs[1]?.dims));
    case 'ConvInteger':
      return one(convDims(node, dims, inputs[1]?.dims), DataType.int32);
    case 'MaxPool':
    case 'AveragePool':
      return one(convDims(node, dims, dims && [dims[1]!, 1, ...(readInts(node, 'kernel_shape') ?? [])]));
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return one(dims?.map((length, axis) => (axis < 2 ? length : 1)));
    case 'Resize':
    case 'Upsample':
      return one(resizeDims(dims, inputs));
    case 'DynamicQuantizeLinear':
      return [fact(dims, DataType.uint8), fact([], DataType.float32), fact([], DataType.uint8)];
    case 'DequantizeLinear':
      return one(dims, inputs[1]?.type ?? DataType.float32);
    case 'Constant':
      return one(constantListDims(node), constantListType(node));
    case 'Reshape':
      return one(reshapeDims(node, dims, inputs[1]?.value, inputs[1]?.dims?.[0]));
    case 'Flatten':
      return one(flattenDims(node, dims));
    case 'Transpose':
      return one(transposeDims(node, dims));
    case 'Squeeze':
      return one(squeezeDims(dims, inputs[1]?.value ?? readInts(node, 'axes')));
    case 'Unsqueeze':
      return one(unsqueezeDims(dims, inputs[1]?.value ?? readInts(node, 'axes')));
    case 'Concat':
      return one(concatDims(node, inputs));
    case 'Split':
      return splitDims(node, inputs).map((part) => fact(part, type));
    case 'Slice':
      return one(sliceDims(node, inputs));
    case 'Gather':
      return one(gatherDims(node, dims, inputs[1]?.dims));
    case 'GatherElements':
      return one(inputs[1]?.dims);
    case 'GatherND':
      return one(gatherNdDims(node, dims, inputs[1]?.dims));
    case 'Expand':
      return one(broadcastDims([dims, targetDims(inputs[1])]));
    case 'Tile':
      return one(inputs[1]?.value ? dims?.map((length, axis) => length * (inputs[1]!.value![axis] ?? 1)) : dims?.map(() => NaN));
    case 'ConstantOfShape':
      return one(targetDims(first), node.attributes.get('value')?.tensor?.dataType ?? DataType.float32);
    case 'Range':
      return one([rangeLength(inputs)]);
    case 'ArgMax':
    case 'ArgMin':
      return one(reduceDims(node, dims, [readInt(node, 'axis', 0)]), DataType.int64);
    case 'Pad':
      return one(padDims(dims, inputs[1]?.value ?? readInts(node, 'pads')));
    case 'NonZero':
      return one([dims?.length ?? NaN, NaN], DataType.int64);
    case 'Dropout':
      return [fact(dims, type), fact(dims, DataType.bool)];
    case 'Attention':
      return fusedShapes(node, inputs);
    default:
  }
  if (node.opType.startsWith('Reduce')) return one(reduceDims(node, dims, inputs[1]?.value ?? readInts(node, 'axes')));
  return node.outputs.map(() => fact(dims, type));
}

const fact = (dims: Dims, type: number): Fact => (dims ? { dims, type } : { type });

function gemmDims(node: OnnxNode, a: Dims, b: Dims): Dims {
  if (a?.length !== 2 || b?.length !== 2) return undefined;
  return [readInt(node, 'transA', 0) ? a[1]! : a[0]!, readInt(node, 'transB', 0) ? b[0]! : b[1]!];
}

function einsumDims(equation: string, inputs: Fact[]): Dims {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const lengths = new Map<string, number>();
  left.split(',').forEach((term, operand) => {
    [...term].forEach((letter, axis) => lengths.set(letter, inputs[operand]?.dims?.[axis] ?? NaN));
  });
  return right === undefined || right.includes('.') ? undefined : [...right].map((letter) => lengths.get(letter) ?? NaN);
}

function convDims(node: OnnxNode, x: Dims, weight: Dims): Dims {
  if (!x || !weight) return undefined;
  const strides = readInts(node, 'strides');
  const pads = readInts(node, 'pads');
  const dilations = readInts(node, 'dilations');
  const spatial = x.slice(2).map((length, axis) => {
    const padding = (pads?.[axis] ?? 0) + (pads?.[axis + x.length - 2] ?? 0);
    const reach = ((weight[axis + 2] ?? 1) - 1) * (dilations?.[axis] ?? 1) + 1;
    return Math.floor((length + padding - reach) / (strides?.[axis] ?? 1)) + 1;
  });
  return [x[0]!, weight[0]!, ...spatial];
}

/** Sizes or scales may be known only at run time: the interpolated position tables of image models. */
function resizeDims(dims: Dims, inputs: Fact[]): Dims {
  const sizes = inputs[3]?.value;
  if (sizes?.length) return sizes;
  const scales = inputs[2]?.value?.length ? inputs[2].value : inputs[1]?.value;
  return dims?.map((length, axis) => Math.floor(length * (scales?.[axis] ?? NaN)));
}

function constantListDims(node: OnnxNode): Dims {
  const list = node.attributes.get('value_ints')?.ints ?? node.attributes.get('value_floats')?.floats;
  return list ? [list.length] : [];
}

const constantListType = (node: OnnxNode): number =>
  node.attributes.has('value_int') || node.attributes.has('value_ints') ? DataType.int64 : DataType.float32;

/** Dims from a shape tensor: its values, or at least how many there are. */
function targetDims(shape: Fact | undefined): Dims {
  if (shape?.value) return shape.value;
  const rank = shape?.dims?.[0];
  return rank === undefined || !(rank <= 16) ? undefined : Array.from({ length: rank }, () => NaN);
}

function reshapeDims(node: OnnxNode, dims: Dims, target: number[] | undefined, rank: number | undefined): Dims {
  if (!target) return rank !== undefined && rank <= 16 ? Array.from({ length: rank }, () => NaN) : undefined;
  const copyZero = readInt(node, 'allowzero', 0) === 0;
  const result = target.map((length, axis) => (length === 0 && copyZero ? (dims?.[axis] ?? NaN) : length));
  const size = dims?.reduce((product, length) => product * length, 1) ?? NaN;
  const open = result.flatMap((length, axis) => (length === -1 || Number.isNaN(length) ? [axis] : []));
  const known = result.reduce((product, length, axis) => (open.includes(axis) ? product : product * length), 1);
  if (open.length === 1) result[open[0]!] = size / known;
  return result.map((length) => (length === -1 ? NaN : length));
}

function flattenDims(node: OnnxNode, dims: Dims): Dims {
  if (!dims) return undefined;
  const axis = readInt(node, 'axis', 1);
  const product = (part: number[]): number => part.reduce((result, length) => result * length, 1);
  return [product(dims.slice(0, axis)), product(dims.slice(axis))];
}

function transposeDims(node: OnnxNode, dims: Dims): Dims {
  const order = readInts(node, 'perm') ?? dims?.map((_, axis) => dims.length - 1 - axis);
  return dims && order?.map((axis) => dims[axis] ?? NaN);
}

function squeezeDims(dims: Dims, axes: number[] | undefined): Dims {
  if (!dims) return undefined;
  const gone = axes?.map((axis) => (axis < 0 ? axis + dims.length : axis));
  return dims.filter((length, axis) => (gone ? !gone.includes(axis) : length !== 1));
}

function unsqueezeDims(dims: Dims, axes: number[] | undefined): Dims {
  if (!dims || !axes) return undefined;
  const rank = dims.length + axes.length;
  const added = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift()!));
}

function concatDims(node: OnnxNode, inputs: Fact[]): Dims {
  const known = inputs.find(({ dims }) => dims)?.dims;
  if (!known) return undefined;
  const axis = readInt(node, 'axis', 0) + (readInt(node, 'axis', 0) < 0 ? known.length : 0);
  const lengths = inputs.map(({ dims }) => dims?.[axis] ?? NaN);
  return known.map((length, at) => (at === axis ? lengths.reduce((sum, part) => sum + part, 0) : length));
}

function splitDims(node: OnnxNode, inputs: Fact[]): Dims[] {
  const dims = inputs[0]?.dims;
  if (!dims) return node.outputs.map(() => undefined);
  const axis = readInt(node, 'axis', 0) + (readInt(node, 'axis', 0) < 0 ? dims.length : 0);
  const parts = inputs[1]?.value ?? readInts(node, 'split');
  return node.outputs.map((_, output) =>
    dims.map((length, at) => (at === axis ? (parts?.[output] ?? length / node.outputs.length) : length)),
  );
}

function sliceDims(node: OnnxNode, inputs: Fact[]): Dims {
  const dims = inputs[0]?.dims;
  if (!dims) return undefined;
  const starts = inputs[1]?.value ?? readInts(node, 'starts');
  const ends = inputs[2]?.value ?? readInts(node, 'ends');
  const axes = inputs[3]?.value ?? readInts(node, 'axes') ?? starts?.map((_, axis) => axis);
  const steps = inputs[4]?.value;
  const result = [...dims];
  axes?.forEach((axisGiven, at) => {
    const axis = axisGiven < 0 ? axisGiven + dims.length : axisGiven;
    const length = dims[axis] ?? NaN;
    const step = steps?.[at] ?? 1;
    const start = starts?.[at] ?? NaN;
    const end = ends?.[at] ?? NaN;
    // A bound that only a run knows (num_logits_to_keep) keeps the axis as it is.
    if (Number.isNaN(start) || Number.isNaN(end) || step < 0) return;
    // A table of 1024 positions cut to a made-up length: believe the cut, unless it means "to the end".
    const limit = end > length && end < farAway ? end : length;
    const clamp = (bound: number): number => Math.min(limit, Math.max(0, bound < 0 ? bound + length : bound));
    result[axis] = Math.max(0, Math.ceil((clamp(end) - clamp(start)) / step));
  });
  return result;
}

function gatherDims(node: OnnxNode, data: Dims, indices: Dims): Dims {
  if (!data || !indices) return undefined;
  const axis = readInt(node, 'axis', 0) + (readInt(node, 'axis', 0) < 0 ? data.length : 0);
  return [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
}

function gatherNdDims(node: OnnxNode, data: Dims, indices: Dims): Dims {
  if (!data || !indices) return undefined;
  return [...indices.slice(0, -1), ...data.slice(indices.at(-1)! + readInt(node, 'batch_dims', 0))];
}

function rangeLength(inputs: Fact[]): number {
  const [start, end, step] = inputs.map(({ value }) => value?.[0] ?? NaN);
  return Math.max(0, Math.ceil((end! - start!) / step!));
}

function reduceDims(node: OnnxNode, dims: Dims, axes: number[] | undefined): Dims {
  if (!dims) return undefined;
  const gone = axes?.map((axis) => (axis < 0 ? axis + dims.length : axis)) ?? dims.map((_, axis) => axis);
  const keep = readInt(node, 'keepdims', 1) !== 0;
  return dims.flatMap((length, axis) => (gone.includes(axis) ? (keep ? [1] : []) : [length]));
}

function padDims(dims: Dims, pads: number[] | undefined): Dims {
  return dims?.map((length, axis) => length + (pads?.[axis] ?? NaN) + (pads?.[axis + dims.length] ?? NaN));
}
