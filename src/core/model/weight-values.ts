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
import { DataType, type OnnxNode, type OnnxTensor } from '../onnx/types.js';
import { blockCodec, blockForm, integerCodec, plainCodec, scaledCodec } from './matrix-codecs.js';
import { StoredMatrix } from './stored-matrix.js';
import { weightPlace } from './weight-place.js';
import type { WeightReader } from './weights.js';

/** Numbers with dims, row-major. */
export interface Values {
  data: Float32Array;
  dims: number[];
  /** How they are stored: float32, float16, int8, uint8, 4 bits. */
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

  /** The matrix that a product multiplies its input by; nothing of it is read but scales and zero points. */
  async matrix(node: OnnxNode): Promise<StoredMatrix> {
    const input = node.inputs;
    switch (node.opType) {
      case 'MatMul':
      case 'Attention':
        return this.#plain(input[1]!, false, 1);
      case 'Gemm':
      case 'FusedGemm':
      case 'FusedMatMul':
        return this.#plain(input[1]!, readInt(node, 'transB', 0) === 1, readFloat(node, 'alpha', 1));
      case 'MatMulInteger':
        return this.#integers(input[1]!, this.#integerScale(node), input[3], 1, false, 1);
      case 'MatMulIntegerToFloat':
        return this.#integers(input[1]!, input[3]!, input[5], 1, false, 1);
      case 'DynamicQuantizeMatMul':
        return this.#integers(input[1]!, input[2]!, input[3], 1, false, 1);
      case 'QAttention':
        return this.#integers(input[1]!, input[4]!, input[7], 1, false, 1);
      case 'MatMulNBits': {
        const { tensor } = await this.#place(input[1]!);
        const codec = blockCodec(node, await this.constant(input[2]!), await this.#optional(input[3]));
        const { bits, size } = blockForm(node);
        // Stored [out, in], so that is how it stays.
        return new StoredMatrix({ reader: this.#reader, tensor, codec, turned: true, storage: `${bits} bits in blocks of ${size}` });
      }
      default:
        throw notRead(
          input[1] ?? '',
          `its numbers are stored as ${node.opType} has them, which is not decoded here; open another dtype of the model`,
        );
    }
  }

  /** A float matrix, or one that is dequantised before use; Transposes of it turn the matrix, not the numbers. */
  async #plain(name: string, transposed: boolean, factor: number): Promise<StoredMatrix> {
    let turned = transposed;
    let at = name;
    for (;;) {
      const node = this.#index.constant(at) ? undefined : this.#index.producer(at)?.node;
      if (node?.opType === 'Transpose') turned = !turned;
      else if (node?.opType === 'DequantizeLinear') {
        const [quantised = '', scale = '', zeroPoint] = node.inputs;
        return this.#integers(quantised, scale, zeroPoint, readInt(node, 'axis', 1), turned, factor);
      } else if (node?.opType !== 'Identity' && node?.opType !== 'Cast') break;
      at = node.inputs[0] ?? '';
    }
    const { tensor, storage } = await this.#place(at);
    const codec = scaledCodec(plainCodec(tensor.dims.at(-1) ?? 1), factor);
    return new StoredMatrix({ reader: this.#reader, tensor, codec, turned, storage });
  }

  async #integers(
    quantised: string,
    scale: string,
    zeroPoint: string | undefined,
    axis: number,
    turned: boolean,
    factor: number,
  ): Promise<StoredMatrix> {
    const { tensor, storage } = await this.#place(quantised);
    const codec = integerCodec(tensor.dims, await this.constant(scale), await this.#optional(zeroPoint), axis);
    return new StoredMatrix({ reader: this.#reader, tensor, codec: scaledCodec(codec, factor), turned, storage });
  }

  async #optional(name: string | undefined): Promise<Values | undefined> {
    return name ? this.constant(name) : undefined;
  }

  /** A constant where it lies, or what is computed from constants, in memory. */
  async #place(name: string): Promise<{ tensor: OnnxTensor; storage: string }> {
    const stored = this.#index.constant(name);
    if (stored) return { tensor: stored, storage: dataTypeName(stored.dataType) };
    const { data, dims, storage } = await this.constant(name);
    return { tensor: { name, dims, dataType: DataType.float32, typed: { field: 4, values: data }, unknown: [] }, storage };
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

function dequantised(quantised: Values, scale: Values, zeroPoint: Values | undefined, axis: number): Values {
  const { data, dims, storage } = quantised;
  return { data: integerCodec(dims, scale, zeroPoint, axis).lines(data, 0), dims: [...dims], storage };
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
