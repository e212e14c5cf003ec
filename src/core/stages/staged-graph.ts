// SPDX-License-Identifier: MIT
import { parseLayout } from '../hooks/layout.js';
import type { HookTable } from '../hooks/types.js';
import { GraphIndex } from '../onnx/graph.js';
import { inferElementTypes } from '../onnx/infer-types.js';
import type { OnnxModel, OnnxNode, OnnxValueInfo } from '../onnx/types.js';
import type { InterceptKind } from './intercept.js';
import { partition, type Partition } from './partition.js';
import { SegmentBuilder, type Segment } from './segment.js';

/**
 * A graph with its hooks, cut into stages and ready to be compiled piece by piece. It holds no session and no weights.
 */
export class StagedGraph {
  readonly model: OnnxModel;
  readonly table: HookTable;
  readonly index: GraphIndex;
  readonly partition: Partition;
  readonly elementTypes: ReadonlyMap<string, number>;
  /** Tensors between stages, in order: those of the table and any extra ones. */
  readonly cuts: readonly string[];
  /** The model's inputs, initializers that are listed as inputs left out. */
  readonly inputs: readonly OnnxValueInfo[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #builder: SegmentBuilder;
  readonly #hookTensors: ReadonlySet<string>;
  readonly #components: ReadonlySet<string>;
  readonly #position: ReadonlyMap<OnnxNode, number>;
  readonly #refined = new Map<string, StagedGraph>();
  readonly #outputs = new Map<string, string[]>();
  readonly #keys = new Map<string, string>();

  /** @param base - the graph with fewer cuts, whose indices are shared; `extra` - more tensors to cut at */
  constructor(model: OnnxModel, table: HookTable, base?: StagedGraph, extra: readonly string[] = []) {
    this.model = model;
    this.table = table;
    this.index = base?.index ?? new GraphIndex(model.graph);
    this.inputs = model.graph.inputs.filter(({ name }) => !this.index.initializer(name));
    this.inputNames = this.inputs.map(({ name }) => name);
    this.outputNames = model.graph.outputs.map(({ name }) => name);
    this.elementTypes = base?.elementTypes ?? inferElementTypes(model.graph, this.index);
    this.#position = base ? base.#position : new Map(this.index.topologicalOrder().map((node, position) => [node, position]));
    this.cuts = extra.length === 0 ? table.cuts : this.#inOrder([...new Set([...table.cuts, ...extra])]);
    this.partition = partition(model.graph, this.index, this.cuts);
    this.#builder = new SegmentBuilder(model, this.index, this.partition, this.elementTypes, knownDims(table));
    this.#hookTensors = base ? base.#hookTensors : new Set([...table.sites.values()].map((site) => site.tensor));
    this.#components = base ? base.#components : componentTensors(table);
  }

  /** This graph, cut at further tensors too. */
  refined(extra: readonly string[]): StagedGraph {
    const added = extra.filter((tensor) => !this.table.cuts.includes(tensor));
    if (added.length === 0) return this;
    const key = added.toSorted().join('\n');
    let graph = this.#refined.get(key);
    if (!graph) this.#refined.set(key, (graph = new StagedGraph(this.model, this.table, this, added)));
    return graph;
  }

  /** The first and last of this graph's stages that make up one stage of the table's own cuts (embedding, one per block, head). */
  rangeOf(stage: number): [first: number, last: number] {
    const cutAt = (number: number): number => this.cuts.indexOf(this.table.cuts[number]!);
    return [stage === 0 ? 0 : cutAt(stage - 1) + 1, stage === this.table.cuts.length ? this.cuts.length : cutAt(stage)];
  }

  /** What tells two pieces apart: their nodes and outputs. The same piece has the same key in every refinement. */
  keyOf(from: number, to: number, tapped: boolean): string {
    const place = `${from}-${to}-${tapped}`;
    let key = this.#keys.get(place);
    if (key === undefined) {
      const nodes = this.partition.stages.slice(from, to + 1).flat();
      key = `${nodes.length}:${hash(nodes.map((node) => this.#position.get(node)!).join())}:${hash(this.outputsOf(from, to, tapped).join())}`;
      this.#keys.set(place, key);
    }
    return key;
  }

  #inOrder(tensors: string[]): string[] {
    const positionOf = (tensor: string): number => this.#position.get(this.index.producer(tensor)?.node as OnnxNode) ?? -1;
    return tensors.toSorted((one, other) => positionOf(one) - positionOf(other));
  }

  /** Stages in all: embedding, one per block, head. */
  get stageCount(): number {
    return this.partition.stages.length;
  }

  /**
   * Tensors that stages `from` to `to` make and that later stages or the caller may want: what components write always, every other hook if
   * `tapped`.
   */
  outputsOf(from: number, to: number, tapped: boolean): readonly string[] {
    const key = `${from}-${to}-${tapped}`;
    const known = this.#outputs.get(key);
    if (known) return known;
    const graphOutputs = new Set(this.outputNames);
    const outputs: string[] = [];
    for (let stage = from; stage <= to; stage++) {
      for (const node of this.partition.stages[stage]!) {
        for (const tensor of node.outputs) {
          if (!tensor) continue;
          const hooked = tapped ? this.#hookTensors.has(tensor) : this.#components.has(tensor);
          if (hooked || graphOutputs.has(tensor) || this.isReadWithin(tensor, to + 1)) outputs.push(tensor);
        }
      }
    }
    this.#outputs.set(key, outputs);
    return outputs;
  }

  /** What a stage reads from outside: graph inputs and tensors of earlier stages. */
  inputsOf(stage: number): string[] {
    const { partition } = this;
    const read = new Set(partition.stages[stage]!.flatMap((node) => partition.inputsOf(node)));
    return [...read].filter(
      (tensor) => partition.stageOf(tensor) !== stage && !partition.isConstant(tensor) && !this.index.initializer(tensor),
    );
  }

  /** Tensors made before a stage and read in it or later; graph inputs are not among them. */
  boundaryBefore(stage: number): string[] {
    const earlier = this.partition.stages.slice(0, stage).flatMap((nodes) => nodes.flatMap((node) => node.outputs));
    return earlier.filter((tensor) => tensor !== '' && this.isReadWithin(tensor, stage));
  }

  /** Whether a stage from `first` to `last` reads the tensor. */
  isReadWithin(tensor: string, first: number, last = Infinity): boolean {
    return this.partition.readersOf(tensor).some((stage) => stage >= first && stage <= last);
  }

  /** Tensors of `tensors` that stages `from` to `to` make. */
  madeWithin(tensors: Iterable<string>, from: number, to: number): string[] {
    return [...tensors].filter((tensor) => {
      const stage = this.partition.stageOf(tensor);
      return stage !== undefined && stage >= from && stage <= to;
    });
  }

  /** The model of stages `from` to `to` (both included). `tapped`: every hook in them can be fetched. */
  segment(from: number, to: number, tapped: boolean, intercepts?: ReadonlyMap<string, readonly InterceptKind[]>): Segment {
    const nodes = this.partition.stages.slice(from, to + 1).flat();
    return this.#builder.build({ nodes, outputs: this.outputsOf(from, to, tapped), ...(intercepts ? { intercepts } : {}) });
  }

  /**
   * The model that computes `outputs` from `given` tensors and the graph's own inputs; undefined where something between would be
   * needed that depends on the residual stream before `given`.
   */
  segmentFrom(given: readonly string[], outputs: readonly string[]): Segment | undefined {
    const known = new Set(given);
    const nodes = new Set<OnnxNode>();
    const queue = outputs.filter((tensor) => !known.has(tensor));
    for (let tensor = queue.pop(); tensor !== undefined; tensor = queue.pop()) {
      const producer = this.index.producer(tensor)?.node;
      if (!producer || nodes.has(producer) || this.partition.isConstant(tensor)) continue;
      nodes.add(producer);
      for (const input of this.partition.inputsOf(producer)) if (input && !known.has(input)) queue.push(input);
    }
    const crossed = [...nodes].some((node) => node.outputs.some((output) => this.table.cuts.includes(output)));
    if (crossed) return undefined;
    const ordered = this.index.topologicalOrder().filter((node) => nodes.has(node));
    return this.#builder.build({ nodes: ordered, outputs });
  }
}

/**
 * What is added to the residual stream, and what heads and neurons hold before their output matrix. These lie at the ends of products, where
 * ONNX Runtime fuses nothing: giving them out costs a run 0 to 2 %, within what runs differ by, and the first attribution after a plain run
 * compiles no second session of every block. With norms between (post-norm models) that is not so, nor is attribution possible.
 */
function componentTensors(table: HookTable): Set<string> {
  if (table.architecture.normPosition !== 'pre') return new Set();
  const sites = [...table.sites.values()];
  return new Set(sites.filter(({ name }) => /hook_(embed|pos_embed|z|post|attn_out|mlp_out)$/.test(name)).map(({ tensor }) => tensor));
}

/** Dims of the tensors that hold hooks, as far as their layouts and the hooks' fixed lengths tell. */
function knownDims(table: HookTable): Map<string, (number | null)[]> {
  const known = new Map<string, (number | null)[]>();
  for (const site of table.sites.values()) {
    if (site.slice || site.derived) continue;
    const lengthOf = (letter: string): number | null => site.dims[site.letters.indexOf(letter)] ?? null;
    const dims = parseLayout(site.layout).map((group) =>
      group.reduce<number | null>((product, letter) => {
        const length = lengthOf(letter);
        return product === null || length === null ? null : product * length;
      }, 1),
    );
    known.set(site.tensor, dims);
  }
  return known;
}

/** FNV-1a of a text, twice with different seeds: 64 bits, for keys and nothing else. */
function hash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01234567;
  for (let index = 0; index < text.length; index++) {
    low = Math.imul(low ^ text.charCodeAt(index), 0x01000193) >>> 0;
    high = Math.imul(high ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return low.toString(36) + high.toString(36);
}
