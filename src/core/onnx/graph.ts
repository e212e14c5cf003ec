// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { rawTensor } from './build.js';
import { DataType, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from './types.js';

/** The node and output position that make a tensor. */
export interface Producer {
  node: OnnxNode;
  output: number;
}

/** A node and input position that read a tensor; `input` is -1 where a graph inside the node (a branch of `If`) reads it by name. */
export interface Consumer {
  node: OnnxNode;
  input: number;
}

/** How many Identity nodes {@link GraphIndex.constant} follows. */
const MAX_IDENTITIES = 16;

/**
 * Who makes and who reads each tensor of a graph, built once in a pass over the nodes. The graph must not change afterwards:
 * make a new index for a new graph.
 *
 * @example
 * const index = new GraphIndex(model.graph);
 * index.consumers('input_ids').map(({ node }) => node.opType)   // ['Gather', 'Shape']
 */
export class GraphIndex {
  readonly graph: OnnxGraph;
  readonly #outer: GraphIndex | undefined;
  readonly #producers = new Map<string, Producer>();
  readonly #consumers = new Map<string, Consumer[]>();
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #inputs: Set<string>;
  readonly #outputs: Set<string>;
  #order: OnnxNode[] | undefined;

  /**
   * @param graph - a model's graph, or a branch
   * @param outer - for a branch: the index of the graph around it, in which constants are looked up too
   * @throws VitrineError `invalid-onnx` where two nodes make the same tensor
   */
  constructor(graph: OnnxGraph, outer?: GraphIndex) {
    this.graph = graph;
    this.#outer = outer;
    this.#inputs = new Set(graph.inputs.map(({ name }) => name));
    this.#outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const tensor of graph.initializers) this.#initializers.set(tensor.name, tensor);
    for (const node of graph.nodes) this.#add(node);
  }

  /** What makes `tensor`; undefined for graph inputs, initializers and unknown names. */
  producer(tensor: string): Producer | undefined {
    return this.#producers.get(tensor);
  }

  /** Who reads `tensor`, in the order of the nodes. A graph output is no consumer: see {@link isOutput}. */
  consumers(tensor: string): readonly Consumer[] {
    return this.#consumers.get(tensor) ?? [];
  }

  initializer(name: string): OnnxTensor | undefined {
    return this.#initializers.get(name);
  }

  /** True for a graph input that is not an initializer with the same name (a default value, as old exporters wrote them). */
  isInput(tensor: string): boolean {
    return this.#inputs.has(tensor) && !this.#initializers.has(tensor);
  }

  isOutput(tensor: string): boolean {
    return this.#outputs.has(tensor);
  }

  /** Whether anything in this graph makes or holds the name: a node, an initializer or an input. */
  defines(tensor: string): boolean {
    return this.#producers.has(tensor) || this.#initializers.has(tensor) || this.#inputs.has(tensor);
  }

  /** The tensor of an initializer, of a Constant node, or of an Identity of these; undefined for anything computed. */
  constant(name: string): OnnxTensor | undefined {
    let current = name;
    for (let step = 0; step < MAX_IDENTITIES; step++) {
      const initializer = this.#initializers.get(current);
      if (initializer !== undefined) return initializer;
      const producer = this.#producers.get(current);
      if (producer === undefined) return this.#inputs.has(current) ? undefined : this.#outer?.constant(current);
      if (producer.node.domain !== '') return undefined;
      if (producer.node.opType === 'Constant') return constantValue(producer.node);
      if (producer.node.opType !== 'Identity') return undefined;
      current = producer.node.inputs[0] ?? '';
    }
    return undefined;
  }

  /**
   * The nodes so that each comes after the makers of all that it reads, including what graphs inside it read. The file's own
   * order is kept where it is already right.
   *
   * @throws VitrineError `invalid-onnx` where nodes wait for each other in a circle
   */
  topologicalOrder(): readonly OnnxNode[] {
    return (this.#order ??= sortNodes(this.graph.nodes, this));
  }

  #add(node: OnnxNode): void {
    node.outputs.forEach((name, output) => {
      if (name === '') return;
      if (this.#producers.has(name)) {
        throw new VitrineError(
          'invalid-onnx',
          `Two nodes of the graph both make the tensor "${name}". The file is damaged; export it again.`,
        );
      }
      this.#producers.set(name, { node, output });
    });
    node.inputs.forEach((name, input) => {
      if (name !== '') this.#read(name, { node, input });
    });
    for (const name of outerNames(node)) this.#read(name, { node, input: -1 });
  }

  #read(name: string, consumer: Consumer): void {
    const known = this.#consumers.get(name);
    if (known === undefined) this.#consumers.set(name, [consumer]);
    else known.push(consumer);
  }
}

/** The graphs that a node holds: the branches of `If`, the body of `Loop` and `Scan`. */
export function innerGraphs(node: OnnxNode): OnnxGraph[] {
  const graphs: OnnxGraph[] = [];
  for (const { graph, graphs: more } of node.attributes.values()) {
    if (graph !== undefined) graphs.push(graph);
    if (more !== undefined) graphs.push(...more);
  }
  return graphs;
}

/** A node with each graph inside it replaced by `change` of it; the node itself where it holds none. */
export function withInnerGraphs(node: OnnxNode, change: (graph: OnnxGraph) => OnnxGraph): OnnxNode {
  if (innerGraphs(node).length === 0) return node;
  const attributes = new Map<string, OnnxAttribute>();
  for (const [name, attribute] of node.attributes) {
    const { graph, graphs, source: _, ...rest } = attribute;
    if (graph !== undefined) attributes.set(name, { ...rest, graph: change(graph) });
    else if (graphs !== undefined) attributes.set(name, { ...rest, graphs: graphs.map(change) });
    else attributes.set(name, attribute);
  }
  return { ...node, attributes };
}

/** The names that graphs inside a node read from the graph around it, each once. */
export function outerNames(node: OnnxNode): string[] {
  const names = new Set<string>();
  for (const graph of innerGraphs(node)) for (const name of freeNames(graph)) names.add(name);
  return [...names];
}

/** All that a node reads: its inputs (without the absent ones) and what graphs inside it read by name. */
export function namesRead(node: OnnxNode): string[] {
  return [...node.inputs.filter((name) => name !== ''), ...outerNames(node)];
}

/** The names that a graph reads and does not define itself. */
export function freeNames(graph: OnnxGraph): Set<string> {
  const free = new Set<string>();
  for (const node of graph.nodes) for (const name of namesRead(node)) free.add(name);
  for (const { name } of graph.outputs) free.add(name);
  for (const { name } of graph.inputs) free.delete(name);
  for (const { name } of graph.initializers) free.delete(name);
  for (const node of graph.nodes) for (const name of node.outputs) free.delete(name);
  return free;
}

/** The value of a Constant node in whichever attribute it is; undefined for strings and sparse tensors. */
function constantValue(node: OnnxNode): OnnxTensor | undefined {
  const name = node.outputs[0] ?? '';
  for (const { name: kind, tensor, float, floats, int, ints } of node.attributes.values()) {
    if (kind === 'value') return tensor;
    if (kind === 'value_float') return rawTensor(name, DataType.float32, Float32Array.of(float ?? 0), []);
    if (kind === 'value_floats') return rawTensor(name, DataType.float32, Float32Array.from(floats ?? []), [floats?.length ?? 0]);
    if (kind === 'value_int') return rawTensor(name, DataType.int64, BigInt64Array.of(BigInt(int ?? 0)), []);
    if (kind === 'value_ints') return rawTensor(name, DataType.int64, BigInt64Array.from(ints ?? [], BigInt), [ints?.length ?? 0]);
  }
  return undefined;
}

/** Depth first from each node in turn to what it needs; with its own stack, since chains are thousands of nodes long. */
function sortNodes(nodes: readonly OnnxNode[], index: GraphIndex): OnnxNode[] {
  const sorted: OnnxNode[] = [];
  const done = new Set<OnnxNode>();
  const open = new Set<OnnxNode>();
  for (const start of nodes) {
    const stack = [{ node: start, needs: neededNodes(start, index) }];
    if (!done.has(start)) open.add(start);
    else stack.pop();
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.needs.pop();
      if (next === undefined) {
        stack.pop();
        open.delete(top.node);
        done.add(top.node);
        sorted.push(top.node);
      } else if (open.has(next)) {
        throw new VitrineError(
          'invalid-onnx',
          `The node "${next.name}" (${next.opType}) needs its own result. The file is damaged; export it again.`,
        );
      } else if (!done.has(next)) {
        open.add(next);
        stack.push({ node: next, needs: neededNodes(next, index) });
      }
    }
  }
  return sorted;
}

/** The makers of all that a node reads, the first one last. */
function neededNodes(node: OnnxNode, index: GraphIndex): OnnxNode[] {
  const needed: OnnxNode[] = [];
  for (const name of namesRead(node).reverse()) {
    const producer = index.producer(name);
    if (producer !== undefined) needed.push(producer.node);
  }
  return needed;
}
