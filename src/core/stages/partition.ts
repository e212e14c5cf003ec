// SPDX-License-Identifier: MIT
import { namesRead, type GraphIndex } from '../onnx/graph.js';
import type { OnnxGraph, OnnxNode } from '../onnx/types.js';

/**
 * A graph cut at the residual stream. Stage 0 makes what enters block 0, stage l + 1 is block l, the last stage is the head.
 * A node belongs to the first stage in which all that it reads is known; one that depends on no cut at all (masks, rotary tables)
 * is put off to the first stage that needs it; one that depends on nothing but constants belongs to no stage and is copied into each
 * piece that uses it, so that the runtime folds it there.
 */
export interface Partition {
  /** Nodes of each stage, in topological order. */
  readonly stages: readonly (readonly OnnxNode[])[];
  /** Stage that produces a tensor; undefined for graph inputs and constants. */
  stageOf(tensor: string): number | undefined;
  /** Stages that read a tensor, ascending. */
  readersOf(tensor: string): readonly number[];
  /** Whether a tensor depends on nothing but initializers and Constant nodes. */
  isConstant(tensor: string): boolean;
  /** Whether a tensor depends on a cut, that is on the residual stream, rather than only on the graph's inputs. */
  dependsOnStream(tensor: string): boolean;
  /** Whether a tensor holds values that come from the stream, rather than only its shape. */
  carriesStream(tensor: string): boolean;
  /** What a node reads, tensors of outer scopes that its sub-graphs use included. */
  inputsOf(node: OnnxNode): readonly string[];
}

const CONSTANT = -1;
const FREE = 0;

/**
 * Distributes the nodes of `graph` over `cuts.length + 1` stages.
 *
 * @param cuts - tensors in forward order; each belongs to the stage before it, its readers to the stage after it or later
 */
export function partition(graph: OnnxGraph, index: GraphIndex, cuts: readonly string[]): Partition {
  const cutNumber = new Map(cuts.map((tensor, number) => [tensor, number]));
  const graphInputs = new Set(graph.inputs.map((input) => input.name).filter((name) => !index.initializer(name)));
  const nodes = index.topologicalOrder();
  const reads = new Map(nodes.map((node) => [node, namesRead(node)]));
  const level = forwardLevels(nodes, reads, cutNumber, graphInputs);
  const stage = assignStages(graph, nodes, reads, level, cutNumber);

  const carriers = streamCarriers(nodes, reads, cuts);

  const stages: OnnxNode[][] = Array.from({ length: cuts.length + 1 }, () => []);
  const producerStage = new Map<string, number>();
  for (const node of nodes) {
    const at = stage.get(node);
    if (at === undefined) continue;
    stages[at]!.push(node);
    for (const output of node.outputs) if (output) producerStage.set(output, at);
  }
  const readers = new Map<string, number[]>();
  stages.forEach((members, at) => {
    for (const node of members) {
      for (const tensor of reads.get(node)!) {
        const known = readers.get(tensor);
        if (!known) readers.set(tensor, [at]);
        else if (known.at(-1) !== at) known.push(at);
      }
    }
  });
  return {
    stages,
    stageOf: (tensor) => producerStage.get(tensor),
    readersOf: (tensor) => readers.get(tensor) ?? [],
    isConstant: (tensor) => level.get(tensor) === CONSTANT,
    carriesStream: (tensor) => carriers.has(tensor),
    dependsOnStream: (tensor) => (level.get(tensor) ?? FREE) > FREE || cutNumber.has(tensor),
    inputsOf: (node) => reads.get(node) ?? namesRead(node),
  };
}

/** Tensors into which values of a cut flow; a shape that is read off a tensor holds none of them. */
function streamCarriers(nodes: readonly OnnxNode[], reads: Map<OnnxNode, readonly string[]>, cuts: readonly string[]): Set<string> {
  const carriers = new Set(cuts);
  for (const node of nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size' || !reads.get(node)!.some((tensor) => carriers.has(tensor))) continue;
    for (const output of node.outputs) if (output) carriers.add(output);
  }
  return carriers;
}

/** Level of every tensor: CONSTANT, FREE (depends on graph inputs only), or 1 + the number of the last cut that it depends on. */
function forwardLevels(
  nodes: readonly OnnxNode[],
  reads: Map<OnnxNode, readonly string[]>,
  cutNumber: Map<string, number>,
  graphInputs: Set<string>,
): Map<string, number> {
  const level = new Map<string, number>();
  for (const name of graphInputs) level.set(name, FREE);
  for (const node of nodes) {
    let highest = CONSTANT;
    for (const tensor of reads.get(node)!) {
      const cut = cutNumber.get(tensor);
      const needs = cut === undefined ? (level.get(tensor) ?? CONSTANT) : cut + 1;
      if (needs > highest) highest = needs;
    }
    // A node without inputs that is not a constant draws random numbers.
    if (highest === CONSTANT && node.inputs.length === 0 && node.opType !== 'Constant') highest = FREE;
    for (const output of node.outputs) if (output) level.set(output, highest);
  }
  return level;
}

/** Stage of every live, non-constant node. */
function assignStages(
  graph: OnnxGraph,
  nodes: readonly OnnxNode[],
  reads: Map<OnnxNode, readonly string[]>,
  level: Map<string, number>,
  cutNumber: Map<string, number>,
): Map<OnnxNode, number> {
  const stage = new Map<OnnxNode, number>();
  /** Earliest stage that reads a tensor; a graph output is read at once. */
  const firstUse = new Map<string, number>();
  const use = (tensor: string, at: number): void => {
    const known = firstUse.get(tensor);
    if (known === undefined || at < known) firstUse.set(tensor, at);
  };
  for (const output of graph.outputs) use(output.name, Math.max(FREE, level.get(output.name) ?? FREE));
  for (const [tensor, number] of cutNumber) use(tensor, number);
  for (let position = nodes.length - 1; position >= 0; position--) {
    const node = nodes[position]!;
    let at: number | undefined;
    for (const output of node.outputs) {
      const used = output ? firstUse.get(output) : undefined;
      if (used !== undefined && (at === undefined || used < at)) at = used;
    }
    if (at === undefined) continue;
    const first = node.outputs.find((output) => output !== '')!;
    const own = level.get(first)!;
    if (own === CONSTANT) {
      for (const tensor of reads.get(node)!) use(tensor, at);
      if (graph.outputs.some((output) => node.outputs.includes(output.name))) stage.set(node, 0);
      continue;
    }
    if (own > FREE) at = own;
    stage.set(node, at);
    for (const tensor of reads.get(node)!) use(tensor, at);
  }
  return stage;
}
