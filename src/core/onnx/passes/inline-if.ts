// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { node as makeNode } from '../build.js';
import { GraphIndex } from '../graph.js';
import type { OnnxGraph, OnnxModel, OnnxNode } from '../types.js';
import { removeDeadCode } from './dead-code.js';
import { definedNames, renameGraph, unusedName, type Rename } from './rename.js';

export type Branch = 'then' | 'else';

/** What {@link inlineIf} gives. */
export interface InlinedModel {
  model: OnnxModel;
  /** Graph inputs that this branch does not read, such as the condition itself; they are no longer inputs of the model. */
  droppedInputs: string[];
  /** Graph outputs that this branch does not compute: they are constants (mostly empty), and the caller keeps what it had. */
  constantOutputs: string[];
}

/** Operators through which a condition may come from its graph input. */
const TRANSPARENT = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Not']);

/**
 * The graph input that chooses between the branches of the `If` nodes at the top of a graph, as in the `decoder_model_merged.onnx`
 * of transformers.js 2, where it is called `use_cache_branch`; undefined in graphs without one. `If` nodes that decide by
 * something computed, as inside the layers of hybrid models, do not count.
 */
export function branchInput(graph: OnnxGraph): string | undefined {
  const index = new GraphIndex(graph);
  for (const node of graph.nodes) {
    const input = node.opType === 'If' ? conditionOf(node, index)?.input : undefined;
    if (input !== undefined) return input;
  }
  return undefined;
}

/**
 * The model with one branch of its top-level `If` in place of the `If`: what runs when the condition input is true (`then`, in merged
 * decoders: with past keys and values) or false (`else`: without). Weights are shared with the given model, which is not changed.
 * Names of graph outputs stay; names inside the branch stay unless they clash with the graph around it.
 *
 * @returns undefined where {@link branchInput} finds nothing: the model is flat already
 * @throws VitrineError `invalid-onnx` for an `If` without the branch
 * @example
 * const prompt = inlineIf(model, 'else')?.model ?? model;
 */
export function inlineIf(model: OnnxModel, branch: Branch): InlinedModel | undefined {
  const input = branchInput(model.graph);
  if (input === undefined) return undefined;
  let graph = model.graph;
  for (const node of model.graph.nodes) {
    if (node.opType !== 'If') continue;
    const condition = conditionOf(node, new GraphIndex(graph));
    if (condition?.input !== input) continue;
    const taken: Branch = condition.negated === (branch === 'then') ? 'else' : 'then';
    graph = inlineNode(graph, node, taken);
  }
  const live = removeDeadCode(graph);
  const index = new GraphIndex(live.graph);
  return {
    model: { ...model, graph: live.graph },
    droppedInputs: live.droppedInputs,
    constantOutputs: live.graph.outputs.map(({ name }) => name).filter((name) => index.constant(name) !== undefined),
  };
}

function conditionOf(node: OnnxNode, index: GraphIndex): { input: string; negated: boolean } | undefined {
  let name = node.inputs[0] ?? '';
  let negated = false;
  for (let steps = 0; steps < 16; steps++) {
    if (index.isInput(name)) return { input: name, negated };
    const producer = index.producer(name)?.node;
    if (producer === undefined || !TRANSPARENT.has(producer.opType)) return undefined;
    if (producer.opType === 'Not') negated = !negated;
    name = producer.inputs[0] ?? '';
  }
  return undefined;
}

function inlineNode(graph: OnnxGraph, node: OnnxNode, branch: Branch): OnnxGraph {
  const body = node.attributes.get(`${branch}_branch`)?.graph;
  if (body === undefined || body.outputs.length !== node.outputs.length) {
    throw new VitrineError(
      'invalid-onnx',
      `The If node "${node.name}" needs a ${branch}_branch with ${node.outputs.length} outputs and has ${body?.outputs.length ?? 'none'}. Export the model again.`,
    );
  }
  const rename = branchNames(graph, node, body);
  const { nodes, initializers, valueInfo } = renameGraph(body, rename);
  const made = new Set<string>(nodes.flatMap(({ outputs }) => outputs));
  const links: OnnxNode[] = [];
  node.outputs.forEach((outer, position) => {
    const name = body.outputs[position]!.name;
    const inner = rename.get(name) ?? name;
    // Reached under its own name already, unless the branch gives out an outer tensor, an initializer, or one tensor twice.
    if (outer !== '' && !(inner === outer && made.has(inner))) links.push(makeNode('Identity', [inner], [outer]));
  });
  const at = graph.nodes.indexOf(node);
  return {
    ...graph,
    nodes: [...graph.nodes.slice(0, at), ...nodes, ...links, ...graph.nodes.slice(at + 1)],
    initializers: [...graph.initializers, ...initializers],
    valueInfo: [...graph.valueInfo, ...valueInfo],
  };
}

/** New names for what the branch defines: its outputs take the names outside, and names that clash with the graph around get new ones. */
function branchNames(graph: OnnxGraph, node: OnnxNode, body: OnnxGraph): Rename {
  const taken = definedNames(graph);
  const computed = new Set(body.nodes.flatMap(({ outputs }) => outputs));
  const rename = new Map<string, string>();
  node.outputs.forEach((outer, position) => {
    const inner = body.outputs[position]!.name;
    if (outer !== '' && computed.has(inner) && !rename.has(inner)) rename.set(inner, outer);
  });
  const own = definedNames(body);
  for (const name of own) {
    if (rename.has(name) || !taken.has(name)) continue;
    const fresh = unusedName(name, taken, own);
    taken.add(fresh);
    rename.set(name, fresh);
  }
  return rename;
}
