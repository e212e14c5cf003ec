// SPDX-License-Identifier: MIT
import { node, tensorFloat32, tensorInt64, valueInfo } from '../../../src/core/onnx/build.js';
import { DataType } from '../../../src/core/onnx/types.js';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../../../src/core/onnx/types.js';
import { mulberry } from '../onnx/run-onnx.js';

/** Numbers with a shape, row-major. */
export interface Values {
  dims: number[];
  data: Float64Array;
}

/** A tensor of the graph under construction, with the numbers that it will hold. */
export interface Mirrored extends Values {
  name: string;
}

/**
 * Writes an ONNX graph and computes it in plain JavaScript at the same time: every method adds a node and returns what that node
 * will produce. So a test knows the right value of any tensor without a runtime, and without naming tensors after modules.
 */
export class Mirror {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #random: () => number;
  readonly ids: number[];
  #count = 0;

  constructor(ids: number[], seed = 1) {
    this.ids = ids;
    this.#random = mulberry(seed);
  }

  /** A random weight; no name says what it is for. */
  weight(dims: number[], scale = 0.4, offset = 0): Mirrored {
    const size = dims.reduce((product, length) => product * length, 1);
    const values = Float32Array.from({ length: size }, () => (this.#random() * 2 - 1) * scale + offset);
    return this.constant(dims, values);
  }

  constant(dims: number[], values: ArrayLike<number>): Mirrored {
    const name = `w${this.#count++}`;
    this.#initializers.push(tensorFloat32(name, Float32Array.from(values), dims));
    return { name, dims, data: Float64Array.from(Float32Array.from(values)) };
  }

  embed(table: Mirrored): Mirrored {
    const width = table.dims[1]!;
    const data = Float64Array.from(this.ids.flatMap((id) => [...table.data.subarray(id * width, (id + 1) * width)]));
    return this.#emit('Gather', [table.name, 'input_ids'], { dims: [1, this.ids.length, width], data });
  }

  binary(opType: 'Add' | 'Sub' | 'Mul' | 'Div', a: Mirrored, b: Mirrored): Mirrored {
    const apply = {
      Add: (x: number, y: number) => x + y,
      Sub: (x: number, y: number) => x - y,
      Mul: (x: number, y: number) => x * y,
      Div: (x: number, y: number) => x / y,
    };
    return this.#emit(opType, [a.name, b.name], broadcast(a, b, apply[opType]));
  }

  unary(opType: 'Tanh' | 'Sigmoid' | 'Sqrt' | 'Relu' | 'Neg' | 'Reciprocal', a: Mirrored): Mirrored {
    const apply = {
      Tanh: Math.tanh,
      Sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
      Sqrt: Math.sqrt,
      Relu: (x: number) => Math.max(0, x),
      Neg: (x: number) => -x,
      Reciprocal: (x: number) => 1 / x,
    };
    return this.#emit(opType, [a.name], { dims: a.dims, data: a.data.map(apply[opType]) });
  }

  matmul(a: Mirrored, b: Mirrored): Mirrored {
    return this.#emit('MatMul', [a.name, b.name], product(a, b));
  }

  mean(a: Mirrored): Mirrored {
    const width = a.dims.at(-1)!;
    const rows = a.data.length / width;
    const data = Float64Array.from(
      { length: rows },
      (_, row) => a.data.subarray(row * width, (row + 1) * width).reduce((sum, x) => sum + x, 0) / width,
    );
    return this.#emit('ReduceMean', [a.name], { dims: [...a.dims.slice(0, -1), 1], data }, { axes: [-1] });
  }

  softmax(a: Mirrored): Mirrored {
    const width = a.dims.at(-1)!;
    const data = a.data.slice();
    for (let row = 0; row < data.length; row += width) {
      const part = data.subarray(row, row + width);
      const top = Math.max(...part);
      const sum = part.reduce((total, x) => total + Math.exp(x - top), 0);
      part.forEach((x, at) => (part[at] = Math.exp(x - top) / sum));
    }
    return this.#emit('Softmax', [a.name], { dims: a.dims, data }, { axis: -1 });
  }

  transpose(a: Mirrored, perm: number[]): Mirrored {
    return this.#emit('Transpose', [a.name], permute(a, perm), { perm });
  }

  /** @param target - may hold 0 (keep) and -1 */
  reshape(a: Mirrored, target: number[], dims: number[]): Mirrored {
    const name = `w${this.#count++}`;
    this.#initializers.push(tensorInt64(name, target));
    return this.#emit('Reshape', [a.name, name], { dims, data: a.data });
  }

  /** Elements `start` to `end` of the last axis. */
  slice(a: Mirrored, start: number, end: number): Mirrored {
    const bounds = [start, end, -1].map((value) => {
      const name = `w${this.#count++}`;
      this.#initializers.push(tensorInt64(name, [value]));
      return name;
    });
    return this.#emit('Slice', [a.name, ...bounds], part(a, start, end));
  }

  concat(parts: Mirrored[]): Mirrored {
    const width = parts.reduce((sum, one) => sum + one.dims.at(-1)!, 0);
    const first = parts[0]!;
    const rows = first.data.length / first.dims.at(-1)!;
    const data = Float64Array.from(
      Array.from({ length: rows }, (_, row) =>
        parts.flatMap((one) => [...one.data.subarray(row * one.dims.at(-1)!, (row + 1) * one.dims.at(-1)!)]),
      ).flat(),
    );
    return this.#emit(
      'Concat',
      parts.map(({ name }) => name),
      { dims: [...first.dims.slice(0, -1), width], data },
      { axis: -1 },
    );
  }

  /** The finished model, with symbolic batch and length. */
  model(output: Mirrored): OnnxModel {
    const last = this.#nodes.find((one) => one.outputs[0] === output.name)!;
    last.outputs[0] = 'logits';
    for (const one of this.#nodes) one.inputs = one.inputs.map((name) => (name === output.name ? 'logits' : name));
    return {
      irVersion: 8,
      opsets: new Map([['', 14]]),
      graph: {
        name: 'g',
        nodes: this.#nodes,
        initializers: this.#initializers,
        inputs: [valueInfo('input_ids', DataType.int64, ['batch_size', 'sequence_length'])],
        outputs: [valueInfo('logits', DataType.float32, ['batch_size', 'sequence_length', output.dims.at(-1)!])],
        valueInfo: [],
        unknown: [],
      },
      unknown: [],
    };
  }

  #emit(opType: string, inputs: string[], value: Values, attributes: Record<string, number | number[]> = {}): Mirrored {
    const name = `t${this.#count++}`;
    this.#nodes.push(node(opType, inputs, [name], attributes));
    return { name, ...value };
  }
}

/** Axes in another order. */
export function permute(a: Values, perm: number[]): Values {
  const strides = a.dims.map((_, axis) => a.dims.slice(axis + 1).reduce((result, length) => result * length, 1));
  const dims = perm.map((axis) => a.dims[axis]!);
  const data = a.data.slice();
  for (let index = 0; index < data.length; index++) {
    let rest = index;
    let from = 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += (rest % dims[axis]!) * strides[perm[axis]!]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    data[index] = a.data[from]!;
  }
  return { dims, data };
}

function part(a: Values, start: number, end: number): Values {
  const width = a.dims.at(-1)!;
  const rows = a.data.length / width;
  const data = Float64Array.from(
    Array.from({ length: rows }, (_, row) => [...a.data.subarray(row * width + start, row * width + end)]).flat(),
  );
  return { dims: [...a.dims.slice(0, -1), end - start], data };
}

function broadcast(a: Values, b: Values, apply: (x: number, y: number) => number): Values {
  const rank = Math.max(a.dims.length, b.dims.length);
  const pad = (dims: number[]): number[] => [...Array.from({ length: rank - dims.length }, () => 1), ...dims];
  const [one, two] = [pad(a.dims), pad(b.dims)];
  const dims = one.map((length, axis) => Math.max(length, two[axis]!));
  const at = (shape: number[], index: number): number => {
    let [rest, offset, stride] = [index, 0, 1];
    for (let axis = rank - 1; axis >= 0; axis--) {
      if (shape[axis] !== 1) offset += (rest % dims[axis]!) * stride;
      rest = Math.floor(rest / dims[axis]!);
      stride *= shape[axis]!;
    }
    return offset;
  };
  const size = dims.reduce((result, length) => result * length, 1);
  return { dims, data: Float64Array.from({ length: size }, (_, index) => apply(a.data[at(one, index)]!, b.data[at(two, index)]!)) };
}

function product(a: Values, b: Values): Values {
  const [rows, inner, columns] = [a.dims.at(-2)!, a.dims.at(-1)!, b.dims.at(-1)!];
  const batches = a.data.length / (rows * inner);
  const shared = b.data.length === inner * columns;
  const data = new Float64Array(batches * rows * columns);
  for (let batch = 0; batch < batches; batch++) {
    const [left, right] = [batch * rows * inner, shared ? 0 : batch * inner * columns];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += a.data[left + row * inner + k]! * b.data[right + k * columns + column]!;
        data[(batch * rows + row) * columns + column] = sum;
      }
    }
  }
  return { dims: [...a.dims.slice(0, -2), rows, columns], data };
}
