// SPDX-License-Identifier: MIT

/**
 * A matrix A B that is kept as its factors. The matrices of circuits (W_V W_O, W_Q W_Kᵀ, W_E W_V W_O W_U) are large and of low rank: d_model by
 * d_model, or d_vocab by d_vocab, of rank d_head. Norm, trace, eigenvalues, singular values and products with vectors need the factors alone
 * (Elhage et al., "A Mathematical Framework for Transformer Circuits", 2021; the class of that name in TransformerLens).
 */
import { VitrineError } from '../../errors.js';
import { Tensor } from '../../model/tensor.js';
import { eigenvalues, type Complex } from '../numerics/eigenvalues.js';
import { matrixOf, product, productWithTransposed, transposed, zeros, type Matrix } from '../numerics/matrix.js';
import { singularValues } from '../numerics/svd.js';

/** Numbers in rows and columns: a tensor of two axes. */
export type TwoAxes = Tensor | Tensor<Float64Array>;

/** Singular values, largest first, and their vectors as columns. */
export interface Svd {
  /** [rows, count] */
  u: Tensor<Float64Array>;
  /** [count] */
  values: Tensor<Float64Array>;
  /** [columns, count] */
  v: Tensor<Float64Array>;
}

/**
 * @example
 * const ov = await ovCircuit(model.weights, 5, 1);     // W_V W_O: [d_model, d_model] of rank d_head
 * ov.norm();
 * const { values } = ov.svd();
 */
export class FactoredMatrix {
  /** Left factor [m, r]. */
  readonly a: Matrix;
  /** Right factor [r, n]. */
  readonly b: Matrix;

  private constructor(a: Matrix, b: Matrix) {
    this.a = a;
    this.b = b;
  }

  /**
   * The product of two matrices, not multiplied out.
   *
   * @param a - [m, r]
   * @param b - [r, n]
   * @throws VitrineError `invalid-input` where the inner lengths differ
   */
  static of(a: TwoAxes, b: TwoAxes): FactoredMatrix {
    return new FactoredMatrix(asMatrix(a), asMatrix(b)).#checked();
  }

  /** Number of rows and of columns. */
  get dims(): [rows: number, columns: number] {
    return [this.a.rows, this.b.columns];
  }

  /** Length of the inner axis: the rank is at most this. */
  get rank(): number {
    return this.a.columns;
  }

  /** The transposed matrix: Bᵀ Aᵀ. */
  transpose(): FactoredMatrix {
    return new FactoredMatrix(transposed(this.b), transposed(this.a));
  }

  /** This matrix times another, factored through whichever inner length is shorter. */
  times(other: FactoredMatrix): FactoredMatrix {
    const middle = product(this.b, checkedPair(this, other).a);
    return this.rank <= other.rank
      ? new FactoredMatrix(this.a, product(middle, other.b))
      : new FactoredMatrix(product(this.a, middle), other.b);
  }

  /** Frobenius norm: root of the sum of squares, as tr(AᵀA BBᵀ). */
  norm(): number {
    const left = product(transposed(this.a), this.a);
    const right = productWithTransposed(this.b, this.b);
    let sum = 0;
    for (let at = 0; at < left.data.length; at++) sum += left.data[at]! * right.data[at]!;
    return Math.sqrt(Math.max(0, sum));
  }

  /** Sum of the diagonal. @throws VitrineError `invalid-input` for a matrix that is not square */
  trace(): number {
    this.#square('trace');
    const small = product(this.b, this.a);
    let sum = 0;
    for (let at = 0; at < small.rows; at++) sum += small.data[at * small.columns + at]!;
    return sum;
  }

  /** The eigenvalues that are not zero for lack of rank: those of B A, largest modulus first. @throws VitrineError `invalid-input` if not square */
  eigenvalues(): Complex[] {
    this.#square('eigenvalues');
    return eigenvalues(product(this.b, this.a));
  }

  /** Singular values and vectors, `rank` of them, without the dense matrix. */
  svd(): Svd {
    // A = Ua Sa Vaᵀ and B = Ub Sb Vbᵀ leave Sa Vaᵀ Ub Sb, a matrix of rank by rank.
    const left = singularValues(this.a);
    const right = singularValues(this.b);
    const inner = product(transposed(left.v), right.u);
    for (let row = 0; row < inner.rows; row++)
      for (let column = 0; column < inner.columns; column++)
        inner.data[row * inner.columns + column]! *= left.values[row]! * right.values[column]!;
    const core = singularValues(inner);
    const count = core.values.length;
    return {
      u: tensor(product(left.u, core.u), ['row', 'component']),
      values: new Tensor(core.values, [count], ['component']),
      v: tensor(product(right.v, core.v), ['column', 'component']),
    };
  }

  /** The matrix times a vector of `columns` numbers. */
  apply(vector: ArrayLike<number>): Float64Array {
    return product(this.a, product(this.b, this.#vector(vector, this.b.columns))).data;
  }

  /** A row vector of `rows` numbers times the matrix: what a circuit makes of a residual vector. */
  applyLeft(vector: ArrayLike<number>): Float64Array {
    return this.transpose().apply(vector);
  }

  /** One row, [columns]. */
  row(index: number): Float64Array {
    return product(this.#rows(index), this.b).data;
  }

  /** One column, [rows]. */
  column(index: number): Float64Array {
    return this.transpose().row(index);
  }

  /** One element. */
  at(row: number, column: number): number {
    const { rows, columns, data } = this.b;
    if (!Number.isInteger(column) || column < 0 || column >= columns) throw outside(column, columns, 'column');
    const left = this.#rows(row).data;
    let sum = 0;
    for (let inner = 0; inner < rows; inner++) sum += left[inner]! * data[inner * columns + column]!;
    return sum;
  }

  /** The matrix multiplied out, [rows, columns]. Mind its size: rows times columns numbers of 8 bytes. */
  dense(): Tensor<Float64Array> {
    return tensor(product(this.a, this.b), ['row', 'column']);
  }

  #rows(index: number): Matrix {
    const { rows, columns, data } = this.a;
    if (!Number.isInteger(index) || index < 0 || index >= rows) throw outside(index, rows, 'row');
    return matrixOf(data.subarray(index * columns, (index + 1) * columns), 1, columns);
  }

  #vector(values: ArrayLike<number>, length: number): Matrix {
    if (values.length !== length) {
      throw new VitrineError(
        'invalid-input',
        `This matrix is [${this.dims.join(', ')}], so the vector needs ${length} numbers; got ${values.length}.`,
      );
    }
    return matrixOf(values, length, 1);
  }

  #square(what: string): void {
    const [rows, columns] = this.dims;
    if (rows !== columns) throw new VitrineError('invalid-input', `Only a square matrix has a ${what}; this one is [${rows}, ${columns}].`);
  }

  #checked(): FactoredMatrix {
    if (this.a.columns !== this.b.rows) {
      throw new VitrineError(
        'invalid-input',
        `The factors of a matrix need an inner length in common: got [${this.a.rows}, ${this.a.columns}] and [${this.b.rows}, ${this.b.columns}].`,
      );
    }
    return this;
  }
}

function checkedPair(one: FactoredMatrix, other: FactoredMatrix): FactoredMatrix {
  if (one.dims[1] === other.dims[0]) return other;
  throw new VitrineError(
    'invalid-input',
    `A product needs inner lengths that agree: got [${one.dims.join(', ')}] and [${other.dims.join(', ')}].`,
  );
}

/** A tensor of two axes as a matrix of float64. */
export function asMatrix(values: TwoAxes): Matrix {
  if (values.dims.length !== 2) {
    throw new VitrineError(
      'invalid-input',
      `A matrix has two axes; got a tensor of ${values.dims.length}: [${values.dims.join(', ')}]. Select one head first.`,
    );
  }
  return matrixOf(values.data, values.dims[0]!, values.dims[1]!);
}

/** A matrix as a tensor. */
export const tensor = ({ rows, columns, data }: Matrix, axes: [string, string]): Tensor<Float64Array> =>
  new Tensor(data, [rows, columns], axes);

/** A float32 matrix the other way round. */
export function turned(values: Tensor): Tensor {
  const [rows, columns] = values.dims as [number, number];
  const data = new Float32Array(values.size);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) data[column * rows + row] = values.data[row * columns + column]!;
  return new Tensor(data, [columns, rows], [values.axes[1]!, values.axes[0]!]);
}

/** Chosen rows of a matrix, in the order given. */
export function takeRows(values: Tensor, indices: readonly number[]): Matrix {
  const [count, width] = values.dims as [number, number];
  const taken = zeros(indices.length, width);
  indices.forEach((index, row) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) throw outside(index, count, 'row');
    taken.data.set(values.data.subarray(index * width, (index + 1) * width), row * width);
  });
  return taken;
}

const outside = (index: number, length: number, what: string): VitrineError =>
  new VitrineError('invalid-input', `The ${what} must be a whole number from 0 to ${length - 1}; got ${index}.`);
