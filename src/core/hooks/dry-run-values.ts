// SPDX-License-Identifier: MIT
import { DataType } from '../onnx/types.js';
import type { OnnxNode } from '../onnx/types.js';
import { readInt, readInts } from './attributes.js';
import type { Fact } from './dry-run-dims.js';

const limit = 64;

const unary: Readonly<Record<string, (x: number) => number>> = {
  Identity: (x) => x,
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Not: (x) => (Number.isNaN(x) ? NaN : Number(x === 0)),
};

const compare =
  (test: (x: number, y: number) => boolean) =>
  (x: number, y: number): number =>
    Number.isNaN(x) || Number.isNaN(y) ? NaN : Number(test(x, y));

const binary: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
  Pow: (x, y) => x ** y,
  Mod: (x, y) => ((x % y) + y) % y,
  Min: Math.min,
  Max: Math.max,
  Equal: compare((x, y) => x === y),
  Less: compare((x, y) => x < y),
  LessOrEqual: compare((x, y) => x <= y),
  Greater: compare((x, y) => x > y),
  GreaterOrEqual: compare((x, y) => x >= y),
  And: compare((x, y) => x !== 0 && y !== 0),
  Or: compare((x, y) => x !== 0 || y !== 0),
};

const isInteger = (type: number): boolean => type >= DataType.uint8 && type <= DataType.int64 && type !== DataType.float16;

/**
 * The values of a node's first output where it is small and its inputs are known (shapes, axes, scales); NaN for an element that
 * is not. Anything else: undefined.
 */
export function inferValue(node: OnnxNode, inputs: Fact[], dims: number[] | undefined): number[] | undefined {
  if (node.domain !== '') return undefined;
  const [first, second, third] = inputs;
  const a = first?.value;
  switch (node.opType) {
    case 'Shape':
      return first?.dims?.slice(readInt(node, 'start', 0), node.attributes.get('end')?.int ?? undefined);
    case 'Size':
      return first?.dims && [first.dims.reduce((product, length) => product * length, 1)];
    case 'Cast':
      return a?.map((x) => (isInteger(readInt(node, 'to', 1)) ? Math.trunc(x) : x));
    case 'Unsqueeze':
    case 'Squeeze':
    case 'Reshape':
    case 'Flatten':
      return a;
    case 'Gather':
      return gather(node, first, second?.value);
    case 'Slice':
      return slice(node, inputs);
    case 'Concat':
      return concat(node, inputs, dims);
    case 'Where':
      return broadcast([inputs[0], second, third], dims, (c, x, y) => (Number.isNaN(c!) ? NaN : c ? x! : y!));
    case 'ConstantOfShape':
      return constantOfShape(node, a);
    case 'Range':
      return range(inputs);
    case 'Expand':
      return dims && first ? broadcast([first], dims, (x) => x!) : undefined;
    case 'ReduceProd':
      return a && !dims?.length ? [a.reduce((product, x) => product * x, 1)] : undefined;
    case 'Split':
      return a && first.dims?.length === 1 && dims ? a.slice(0, dims[0]) : undefined;
    default:
  }
  const one = unary[node.opType];
  if (one) return a?.map(one);
  const two = binary[node.opType];
  if (!two || !first || !second || inputs.length > 2) return undefined;
  const whole = node.opType === 'Div' && isInteger(first.type);
  return broadcast([first, second], dims, (x, y) => (whole ? Math.trunc(two(x!, y!)) : two(x!, y!)));
}

/** Element by element over operands of one element or of the full size. */
function broadcast(operands: (Fact | undefined)[], dims: number[] | undefined, apply: (...x: number[]) => number): number[] | undefined {
  const values = operands.map((operand) => operand?.value);
  if (values.some((value) => value === undefined)) return undefined;
  const size = dims ? dims.reduce((product, length) => product * length, 1) : Math.max(...values.map((value) => value!.length));
  if (!(size <= limit) || values.some((value) => value!.length !== 1 && value!.length !== size)) return undefined;
  return Array.from({ length: size }, (_, index) => apply(...values.map((value) => value![value!.length === 1 ? 0 : index]!)));
}

function gather(node: OnnxNode, data: Fact | undefined, indices: number[] | undefined): number[] | undefined {
  if (!data?.value || !indices || (data.dims?.length ?? 1) > 1 || readInt(node, 'axis', 0) > 0) return undefined;
  const { value } = data;
  return indices.map((index) => value[index < 0 ? index + value.length : index] ?? NaN);
}

function slice(node: OnnxNode, inputs: Fact[]): number[] | undefined {
  const value = inputs[0]?.value;
  if (!value || (inputs[0]!.dims?.length ?? 1) !== 1) return undefined;
  const start = (inputs[1]?.value ?? readInts(node, 'starts'))?.[0];
  const end = (inputs[2]?.value ?? readInts(node, 'ends'))?.[0];
  const step = inputs[4]?.value?.[0] ?? 1;
  if (start === undefined || end === undefined || Number.isNaN(start + end)) return undefined;
  if (step === 1) return value.slice(start, end);
  return step === -1 ? [...value].reverse() : undefined;
}

function concat(node: OnnxNode, inputs: Fact[], dims: number[] | undefined): number[] | undefined {
  if (dims && dims.length > 1) return undefined;
  const parts: number[] = [];
  for (const { value, dims: part } of inputs) {
    if (value) parts.push(...value);
    else if (part?.length === 1 && part[0]! <= limit) parts.push(...Array.from({ length: part[0]! }, () => NaN));
    else return undefined;
  }
  return readInt(node, 'axis', 0) <= 0 && parts.length <= limit ? parts : undefined;
}

function constantOfShape(node: OnnxNode, shape: number[] | undefined): number[] | undefined {
  const size = shape?.reduce((product, length) => product * length, 1);
  if (size === undefined || !(size <= limit)) return undefined;
  const tensor = node.attributes.get('value')?.tensor;
  const raw = tensor?.raw;
  const fill = !tensor ? 0 : fillValue(tensor.dataType, raw, tensor.typed?.values[0]);
  return fill === undefined ? undefined : Array.from({ length: size }, () => fill);
}

function fillValue(type: number, raw: Uint8Array | undefined, typed: number | bigint | undefined): number | undefined {
  if (typed !== undefined) return Number(typed);
  if (!raw || raw.byteLength === 0) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (type === DataType.int64) return Number(view.getBigInt64(0, true));
  if (type === DataType.int32) return view.getInt32(0, true);
  if (type === DataType.float32) return view.getFloat32(0, true);
  return type === DataType.bool ? view.getUint8(0) : undefined;
}

function range(inputs: Fact[]): number[] | undefined {
  const [start, end, step] = inputs.map(({ value }) => value?.[0]);
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const count = Math.max(0, Math.ceil((end - start) / step));
  return count <= limit ? Array.from({ length: count }, (_, index) => start + index * step) : undefined;
}
