// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { nearestNames } from '../hooks/names.js';
import type { BiasPart, WeightSite } from '../hooks/weight-sites.js';
import type { WeightTable } from '../hooks/weight-table.js';
import type { Architecture } from '../hooks/types.js';
import type { MatrixProducts } from './matmul.js';
import { Tensor } from './tensor.js';
import type { MatrixView, StoredMatrix } from './stored-matrix.js';
import { weightName } from './weight-name.js';
import type { WeightValues } from './weight-values.js';

/** What is known of a weight without reading it. */
export interface WeightInfo {
  /** `blocks.3.attn.W_Q`. */
  name: string;
  axes: readonly string[];
  dims: readonly number[];
  /**
   * Where its numbers lie. Weights with the same place are the same numbers: W_E and W_U of a file that ties them. Undefined for a bias or
   * factor that the model leaves out, which reads as zeros or ones.
   */
  place: string | undefined;
}

/** A weight and how its numbers are stored. */
export interface StoredWeight {
  weight: Tensor;
  /** float32, float16, int8, uint8, "4 bits in blocks of 32"; 'none' for a bias or factor that the model leaves out (zeros, ones). */
  storage: string;
  /** The numbers were integers times scales: what the model computes with, not what was trained. */
  dequantised: boolean;
}

/** Weights by name: a model's own ({@link ModelWeights}), or a view of them such as that of {@link processWeights}. */
export interface WeightAccess {
  readonly architecture: Architecture;
  /** Names of the weights that were found. */
  readonly names: readonly string[];
  /** Whether a weight was found. */
  has(name: string, layer?: number): boolean;
  /** A weight as a float32 tensor. */
  get(name: string, layer?: number): Promise<Tensor>;
  /** a [m, k] times b [k, n], on the model's runtime, in float32. */
  multiply(a: Tensor, b: Tensor): Promise<Tensor>;
}

/**
 * The weights of a model under TransformerLens names and in TransformerLens shapes, as the model uses them (not folded, not centred; see
 * {@link processWeights}). They are found by structure, so that it does not matter whether a file holds them transposed, packed into
 * one matrix, or quantised; quantised ones come dequantised. Nothing is kept: each call reads from the file or the bytes of the model.
 *
 * Names: `embed.W_E` [d_vocab, d_model], `pos_embed.W_pos` [pos, d_model], `unembed.W_U` [d_model, d_vocab], `unembed.b_U`; in
 * `blocks.L.attn.`: `W_Q`, `W_K`, `W_V` [head, d_model, d_head] (K and V with n_key_value_heads), `W_O` [head, d_head, d_model], `b_Q`,
 * `b_K`, `b_V` [head, d_head], `b_O` [d_model]; in `blocks.L.mlp.`: `W_in`, `W_gate` [d_model, d_mlp], `W_out` [d_mlp, d_model], `b_in`,
 * `b_gate`, `b_out`; norms: `blocks.L.ln1.w`, `blocks.L.ln1.b`, `ln2`, `ln_final`, `embed.ln`. Biases that a model has not are zeros, as in
 * TransformerLens. In a gated MLP, `W_gate` feeds the activation.
 *
 * @example
 * const wq = await model.weights.get('W_Q', 5);          // Tensor [head, d_model, d_head]
 * const embedding = await model.weights.get('W_E');
 */
export class ModelWeights implements WeightAccess {
  readonly architecture: Architecture;
  readonly #table: WeightTable;
  readonly #values: WeightValues;
  readonly #products: MatrixProducts;
  readonly #alive: () => void;

  /** @internal */
  constructor(parts: {
    architecture: Architecture;
    table: WeightTable;
    values: WeightValues;
    products: MatrixProducts;
    alive: () => void;
  }) {
    this.architecture = parts.architecture;
    this.#table = parts.table;
    this.#values = parts.values;
    this.#products = parts.products;
    this.#alive = parts.alive;
  }

  /** Names of the weights that were found. */
  get names(): readonly string[] {
    return this.#table.names;
  }

  /** Weights that people look for and that were not found, with the reason. */
  get missing(): readonly { name: string; because: string }[] {
    return this.#table.missing;
  }

  /** Whether a weight was found. */
  has(name: string, layer?: number): boolean {
    return this.#table.site(weightName(name, layer)) !== undefined;
  }

  /** Axes, dims and place of a weight; nothing is read. @throws VitrineError `weight-not-found` */
  describe(name: string, layer?: number): WeightInfo {
    const site = this.#site(name, layer);
    return { name: site.name, axes: site.axes, dims: site.dims, place: this.#values.place(site) };
  }

  /**
   * A weight as a float32 tensor of its own.
   *
   * @param name - full (`blocks.3.attn.W_Q`) or short (`W_Q`, with `layer`)
   * @throws VitrineError `weight-not-found` with the reason or the nearest names, `unsupported-model` for a storage that is not decoded
   */
  async get(name: string, layer?: number): Promise<Tensor> {
    return (await this.read(name, layer)).weight;
  }

  /** As {@link ModelWeights.get}, with how the numbers are stored. */
  async read(name: string, layer?: number): Promise<StoredWeight> {
    this.#alive();
    const site = this.#site(name, layer);
    const { data, storage } = await this.#read(site);
    return { weight: new Tensor(data, site.dims, site.axes), storage, dequantised: !/^(float|bfloat|none)/.test(storage) };
  }

  /**
   * What a weight holds at some places of its last axis: `columns('W_U', [answer])` is the unembedding of a token. Of a matrix that a product
   * multiplies by, such as W_U, W_O and W_out, no more than that is read; other weights are read whole.
   *
   * @param places - along the last axis
   * @returns [place, ...the other axes]; the first axis is named as the weight's last
   * @throws VitrineError `invalid-option` for a place outside the weight, and all that {@link ModelWeights.get} throws
   * @example
   * const unembeddings = await model.weights.columns('W_U', [11, 198]);      // Tensor [d_vocab, d_model], dims [2, 768]
   */
  async columns(name: string, places: readonly number[], layer?: number): Promise<Tensor> {
    this.#alive();
    const site = this.#site(name, layer);
    const length = site.dims.at(-1)!;
    const outside = places.find((place) => !Number.isInteger(place) || place < 0 || place >= length);
    if (outside !== undefined) {
      throw new VitrineError(
        'invalid-option',
        `places must be whole numbers from 0 to ${length - 1}, as ${site.name} has ${length} along ${site.axes.at(-1)!}; got ${outside}.`,
      );
    }
    const rows = site.dims.slice(0, -1).reduce((product, dim) => product * dim, 1);
    const data = new Float32Array(places.length * rows);
    const matrix = await this.#matrixOf(site);
    if (matrix) {
      for (const [to, place] of places.entries())
        data.set(inOrder(await matrix.stored.column(matrix.columns?.[place] ?? place), matrix.rows), to * rows);
    } else {
      const whole = (await this.#read(site)).data;
      places.forEach((place, to) => {
        for (let row = 0; row < rows; row++) data[to * rows + row] = whole[row * length + place]!;
      });
    }
    return new Tensor(data, [places.length, ...site.dims.slice(0, -1)], [site.axes.at(-1)!, ...site.axes.slice(0, -1)]);
  }

  /**
   * A weight times vectors along its last axis, on the model's runtime in float32: what one unit of each head dimension (W_O) or of each neuron
   * (W_out) writes along a direction of the stream. Such a matrix passes by in blocks of 2 MB and is never held.
   *
   * @param vectors - each as long as the last axis
   * @returns for each vector one number per place of the other axes, row-major
   * @throws VitrineError `invalid-input` for a vector of another length, and all that {@link ModelWeights.get} throws
   * @example
   * const [along] = await model.weights.times('W_out', [direction], 3);      // Float32Array [d_mlp]
   */
  async times(name: string, vectors: readonly ArrayLike<number>[], layer?: number): Promise<Float32Array[]> {
    this.#alive();
    const site = this.#site(name, layer);
    const length = site.dims.at(-1)!;
    const other = vectors.find((vector) => vector.length !== length);
    if (other) {
      throw new VitrineError(
        'invalid-input',
        `${site.name} is multiplied by vectors along ${site.axes.at(-1)!}, of ${length} numbers; got one of ${other.length}.`,
      );
    }
    if (vectors.length === 0) return [];
    const matrix = await this.#matrixOf(site);
    if (matrix) {
      const { stored, rows, columns } = matrix;
      const made = await stored.times(
        vectors.map((vector) => spread(vector, columns, stored.columns)),
        this.#products,
      );
      return made.map((values) => inOrder(values, rows));
    }
    const { data } = await this.#read(site);
    return vectors.map((vector) =>
      Float32Array.from({ length: data.length / length }, (_, row) => {
        let sum = 0;
        for (let at = 0; at < length; at++) sum += data[row * length + at]! * vector[at]!;
        return sum;
      }),
    );
  }

  async multiply(a: Tensor, b: Tensor): Promise<Tensor> {
    this.#alive();
    return this.#products.multiply(a, b);
  }

  async #read(site: WeightSite): Promise<{ data: Float32Array; storage: string }> {
    const { source } = site;
    const size = site.dims.reduce((product, length) => product * length, 1);
    switch (source.kind) {
      case 'sum':
        return this.#sum(source.parts, size);
      case 'vector': {
        if (!source.constant) return { data: new Float32Array(size).fill(1), storage: 'none' };
        const { data, storage } = await this.#values.constant(source.constant);
        return { data: data.length === 1 && size > 1 ? new Float32Array(size).fill(data[0]!) : data.slice(), storage };
      }
      case 'table': {
        const { dequantise, factor, constant } = source;
        const { data, storage } = await this.#values.table(constant, dequantise);
        return { data: factor === 1 ? data.slice() : data.map((value) => value * factor), storage };
      }
      case 'product': {
        const matrix = await (await this.#values.matrix(source.node)).view();
        return { data: arrange(matrix, site, source.rows, source.columns), storage: matrix.storage };
      }
    }
  }

  /** The matrix that a weight lies in row by row, of which parts can be read; undefined for tables, vectors and matrices packed by head. */
  async #matrixOf(site: WeightSite): Promise<{ stored: StoredMatrix; rows?: Int32Array; columns?: Int32Array } | undefined> {
    const { source, form } = site;
    if (source.kind !== 'product' || form === 'head-in-out') return undefined;
    const { node, rows, columns } = source;
    return { stored: await this.#values.matrix(node), ...(rows ? { rows } : {}), ...(columns ? { columns } : {}) };
  }

  async #sum(parts: readonly BiasPart[], size: number): Promise<{ data: Float32Array; storage: string }> {
    const sum = new Float64Array(size);
    let stored = 'none';
    for (const { constant, index, factor } of parts) {
      const { data, storage } = await this.#values.constant(constant);
      stored = storage;
      for (let at = 0; at < size; at++) sum[at] = sum[at]! + factor * data[index ? index[at]! : data.length === 1 ? 0 : at]!;
    }
    return { data: Float32Array.from(sum), storage: stored };
  }

  #site(name: string, layer: number | undefined): WeightSite {
    const full = weightName(name, layer);
    const site = this.#table.site(full);
    if (site) return site;
    const reason = this.#table.reason(full);
    throw new VitrineError(
      'weight-not-found',
      reason
        ? `This model has no weight "${full}" that was found: ${reason}. model.weights.names lists the ${this.names.length} others.`
        : `There is no weight "${full}". Near it are ${nearestNames(full, this.names).join(', ')}; model.weights.names lists all of them.`,
    );
  }
}

/** What belongs to each row of a weight, where the matrix has its rows in another order. */
function inOrder(values: Float32Array, rows: Int32Array | undefined): Float32Array {
  return rows ? Float32Array.from(rows, (row) => values[row]!) : values;
}

/** A vector along the columns of a weight, along those of the matrix that holds it among others. */
function spread(vector: ArrayLike<number>, columns: Int32Array | undefined, width: number): ArrayLike<number> {
  if (!columns && vector.length === width) return vector;
  const wide = new Float32Array(width);
  for (let at = 0; at < vector.length; at++) wide[columns ? columns[at]! : at] = vector[at]!;
  return wide;
}

/** The columns and rows of a matrix that belong to a weight, in its own order of axes. */
function arrange(matrix: MatrixView, site: WeightSite, rows: Int32Array | undefined, columns: Int32Array | undefined): Float32Array {
  const { data, rowStride, columnStride } = matrix;
  const size = site.dims.reduce((product, length) => product * length, 1);
  const result = new Float32Array(size);
  if (site.form === 'head-in-out') {
    const [heads, inner, width] = site.dims as [number, number, number];
    let to = 0;
    for (let head = 0; head < heads; head++) {
      for (let row = 0; row < inner; row++) {
        for (let at = 0; at < width; at++) {
          const column = columns ? columns[head * width + at]! : head * width + at;
          result[to++] = data[row * rowStride + column * columnStride]!;
        }
      }
    }
    return result;
  }
  const width = site.dims.at(-1)!;
  const count = size / width;
  if (!rows && !columns && columnStride === 1 && rowStride === width) return data.slice(0, size);
  for (let row = 0; row < count; row++) {
    const from = (rows ? rows[row]! : row) * rowStride;
    for (let at = 0; at < width; at++) result[row * width + at] = data[from + (columns ? columns[at]! : at) * columnStride]!;
  }
  return result;
}
