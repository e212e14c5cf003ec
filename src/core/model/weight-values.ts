// SPDX-License-Identifier: MIT

/**
 * Reads the values of weights: constants of a graph through what is done to them before use (Transpose, Cast, DequantizeLinear), and the
 * matrices of products in every form that quantisers write.
 */
import { VitrineError } from '../errors.js';
import { readFloat, readInt } from '../hooks/attributes.js';
import type { WeightSite } from '../hooks/weight-sites.js';
import type { GraphIndex } from '../onnx/graph.js';
import { dataTypeName } from '../onnx/tensor-data.js';
import type { OnnxNode } from '../onnx/types.js';
import { weightPlace } from './weight-place.js';
import type { WeightReader } from './weights.js';

/** Numbers with dims, row-major. */
export interface Values {
  data: Float32Array;
  dims: number[];
  /** How they are stored: float32, float16, int8, uint8, 4 bits. */
  storage: string;
}

/** A matrix [in, out] that may lie transposed: element (i, o) is `data[i * rowStride + o * columnStride]`. */
export interface MatrixView {
  data: Float32Array;
  rows: number;
  columns: number;
  rowStride: number;
  columnStride: number;
  storage: string;
}

/** Reads constants and matrices of one graph. */
export class WeightValues {
  readonly #index: GraphIndex;
  readonly #reader: WeightReader;

  constructor(index: GraphIndex, reader: WeightReader) {
    this.#index = index;
    this.#reader = reader;
  }

  /** See {@link weightPlace}. */
  place(site: WeightSite): string | undefined {
    return weightPlace(this.#index, site);
  }

  /** The value of a constant, or of what is computed from constants alone. */
  async constant(name: string): Promise<Values> {
    const tensor = this.#index.constant(name);
    if (tensor) {
      return { data: await this.#reader.read(tensor), dims: [...tensor.dims], storage: dataTypeName(tensor.dataType) };
    }
    const node = this.#index.producer(name)?.node;
    if (!node) throw notRead(name, 'nothing in the graph makes it');
    const operands = await Promise.all(node.inputs.filter((input) => input !== '').map((input) => this.constant(input)));
    const [first, second, third] = operands;
    if (!first) throw notRead(name, `the node ${node.opType} that makes it has no inputs`);
    switch (node.opType) {
      case 'Identity':
      case 'Cast':
        return first;
      case 'Reshape':
      case 'Squeeze':
      case 'Unsqueeze':
      case 'Flatten':
        return { ...first, dims: [first.data.length] };
      case 'Transpose':
        return transpose(first);
      case 'DequantizeLinear':
        return dequantised(first, second!, third, readInt(node, 'axis', 1));
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
        return combined(first, second!, node.opType);
      default:
        throw notRead(name, `it is computed by a node ${node.opType}, which is not known here for weights`);
    }
  }

  /** A table of embeddings, whose rows are dequantised after the look-up where `dequantise` is given. */
  async table(name: string, dequantise?: OnnxNode): Promise<Values> {
    const stored = await this.constant(name);
    if (!dequantise) return stored;
    const [, scale = '', zeroPoint] = dequantise.inputs;
    const axis = readInt(dequantise, 'axis', 1) > 0 ? 1 : 0;
    return dequantised(stored, await this.constant(scale), zeroPoint ? await this.constant(zeroPoint) : undefined, axis);
  }

  /** The matrix that a product multiplies its input by. */
  async matrix(node: OnnxNode): Promise<MatrixView> {
    const input = node.inputs;
    const read = (place: number): Promise<Values> => this.constant(input[place]!);
    const optional = async (place: number): Promise<Values | undefined> => (input[place] ? read(place) : undefined);
    switch (node.opType) {
      case 'MatMul':
        return this.#plain(input[1]!, false, 1);
      case 'Gemm':
      case 'FusedGemm':
      case 'FusedMatMul':
        return this.#plain(input[1]!, readInt(node, 'transB', 0) === 1, readFloat(node, 'alpha', 1));
      case 'Attention':
        return this.#plain(input[1]!, false, 1);
      case 'MatMulInteger':
        return view(dequantised(await read(1), await this.constant(this.#integerScale(node)), await optional(3), 1));
      case 'MatMulIntegerToFloat':
        return view(dequantised(await read(1), await read(3), await optional(5), 1));
      case 'DynamicQuantizeMatMul':
        return view(dequantised(await read(1), await read(2), await optional(3), 1));
      case 'QAttention':
        return view(dequantised(await read(1), await read(4), await optional(7), 1));
      case 'MatMulNBits':
        return blockwise(node, await read(1), await read(2), await optional(3));
      default:
        throw notRead(
          input[1] ?? '',
          `its numbers are stored as ${node.opType} has them, which is not decoded here; open another dtype of the model`,
        );
    }
  }

  /** A float matrix, or one that is dequantised before use; Transposes of it turn the view, not the numbers. */
  async #plain(name: string, transposed: boolean, factor: number): Promise<MatrixView> {
    let turned = transposed;
    let at = name;
    for (;;) {
      const node = this.#index.constant(at) ? undefined : this.#index.producer(at)?.node;
      if (node?.opType === 'Transpose') turned = !turned;
      else if (node?.opType !== 'Identity' && node?.opType !== 'Cast') break;
      at = node.inputs[0] ?? '';
    }
    const values = await this.constant(at);
    if (factor !== 1) values.data = values.data.map((value) => value * factor);
    const stored = view(values);
    if (!turned) return stored;
    const { rows, columns } = stored;
    return { ...stored, rows: columns, columns: rows, rowStride: 1, columnStride: columns };
  }

  /** The scale of the weight: the constant operand of the product of both scales that the integer product is multiplied by. */
  #integerScale(node: OnnxNode): string {
    const queue = [node.outputs[0]!];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const { node: reader } of this.#index.consumers(at)) {
        if (reader.opType === 'Cast') queue.push(reader.outputs[0]!);
        if (reader.opType !== 'Mul') continue;
        const scales = reader.inputs.find((input) => input !== at) ?? '';
        if (this.#index.constant(scales)) return scales;
        const product = this.#index.producer(scales)?.node;
        const constant = product?.inputs.find((input) => this.#index.constant(input));
        if (constant) return constant;
      }
    }
    throw notRead(node.inputs[1] ?? '', 'the scale of its integers was not found');
  }
}

function view({ data, dims, storage }: Values): MatrixView {
  const columns = dims.at(-1) ?? 1;
  return { data, rows: data.length / columns, columns, rowStride: columns, columnStride: 1, storage };
}

/** (q - zero point) * scale; scale of one number, or one per index of `axis`. */
function dequantised(quantised: Values, scale: Values, zeroPoint: Values | undefined, axis: number): Values {
  const { dims, storage } = quantised;
  const at = axis < 0 ? axis + dims.length : axis;
  const inner = scale.data.length === 1 ? Infinity : dims.slice(at + 1).reduce((product, length) => product * length, 1);
  const count = scale.data.length;
  const data = new Float32Array(quantised.data.length);
  for (let index = 0; index < data.length; index++) {
    const place = Math.floor(index / inner) % count;
    const zero = zeroPoint ? zeroPoint.data[zeroPoint.data.length === 1 ? 0 : place]! : 0;
    data[index] = (quantised.data[index]! - zero) * scale.data[place]!;
  }
  return { data, dims: [...dims], storage };
}

/** com.microsoft MatMulNBits: B [N, blocks of K, bytes], scales [N, blocks], zero points packed as the values are; low bits first. */
function blockwise(node: OnnxNode, packed: Values, scales: Values, zeroPoints: Values | undefined): MatrixView {
  const rows = readInt(node, 'K', 0);
  const columns = readInt(node, 'N', 0);
  const bits = readInt(node, 'bits', 4);
  const size = readInt(node, 'block_size', 32);
  const perByte = 8 / bits;
  const blocks = Math.ceil(rows / size);
  const mask = 2 ** bits - 1;
  const bytesPerBlock = Math.ceil(size / perByte);
  const zeroBytes = Math.ceil(blocks / perByte);
  const packedZeros = zeroPoints !== undefined && zeroPoints.storage === 'uint8';
  const data = new Float32Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const block = Math.floor(row / size);
      const within = row - block * size;
      const byte = packed.data[(column * blocks + block) * bytesPerBlock + Math.floor(within / perByte)]!;
      const quantised = (byte >> ((within % perByte) * bits)) & mask;
      let zero = 2 ** (bits - 1);
      if (packedZeros) {
        zero = (zeroPoints.data[column * zeroBytes + Math.floor(block / perByte)]! >> ((block % perByte) * bits)) & mask;
      } else if (zeroPoints) zero = zeroPoints.data[column * blocks + block]!;
      data[column * rows + row] = (quantised - zero) * scales.data[column * blocks + block]!;
    }
  }
  // Stored [out, in], so that is how it stays.
  return { data, rows, columns, rowStride: 1, columnStride: rows, storage: `${bits} bits in blocks of ${size}` };
}

function transpose({ data, dims, storage }: Values): Values {
  if (dims.length !== 2) return { data, dims: [...dims].reverse(), storage };
  const [rows, columns] = dims as [number, number];
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column]!;
  return { data: turned, dims: [columns, rows], storage };
}

/** Elementwise arithmetic of a tensor and one that repeats along its first axes. */
function combined(one: Values, other: Values, operation: string): Values {
  const [longer, shorter] = one.data.length >= other.data.length ? [one, other] : [other, one];
  const count = shorter.data.length;
  const data = longer.data.map((value, at) => {
    const [a, b] = longer === one ? [value, shorter.data[at % count]!] : [shorter.data[at % count]!, value];
    return operation === 'Add' ? a + b : operation === 'Sub' ? a - b : operation === 'Mul' ? a * b : a / b;
  });
  return { data, dims: longer.dims, storage: longer.storage };
}

const notRead = (name: string, because: string): VitrineError =>
  new VitrineError('unsupported-model', `The weight "${name}" cannot be read: ${because}.`);
