// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { node, valueInfo } from '../onnx/build.js';
import { DataType } from '../onnx/types.js';
import { writeModel } from '../onnx/write.js';
import type { NumericArray } from '../runtime/element-types.js';
import type { Backend, RuntimeSession } from '../runtime/types.js';
import { Tensor } from './tensor.js';

/**
 * Matrix products on a model's own runtime, by a model of one node: some forty times as fast as loops in JavaScript, in float32. The session is
 * made at the first product.
 */
export class MatrixProducts {
  readonly #backend: Backend;
  #session: Promise<RuntimeSession> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** a [m, k] times b [k, n]: [m, n]. @throws VitrineError `invalid-input` where the dims do not fit */
  async multiply(a: Tensor, b: Tensor): Promise<Tensor> {
    const [rows, inner] = a.dims;
    const [other, columns] = b.dims;
    if (a.dims.length !== 2 || b.dims.length !== 2 || inner !== other) {
      throw new VitrineError(
        'invalid-input',
        `A matrix product needs [m, k] and [k, n]; got [${a.dims.join(', ')}] and [${b.dims.join(', ')}].`,
      );
    }
    const session = await (this.#session ??= this.#open());
    const given = (tensor: Tensor): ReturnType<Backend['tensor']> => this.#backend.tensor('float32', tensor.data, tensor.dims);
    const { c } = await session.run({ a: given(a), b: given(b) }, ['c']);
    const data = (c!.location === 'gpu-buffer' ? await c!.getData!(true) : c!.data) as NumericArray;
    return new Tensor(data as Float32Array, [rows!, columns!], [a.axes[0]!, b.axes[1] === a.axes[0] ? `${b.axes[1]!}_2` : b.axes[1]!]);
  }

  /** Frees the session. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await (await session?.catch(() => undefined))?.release();
  }

  #open(): Promise<RuntimeSession> {
    const matrix = (name: string): ReturnType<typeof valueInfo> => valueInfo(name, DataType.float32, [null, null]);
    const graph = {
      name: 'product',
      nodes: [node('MatMul', ['a', 'b'], ['c'])],
      initializers: [],
      inputs: [matrix('a'), matrix('b')],
      outputs: [matrix('c')],
      valueInfo: [],
      unknown: [],
    };
    const model = writeModel({ irVersion: 8, opsets: new Map([['', 13]]), graph, unknown: [] });
    return this.#backend.createSession({ model, weights: [], keepOutputsOnGpu: false });
  }
}
