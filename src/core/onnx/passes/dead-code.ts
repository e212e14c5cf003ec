// SPDX-License-Identifier: MIT
import { GraphIndex, namesRead } from '../graph.js';
import type { OnnxGraph, OnnxNode } from '../types.js';

/** What {@link removeDeadCode} gives. */
export interface LiveGraph {
  graph: OnnxGraph;
  /** Names of graph inputs that nothing reads any more; they are no longer in `graph.inputs`. */
  droppedInputs: string[];
}

/**
 * A graph without the nodes, initializers, inputs and value infos that no graph output depends on. Nodes stay in their order;
 * what branches of `If` read by name counts as read.
 *
 * @example
 * const { graph, droppedInputs } = removeDeadCode({ ...graph, outputs: [valueInfo('hidden', DataType.float32)] });
 */
export function removeDeadCode(graph: OnnxGraph, index = new GraphIndex(graph)): LiveGraph {
  const outputs = graph.outputs.map(({ name }) => name);
  const { nodes, names } = reachBack(index, outputs);
  const droppedInputs = graph.inputs.map(({ name }) => name).filter((name) => !names.has(name));
  return {
    graph: {
      ...graph,
      nodes: graph.nodes.filter((node) => nodes.has(node)),
      initializers: graph.initializers.filter(({ name }) => names.has(name)),
      inputs: graph.inputs.filter(({ name }) => names.has(name)),
      valueInfo: graph.valueInfo.filter(({ name }) => names.has(name)),
    },
    droppedInputs,
  };
}

/**
 * The nodes that `targets` depend on, and every name on the way, without going beyond the names in `stops`.
 *
 * @param stops - tensors taken as given
 */
export function reachBack(
  index: GraphIndex,
  targets: Iterable<string>,
  stops: ReadonlySet<string> = new Set(),
): { nodes: Set<OnnxNode>; names: Set<string> } {
  const nodes = new Set<OnnxNode>();
  const names = new Set<string>();
  const pending = [...targets];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    if (stops.has(name)) continue;
    const node = index.producer(name)?.node;
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    for (const needed of namesRead(node)) pending.push(needed);
    for (const output of node.outputs) if (output !== '' && !stops.has(output)) names.add(output);
  }
  return { nodes, names };
}
