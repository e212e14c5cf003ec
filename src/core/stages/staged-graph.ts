// SPDX-License-Identifier: MIT
import type { HookTable } from '../hooks/types.js';
import { GraphIndex } from '../onnx/graph.js';
import { inferElementTypes } from '../onnx/infer-types.js';
import type { OnnxModel, OnnxNode } from '../onnx/types.js';
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
  readonly #builder: SegmentBuilder;
  readonly #hookTensors: ReadonlySet<string>;

  constructor(model: OnnxModel, table: HookTable) {
    this.model = model;
    this.table = table;
    this.index = new GraphIndex(model.graph);
    this.elementTypes = inferElementTypes(model.graph);
    this.partition = partition(model.graph, this.index, table.cuts);
    this.#builder = new SegmentBuilder(model, this.index, this.partition, this.elementTypes);
    this.#hookTensors = new Set([...table.sites.values()].map((site) => site.tensor));
  }

  /** Stages in all: embedding, one per block, head. */
  get stageCount(): number {
    return this.partition.stages.length;
  }

  /** Names of the model's inputs, initializers that are listed as inputs left out. */
  get inputNames(): string[] {
    return this.model.graph.inputs.map((input) => input.name).filter((name) => !this.index.initializer(name));
  }

  get outputNames(): string[] {
    return this.model.graph.outputs.map((output) => output.name);
  }

  /** Tensors that stages `from` to `to` make and that later stages, the caller or, if `tapped`, hooks want. */
  outputsOf(from: number, to: number, tapped: boolean): string[] {
    const graphOutputs = new Set(this.outputNames);
    const outputs: string[] = [];
    for (let stage = from; stage <= to; stage++) {
      for (const node of this.partition.stages[stage]!) {
        for (const tensor of node.outputs) {
          if (!tensor) continue;
          const wanted = graphOutputs.has(tensor) || this.isReadWithin(tensor, to + 1) || (tapped && this.#hookTensors.has(tensor));
          if (wanted) outputs.push(tensor);
        }
      }
    }
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

  /** Whether a stage from `first` to `last` reads the tensor. */
  isReadWithin(tensor: string, first: number, last = Infinity): boolean {
    return this.partition.readersOf(tensor).some((stage) => stage >= first && stage <= last);
  }

  /** The model of stages `from` to `to` (both included). `tapped`: every hook in them can be fetched. */
  segment(from: number, to: number, tapped: boolean): Segment {
    const nodes = this.partition.stages.slice(from, to + 1).flat();
    return this.#builder.build({ nodes, outputs: this.outputsOf(from, to, tapped) });
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
