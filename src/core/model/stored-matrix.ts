// SPDX-License-Identifier: MIT
import { elementCount } from '../onnx/tensor-data.js';
import type { OnnxTensor } from '../onnx/types.js';
import type { MatrixCodec } from './matrix-codecs.js';
import type { MatrixProducts } from './matmul.js';
import { Tensor } from './tensor.js';
import type { WeightReader } from './weights.js';

/** Stored values that are read at a time: 2 MB of float32, which is long enough for a disk and short enough for a processor's cache. */
const VALUES_AT_ONCE = 1 << 19;

/** A matrix [in, out] that may lie transposed: element (i, o) is `data[i * rowStride + o * columnStride]`. */
export interface MatrixView {
  data: Float32Array;
  rows: number;
  columns: number;
  rowStride: number;
  columnStride: number;
  storage: string;
}

/** Where a matrix lies and how. */
export interface StoredMatrixParts {
  reader: WeightReader;
  tensor: OnnxTensor;
  codec: MatrixCodec;
  /** float32, int8, "4 bits in blocks of 32". */
  storage: string;
  /** Its lines are the columns of the matrix [in, out], not the rows. */
  turned: boolean;
}

/** A matrix [in, out] that was not read yet: as a whole, a column of it, or its product with vectors, each in the reads that it takes. */
export class StoredMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly storage: string;
  readonly #parts: StoredMatrixParts;
  readonly #lineCount: number;

  constructor(parts: StoredMatrixParts) {
    const { codec, tensor, turned } = parts;
    this.#parts = parts;
    this.#lineCount = elementCount(tensor.dims) / codec.stored;
    this.storage = parts.storage;
    this.rows = turned ? codec.width : this.#lineCount;
    this.columns = turned ? this.#lineCount : codec.width;
  }

  /** The whole matrix, as it lies. */
  async view(): Promise<MatrixView> {
    const { reader, tensor, codec, turned } = this.#parts;
    const data = codec.lines(await reader.read(tensor), 0);
    const { rows, columns, storage } = this;
    const [rowStride, columnStride] = turned ? [1, codec.width] : [codec.width, 1];
    return { data, rows, columns, rowStride, columnStride, storage };
  }

  /** One column, [in]. */
  async column(at: number): Promise<Float32Array> {
    const { reader, tensor, codec, turned } = this.#parts;
    if (turned) return codec.lines(await reader.stretch(tensor, at * codec.stored, codec.stored), at);
    return codec.across(await reader.every(tensor, codec.placeOf(at), codec.stored, this.#lineCount), at);
  }

  /**
   * The matrix times each vector [out]: [in] for each, in float32. Held in memory are two blocks of the matrix, whatever its size.
   */
  async times(vectors: readonly ArrayLike<number>[], products: MatrixProducts): Promise<Float32Array[]> {
    const { reader, tensor, codec, turned } = this.#parts;
    const results = vectors.map(() => new Float32Array(this.rows));
    const linesAtOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / codec.stored));
    for await (const { first, values } of reader.blocks(tensor, linesAtOnce * codec.stored)) {
      const firstLine = first / codec.stored;
      const numbers = codec.lines(values, firstLine);
      const lines = new Tensor(numbers, [numbers.length / codec.width, codec.width], ['line', 'number']);
      const add = turned ? addTurned : addStraight;
      await add(results, firstLine, lines, vectors, products);
    }
    return results;
  }
}

type AddBlock = (
  results: readonly Float32Array[],
  firstLine: number,
  lines: Tensor,
  vectors: readonly ArrayLike<number>[],
  products: MatrixProducts,
) => Promise<void>;

/** Lines are rows: each gives one number of every result. */
const addStraight: AddBlock = async (results, firstLine, lines, vectors, products) => {
  const [count, width] = lines.dims as [number, number];
  const columns = new Float32Array(width * vectors.length);
  vectors.forEach((vector, which) => {
    for (let at = 0; at < width; at++) columns[at * vectors.length + which] = vector[at]!;
  });
  const { data } = await products.multiply(lines, new Tensor(columns, [width, vectors.length], ['number', 'vector']));
  results.forEach((result, which) => {
    for (let line = 0; line < count; line++) result[firstLine + line] = data[line * vectors.length + which]!;
  });
};

/** Lines are columns: each adds to all numbers of every result. */
const addTurned: AddBlock = async (results, firstLine, lines, vectors, products) => {
  const [count, width] = lines.dims as [number, number];
  const factors = new Float32Array(vectors.length * count);
  vectors.forEach((vector, which) => {
    for (let line = 0; line < count; line++) factors[which * count + line] = vector[firstLine + line]!;
  });
  const { data } = await products.multiply(new Tensor(factors, [vectors.length, count], ['vector', 'line']), lines);
  results.forEach((result, which) => {
    for (let at = 0; at < width; at++) result[at] = result[at]! + data[which * width + at]!;
  });
};
