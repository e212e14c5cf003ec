// SPDX-License-Identifier: MIT
import { valueInfo } from '../onnx/build.js';
import type { GraphIndex } from '../onnx/graph.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from '../onnx/types.js';
import {
  INTERCEPT_INPUTS,
  interceptInput,
  interceptInputDims,
  interceptInputType,
  interceptNodes,
  originalName,
  type InterceptKind,
} from './intercept.js';
import type { Partition } from './partition.js';

/** A part of a model as a model of its own. Weights are shared with the original, not copied. */
export interface Segment {
  model: OnnxModel;
  /** Tensors that it reads: graph inputs and what earlier stages made. */
  inputs: string[];
  outputs: string[];
}

export interface SegmentRequest {
  /** The nodes to compute, in topological order. Constants that they need are added. */
  nodes: readonly OnnxNode[];
  /** Tensors to give out. */
  outputs: readonly string[];
  /** What to do to tensors that these nodes make. */
  intercepts?: ReadonlyMap<string, readonly InterceptKind[]>;
}

/** Knows a graph well enough to cut pieces out of it. */
export class SegmentBuilder {
  readonly #model: OnnxModel;
  readonly #index: GraphIndex;
  readonly #partition: Partition;
  readonly #elementTypes: ReadonlyMap<string, number>;
  readonly #described = new Map<string, OnnxValueInfo>();

  /**
   * @param dims - what is known of the lengths of tensors that the file does not describe: without them, ONNX Runtime's own inference goes
   *   wrong behind some fused operators (GroupQueryAttention)
   */
  constructor(
    model: OnnxModel,
    index: GraphIndex,
    partition: Partition,
    elementTypes: ReadonlyMap<string, number>,
    dims: ReadonlyMap<string, (number | null)[]>,
  ) {
    this.#model = model;
    this.#index = index;
    this.#partition = partition;
    this.#elementTypes = elementTypes;
    const { inputs, outputs, valueInfo: inner } = model.graph;
    for (const [name, lengths] of dims) this.#described.set(name, valueInfo(name, elementTypes.get(name) ?? 1, lengths));
    for (const info of [...inner, ...outputs, ...inputs]) this.#described.set(info.name, info);
  }

  /** Cuts out `nodes` with everything constant that they need. */
  build(request: SegmentRequest): Segment {
    const nodes = new Set(request.nodes);
    const initializers = new Map<string, OnnxTensor>();
    const made = new Set<string>();
    const inputs = new Set<string>();
    for (const node of nodes) for (const output of node.outputs) made.add(output);

    const queue = [...nodes];
    for (let node = queue.pop(); node; node = queue.pop()) {
      for (const tensor of this.#partition.inputsOf(node)) {
        if (!tensor || made.has(tensor) || inputs.has(tensor) || initializers.has(tensor)) continue;
        const initializer = this.#index.initializer(tensor);
        if (initializer) initializers.set(tensor, initializer);
        else if (this.#partition.isConstant(tensor)) {
          const producer = this.#index.producer(tensor)!.node;
          nodes.add(producer);
          for (const output of producer.outputs) made.add(output);
          queue.push(producer);
        } else inputs.add(tensor);
      }
    }
    const ordered = this.#index.topologicalOrder().filter((node) => nodes.has(node));
    const intercepted = this.#intercept(ordered, request.intercepts ?? new Map());
    for (const info of intercepted.inputs) inputs.add(info.name);
    const added = new Map(intercepted.inputs.map((info) => [info.name, info]));
    const graph: OnnxGraph = {
      name: this.#model.graph.name || 'segment',
      nodes: intercepted.nodes,
      initializers: [...initializers.values()],
      inputs: [...inputs].map((name) => added.get(name) ?? this.#describe(name)),
      outputs: request.outputs.map((name) => this.#describe(name)),
      valueInfo: [],
      unknown: [],
    };
    return { model: { ...this.#model, graph }, inputs: [...inputs], outputs: [...request.outputs] };
  }

  /** The nodes with interceptions put behind the makers of the tensors that are intercepted, and the inputs that those read. */
  #intercept(
    nodes: readonly OnnxNode[],
    intercepts: ReadonlyMap<string, readonly InterceptKind[]>,
  ): { nodes: OnnxNode[]; inputs: OnnxValueInfo[] } {
    if (intercepts.size === 0) return { nodes: [...nodes], inputs: [] };
    const result: OnnxNode[] = [];
    const inputs: OnnxValueInfo[] = [];
    for (const node of nodes) {
      const touched = node.outputs.filter((tensor) => intercepts.has(tensor));
      if (touched.length === 0) {
        result.push(node);
        continue;
      }
      result.push({ ...node, outputs: node.outputs.map((tensor) => (intercepts.has(tensor) ? originalName(tensor) : tensor)) });
      for (const tensor of touched) {
        const kinds = intercepts.get(tensor)!;
        const elementType = this.#elementTypes.get(tensor) ?? 1;
        const dims = this.#described.get(tensor)?.dims;
        result.push(...interceptNodes(tensor, kinds));
        kinds.forEach((kind, step) => {
          for (const field of INTERCEPT_INPUTS[kind]) {
            const name = interceptInput(tensor, step, field);
            inputs.push(valueInfo(name, interceptInputType(field, elementType), dims && interceptInputDims(field, dims)));
          }
        });
      }
    }
    return { nodes: result, inputs };
  }

  #describe(name: string): OnnxValueInfo {
    return this.#described.get(name) ?? valueInfo(name, this.#elementTypes.get(name) ?? 1);
  }
}
