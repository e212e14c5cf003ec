// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { valueInfo } from '../build.js';
import { GraphIndex } from '../graph.js';
import { inferElementTypes } from '../infer-types.js';
import type { OnnxGraph, OnnxValueInfo } from '../types.js';
import { reachBack } from './dead-code.js';

/** What {@link extract} cuts out. */
export interface ExtractRequest {
  /** Tensors that the piece takes as given: names, or value infos where the graph's own description is not to be used. */
  inputs: readonly (string | OnnxValueInfo)[];
  /** Tensors that it gives. */
  outputs: readonly (string | OnnxValueInfo)[];
  /** An index of the graph, where there is one already. */
  index?: GraphIndex;
  /** Element types of all tensors, where they are known already; see `inferElementTypes`. */
  types?: ReadonlyMap<string, number>;
}

/**
 * The part of a graph that computes `outputs` from `inputs`, as a graph of its own. Nodes and weights are shared with the given
 * graph. Its inputs are those of `inputs` that are needed, in their order, then further inputs of the whole graph that are
 * needed. Nodes are in topological order. What branches of `If` read by name counts as read.
 *
 * @throws VitrineError `invalid-input` for a name that the graph does not have, or for an output that is also an input
 * @example
 * extract(graph, { inputs: ['/h.0/Add_1_output_0', 'mask'], outputs: ['/h.1/Add_1_output_0'] })
 */
export function extract(graph: OnnxGraph, request: ExtractRequest): OnnxGraph {
  const index = request.index ?? new GraphIndex(graph);
  const inputs = describe(graph, request.inputs, () => request.types ?? inferElementTypes(graph, index));
  const outputs = describe(graph, request.outputs, () => request.types ?? new Map());
  const stops = new Set(inputs.map(({ name }) => name));
  for (const { name } of [...inputs, ...outputs]) requireTensor(index, name);
  for (const { name } of outputs) {
    if (!stops.has(name)) continue;
    throw new VitrineError(
      'invalid-input',
      `The tensor "${name}" is both an input and an output of the piece; leave it out of the outputs.`,
    );
  }

  const { nodes, names } = reachBack(
    index,
    outputs.map(({ name }) => name),
    stops,
  );
  const needed = inputs.filter(({ name }) => names.has(name));
  const further = graph.inputs.filter(({ name }) => names.has(name) && !stops.has(name));
  return {
    ...graph,
    nodes: index.topologicalOrder().filter((node) => nodes.has(node)),
    initializers: graph.initializers.filter(({ name }) => names.has(name) && !stops.has(name)),
    inputs: [...needed, ...further],
    outputs,
    valueInfo: graph.valueInfo.filter(({ name }) => names.has(name) && !stops.has(name)),
  };
}

/** Value infos for names: what the graph says of them, completed by inferred element types where it says none. */
function describe(
  graph: OnnxGraph,
  wanted: readonly (string | OnnxValueInfo)[],
  infer: () => ReadonlyMap<string, number>,
): OnnxValueInfo[] {
  const known = new Map([...graph.valueInfo, ...graph.outputs, ...graph.inputs].map((info) => [info.name, info]));
  let types: ReadonlyMap<string, number> | undefined;
  return wanted.map((item) => {
    if (typeof item !== 'string') return item;
    const info = known.get(item);
    if (info !== undefined && info.elementType !== 0) return info;
    return valueInfo(item, (types ??= infer()).get(item) ?? 0);
  });
}

function requireTensor(index: GraphIndex, name: string): void {
  if (index.defines(name)) return;
  throw new VitrineError(
    'invalid-input',
    `The graph has no tensor "${name}". Give the name of a node's output, an initializer or a graph input.`,
  );
}
