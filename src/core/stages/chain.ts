// SPDX-License-Identifier: MIT
import { throwIfAborted, VitrineError } from '../errors.js';
import type { Backend, RuntimeSession, RuntimeTensor, WeightFile } from '../runtime/types.js';
import type { InterceptKind } from './intercept.js';
import { SessionCache } from './session-cache.js';
import type { StagedGraph } from './staged-graph.js';

/** Below this many bytes of weights the whole model is one session when all of it runs: calls cost more than copies there. */
const COALESCE_BELOW_BYTES = 64 * 1024 * 1024;

export interface ChainOptions {
  backend: Backend;
  weights: readonly WeightFile[];
  /** Bytes of all weights. */
  weightBytes: number;
}

export interface ChainRequest {
  /** Values of the graph's inputs, and for a run that starts at `from` > 0 of what earlier stages made. */
  known: ReadonlyMap<string, RuntimeTensor>;
  /** First stage to run. */
  from: number;
  /** Last stage to run. */
  to: number;
  /** Tensors to give back: graph outputs and hook tensors, made by stages `from` to `to`. */
  wanted: ReadonlySet<string>;
  /** Also give back every tensor that a stage after `to` needs, so that a run can be taken up again. */
  keepBoundary?: boolean;
  /** Changes inside the graph, by tensor; `feeds` carries their numbers. */
  intercepts?: ReadonlyMap<string, readonly InterceptKind[]>;
  feeds?: ReadonlyMap<string, RuntimeTensor>;
  /** Functions between pieces, by tensor; the graph is cut there. */
  functions?: ReadonlyMap<string, TensorFunction>;
  signal?: AbortSignal;
  onStage?: (done: number, total: number) => void;
}

/** Takes a tensor as the graph made it and gives the one to go on with. */
export type TensorFunction = (value: RuntimeTensor) => Promise<RuntimeTensor>;

/**
 * Runs a staged graph, one session per stage (or one for all of a small model), and compiles what is missing on the way.
 */
export class Chain {
  readonly graph: StagedGraph;
  readonly backend: Backend;
  readonly #sessions: SessionCache;
  readonly #coalesce: boolean;

  constructor(graph: StagedGraph, options: ChainOptions) {
    this.graph = graph;
    this.backend = options.backend;
    this.#coalesce = options.weightBytes <= COALESCE_BELOW_BYTES;
    this.#sessions = new SessionCache(options.backend, options.weights);
  }

  /** Sessions alive, by key. */
  get sessionKeys(): string[] {
    return this.#sessions.keys;
  }

  /** Runs stages `from` to `to` and returns the wanted tensors. */
  async run(request: ChainRequest): Promise<Map<string, RuntimeTensor>> {
    const { wanted, signal, functions } = request;
    const graph = this.graph.refined([...(functions?.keys() ?? [])]);
    const from = graph.rangeOf(request.from)[0];
    const to = graph.rangeOf(request.to)[1];
    const end = request.keepBoundary ? graph.stageCount - 1 : to;
    const results = new Map<string, RuntimeTensor>();
    const alive = new Map([...request.known, ...(request.feeds ?? [])]);
    /** Tensors that only the run itself needs; they are freed on the way, which matters on a GPU, where nothing is collected. */
    const passing = new Set<string>();
    const free = (name: string): void => {
      alive.get(name)?.dispose?.();
      alive.delete(name);
      passing.delete(name);
    };
    const pieces = this.#pieces(graph, from, to, functions);
    try {
      for (const [position, [first, last]] of pieces.entries()) {
        throwIfAborted(signal);
        const fetches = graph
          .outputsOf(first, last, true)
          .filter((tensor) => wanted.has(tensor) || functions?.has(tensor) || graph.isReadWithin(tensor, last + 1, end));
        if (fetches.length > 0) {
          const made = await this.#runPiece(graph, first, last, alive, fetches, request.intercepts);
          for (const name of fetches) {
            const tensor = made[name]!;
            const change = functions?.get(name);
            const value = change ? await change(tensor) : tensor;
            if (value !== tensor) tensor.dispose?.();
            alive.set(name, value);
            if (wanted.has(name) || (request.keepBoundary && graph.isReadWithin(name, to + 1))) results.set(name, value);
            else passing.add(name);
          }
        }
        for (const name of passing) if (!graph.isReadWithin(name, last + 1, to)) free(name);
        request.onStage?.(position + 1, pieces.length);
      }
      return results;
    } finally {
      for (const name of passing) free(name);
    }
  }

  /**
   * Computes `output` from the tensor `given` and the graph's inputs alone; undefined where the graph does not allow it.
   *
   * @param inputs - makes values for those of the graph's inputs that are needed
   */
  async runFrom(
    given: { name: string; value: RuntimeTensor },
    output: string,
    inputs: (names: readonly string[]) => ReadonlyMap<string, RuntimeTensor>,
  ): Promise<RuntimeTensor | undefined> {
    const key = this.#keyFrom(given.name, output);
    const segment = this.#sessions.has(key) ? undefined : this.graph.segmentFrom([given.name], [output]);
    if (!segment && !this.#sessions.has(key)) return undefined;
    return this.#sessions.use(
      key,
      () => segment!,
      async (session) => {
        const more = inputs(session.inputNames.filter((name) => name !== given.name));
        const feeds: Record<string, RuntimeTensor> = {};
        for (const name of session.inputNames) feeds[name] = name === given.name ? given.value : more.get(name)!;
        return (await session.run(feeds, [output]))[output];
      },
    );
  }

  /** Computes tensors that depend on the graph's inputs alone; undefined where the node that makes one makes the stream as well. */
  async runFree(
    outputs: readonly string[],
    inputs: ReadonlyMap<string, RuntimeTensor>,
  ): Promise<ReadonlyMap<string, RuntimeTensor> | undefined> {
    const work = async (session: RuntimeSession): Promise<ReadonlyMap<string, RuntimeTensor>> => {
      const feeds: Record<string, RuntimeTensor> = {};
      for (const name of session.inputNames) {
        const value = inputs.get(name);
        if (!value) throw missingInput(name);
        feeds[name] = value;
      }
      return new Map(Object.entries(await session.run(feeds, outputs)));
    };
    const key = `free ${outputs.join(' ')}`;
    const segment = this.#sessions.has(key) ? undefined : this.graph.segmentFrom([], outputs);
    if (!segment && !this.#sessions.has(key)) return undefined;
    return this.#sessions.use(key, () => segment!, work);
  }

  async dispose(): Promise<void> {
    await this.#sessions.dispose();
  }

  /** The ranges of stages that run as one session each; a piece ends where a function waits for a tensor. */
  #pieces(graph: StagedGraph, from: number, to: number, functions: ReadonlyMap<string, TensorFunction> | undefined): [number, number][] {
    if (!this.#coalesce || from !== 0 || to !== graph.stageCount - 1) {
      return Array.from({ length: to - from + 1 }, (_, offset) => [from + offset, from + offset]);
    }
    const ends = new Set([...(functions?.keys() ?? [])].map((tensor) => graph.cuts.indexOf(tensor)));
    const pieces: [number, number][] = [];
    let first = from;
    for (let stage = from; stage <= to; stage++) {
      if (stage !== to && !ends.has(stage)) continue;
      pieces.push([first, stage]);
      first = stage + 1;
    }
    return pieces;
  }

  async #runPiece(
    graph: StagedGraph,
    first: number,
    last: number,
    alive: ReadonlyMap<string, RuntimeTensor>,
    fetches: readonly string[],
    intercepts: ReadonlyMap<string, readonly InterceptKind[]> | undefined,
  ): Promise<Record<string, RuntimeTensor>> {
    const here = intercepts && graph.madeWithin(intercepts.keys(), first, last);
    const changes = here?.length ? new Map(here.map((tensor) => [tensor, intercepts!.get(tensor)!])) : undefined;
    const keyOf = (tapped: boolean): string => pieceKey(graph, first, last, tapped, changes);
    const plain = graph.outputsOf(first, last, false);
    const tapped = this.#sessions.has(keyOf(true)) || fetches.some((name) => !plain.includes(name));
    const run = async (session: RuntimeSession): Promise<Record<string, RuntimeTensor>> => {
      const feeds: Record<string, RuntimeTensor> = {};
      for (const name of session.inputNames) {
        const value = alive.get(name);
        if (!value) throw missingInput(name);
        feeds[name] = value;
      }
      return session.run(feeds, fetches);
    };
    const made = await this.#sessions.use(keyOf(tapped), () => graph.segment(first, last, tapped, changes), run);
    // The tapped session does all that the plain one does; a large model's weights should not be held twice.
    if (tapped && !this.#coalesce) this.#sessions.retire(keyOf(false));
    return made;
  }

  /** The head's own stage serves where it reads nothing but the last stream. */
  #keyFrom(given: string, output: string): string {
    const last = this.graph.stageCount - 1;
    const { cuts, head } = this.graph.table;
    const isHead = given === cuts.at(-1) && output === head?.logits;
    const sessions = [true, false].map((tapped) => pieceKey(this.graph, last, last, tapped));
    const readsOnlyGiven = isHead && this.graph.inputsOf(last).every((name) => name === given || this.graph.inputNames.includes(name));
    return (readsOnlyGiven ? sessions.find((key) => this.#sessions.has(key)) : undefined) ?? `${given} to ${output}`;
  }
}

function pieceKey(
  graph: StagedGraph,
  first: number,
  last: number,
  tapped: boolean,
  intercepts?: ReadonlyMap<string, readonly InterceptKind[]>,
): string {
  const changes = intercepts ? [...intercepts].map(([tensor, kinds]) => `${tensor}=${kinds.join('+')}`).join(' ') : '';
  return `${graph.keyOf(first, last, tapped)}${tapped ? ' tapped' : ''} ${changes}`;
}

function missingInput(name: string): VitrineError {
  return new VitrineError('invalid-input', `The model needs a value for its input "${name}". Pass it: run({ ${name}: new Tensor(...) }).`);
}
