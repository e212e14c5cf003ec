// SPDX-License-Identifier: MIT
import { withInnerGraphs } from '../graph.js';
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from '../types.js';

/** Old tensor names and their new ones. */
export type Rename = ReadonlyMap<string, string>;

/** Every name that a graph itself defines: inputs, initializers and what nodes make; not what graphs inside its nodes define. */
export function definedNames(graph: OnnxGraph): Set<string> {
  const names = new Set<string>();
  for (const { name } of [...graph.inputs, ...graph.initializers]) names.add(name);
  for (const { outputs } of graph.nodes) for (const name of outputs) if (name !== '') names.add(name);
  return names;
}

/**
 * A graph with tensors renamed wherever they are made, read or described. Graphs inside nodes follow, up to where they define the
 * old name themselves. Parts without a change are shared with the given graph.
 *
 * @example
 * renameGraph(graph, new Map([['hidden', 'layer0.hidden']]))
 */
export function renameGraph(graph: OnnxGraph, rename: Rename): OnnxGraph {
  if (rename.size === 0) return graph;
  const name = (old: string): string => rename.get(old) ?? old;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renameNode(node, rename)),
    initializers: graph.initializers.map((tensor): OnnxTensor =>
      rename.has(tensor.name) ? { ...tensor, name: name(tensor.name) } : tensor,
    ),
    inputs: graph.inputs.map((info) => renameInfo(info, rename)),
    outputs: graph.outputs.map((info) => renameInfo(info, rename)),
    valueInfo: graph.valueInfo.map((info) => renameInfo(info, rename)),
  };
}

function renameNode(node: OnnxNode, rename: Rename): OnnxNode {
  const name = (old: string): string => rename.get(old) ?? old;
  const renamed = { ...node, inputs: node.inputs.map(name), outputs: node.outputs.map(name) };
  return withInnerGraphs(renamed, (inner) => {
    const own = definedNames(inner);
    const passed = [...rename].filter(([old]) => !own.has(old));
    // A new name from outside must not be captured by an inner tensor that happens to have it.
    const moved = passed.flatMap(([, fresh]) => (own.has(fresh) ? [[fresh, unusedName(fresh, own)] as const] : []));
    return renameGraph(inner, new Map([...passed, ...moved]));
  });
}

/** `name` with an ending that makes it differ from all of `taken`. */
export function unusedName(name: string, ...taken: ReadonlySet<string>[]): string {
  let fresh = `${name}_inner`;
  for (let count = 1; taken.some((names) => names.has(fresh)); count++) fresh = `${name}_inner_${count}`;
  return fresh;
}

function renameInfo(info: OnnxValueInfo, rename: Rename): OnnxValueInfo {
  const name = rename.get(info.name);
  if (name === undefined) return info;
  const { source: _, ...rest } = info;
  return { ...rest, name };
}
