// SPDX-License-Identifier: MIT
import { namesRead } from '../onnx/graph.js';
import type { GraphIndex } from '../onnx/graph.js';
import { DataType } from '../onnx/types.js';
import type { OnnxGraph, OnnxNode, OnnxValueInfo } from '../onnx/types.js';
import { readInt } from './attributes.js';
import type { DryRun } from './dry-run.js';

/** Operators whose output does not depend on the values of their input, only on its shape. */
const shapeOnly = new Set(['Shape', 'Size']);

/** Nodes that add up two streams and normalise the sum in one go. */
const skipNorms = new Set(['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization']);

/** True for ONNX Runtime's fused residual addition and norm. */
export const isSkipNorm = (node: OnnxNode | undefined): node is OnnxNode => node !== undefined && skipNorms.has(node.opType);

/** The name of the sum inside a fused residual norm: its output 3, or a made-up name where the node does not give it out. */
export const skipSum = (node: OnnxNode): string => node.outputs[3] || `${node.outputs[0]}\u0000sum`;

/** False for a tensor that exists only inside a fused node. */
export const isReal = (tensor: string): boolean => !tensor.includes('\u0000');

/**
 * How the content of the input (tokens or pixels, once embedded) flows through a graph. A tensor is *content* where its values
 * depend on an embedding; masks, positions, shapes, past keys and weights are not. On that flow, the *dominator* of a tensor
 * is the nearest single tensor that all its content comes through. A residual stream is then simply the chain of
 * dominators of the output, and the steps q goes through on its way to the scores are the dominators of q.
 */
export class Flow {
  readonly index: GraphIndex;
  readonly dry: DryRun;
  /** Outputs of embeddings: where content begins. */
  readonly seeds: string[] = [];
  readonly #varying = new Set<string>();
  readonly #sources = new Map<string, number>();
  readonly #parents = new Map<string, string[]>();
  readonly #dominator = new Map<string, string>();
  readonly #depth = new Map<string, number>();

  constructor(graph: OnnxGraph, index: GraphIndex, dry: DryRun) {
    this.index = index;
    this.dry = dry;
    const inputs = graph.inputs.filter(({ name }) => index.isInput(name));
    const known = inputs.some(({ name }) => inputRole(name) === role.ids || inputRole(name) === role.content);
    for (const input of inputs) {
      const { name } = input;
      const what = known ? inputRole(name) : guessedRole(input);
      this.#varying.add(name);
      this.#sources.set(name, what);
      if (what === role.content) this.#seed(name);
    }
    for (const node of index.topologicalOrder()) this.#flowThrough(node);
  }

  /** Values depend on the embedded tokens or pixels. */
  isContent(tensor: string): boolean {
    return this.#depth.has(tensor);
  }

  /** Values depend on any input of the graph, such as a mask or a past key; the contrary of a weight. */
  isVarying(tensor: string): boolean {
    return this.#varying.has(tensor);
  }

  /** Whether values depend on an input of the given role. */
  dependsOn(tensor: string, which: number): boolean {
    return ((this.#sources.get(tensor) ?? 0) & which) !== 0;
  }

  node(tensor: string): OnnxNode | undefined {
    const producer = this.index.producer(tensor);
    return producer?.node;
  }

  /** The content tensors that a tensor is computed from directly. */
  parents(tensor: string): readonly string[] {
    return this.#parents.get(tensor) ?? [];
  }

  /** The nearest tensor that all content of `tensor` comes through; undefined at an embedding. */
  dominator(tensor: string): string | undefined {
    return this.#dominator.get(tensor);
  }

  /** How many dominators a tensor has. */
  depth(tensor: string): number {
    return this.#depth.get(tensor) ?? -1;
  }

  /** The tensor and its dominators, from the tensor back to the embedding. */
  chain(tensor: string, stop?: string): string[] {
    const chain: string[] = [];
    for (let at: string | undefined = tensor; at !== undefined; at = this.#dominator.get(at)) {
      chain.push(at);
      if (at === stop) break;
    }
    return chain;
  }

  /** Every content tensor on a way from `from` to `to`, without `from`; empty where `from` does not lead to `to`. */
  between(from: string, to: string): string[] {
    const seen = new Set<string>([to]);
    const queue = [to];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const parent of this.parents(at)) {
        if (parent === from || seen.has(parent) || this.depth(parent) < this.depth(from)) continue;
        seen.add(parent);
        queue.push(parent);
      }
    }
    return [...seen];
  }

  #seed(tensor: string): void {
    this.seeds.push(tensor);
    this.#depth.set(tensor, 0);
    this.#parents.set(tensor, []);
  }

  #flowThrough(node: OnnxNode): void {
    const read = shapeOnly.has(node.opType) ? [] : namesRead(node);
    const varying = read.some((name) => this.#varying.has(name));
    let sources = read.reduce((bits, name) => bits | (this.#sources.get(name) ?? 0), 0);
    let content = [...new Set(read.filter((name) => this.#depth.has(name)))];
    if (isSkipNorm(node) && content.length > 0) {
      const sum = skipSum(node);
      this.#mark(sum, varying, sources, content);
      content = [sum];
    }
    const seeded = content.length === 0 && this.#isEmbedding(node);
    if (seeded) sources |= role.content;
    for (const name of node.outputs) {
      if (name === '' || this.#depth.has(name)) continue;
      this.#mark(name, varying, sources, content);
      if (seeded && name === node.outputs[0]) this.#seed(name);
    }
  }

  #mark(name: string, varying: boolean, sources: number, content: string[]): void {
    if (varying) this.#varying.add(name);
    if (sources) this.#sources.set(name, sources);
    if (content.length === 0) return;
    this.#parents.set(name, content);
    let meet: string | undefined = content[0];
    for (const other of content.slice(1)) meet = this.#meet(meet, other);
    if (meet !== undefined) this.#dominator.set(name, meet);
    this.#depth.set(name, meet === undefined ? 0 : this.depth(meet) + 1);
  }

  /** The deepest common dominator of two tensors. */
  #meet(one: string | undefined, two: string | undefined): string | undefined {
    while (one !== two) {
      if (one === undefined || two === undefined) return undefined;
      if (this.depth(one) >= this.depth(two)) one = this.#dominator.get(one);
      else two = this.#dominator.get(two);
    }
    return one;
  }

  /** A look-up of token ids in a table of vectors, or the same fused with the first norm. */
  #isEmbedding(node: OnnxNode): boolean {
    if (node.opType === 'EmbedLayerNormalization') return true;
    if (node.opType !== 'Gather' && node.opType !== 'GatherBlockQuantized') return false;
    const [table = '', ids = ''] = node.inputs;
    if (this.#varying.has(table) || !this.dependsOn(ids, role.ids) || readInt(node, 'axis', 0) !== 0) return false;
    const dims = this.dry.dims(table);
    return dims?.length === 2 && dims[0]! > 1 && dims[1]! > 1;
  }
}

/** What the inputs of a transformers.js graph are for; their names are its interface. */
export const role = { content: 1, ids: 2, types: 4, positions: 8, mask: 16, past: 32, encoder: 64, other: 128 } as const;

function inputRole(name: string): number {
  if (/past|cache/.test(name)) return role.past;
  if (/encoder_(hidden_states|outputs|attention_mask)/.test(name)) return role.encoder;
  if (/attention_mask|pixel_mask|bool_masked/.test(name)) return role.mask;
  if (/position_ids/.test(name)) return role.positions;
  if (/token_type_ids|segment_ids/.test(name)) return role.types;
  if (/input_ids|decoder_input_ids/.test(name)) return role.ids;
  if (/inputs_embeds|pixel_values|input_features|input_values|hidden_states/.test(name)) return role.content;
  return role.other;
}

/** For graphs whose inputs have names of their own: whole numbers are ids, rows of numbers content. */
function guessedRole({ name, elementType, dims }: OnnxValueInfo): number {
  const named = inputRole(name);
  if (named !== role.other) return named;
  if (elementType === DataType.int64 || elementType === DataType.int32) return role.ids;
  return (dims?.length ?? 3) >= 2 ? role.content : named;
}
