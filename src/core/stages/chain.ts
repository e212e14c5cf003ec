// SPDX-License-Identifier: MIT
import { throwIfAborted, VitrineError } from '../errors.js';
import type { Backend, RuntimeSession, RuntimeTensor, WeightFile } from '../runtime/types.js';
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
  signal?: AbortSignal;
  onStage?: (done: number, total: number) => void;
}

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
    const { from, to, wanted, signal } = request;
    const end = request.keepBoundary ? this.graph.stageCount - 1 : to;
    const results = new Map<string, RuntimeTensor>();
    const alive = new Map(request.known);
    /** Tensors that only the run itself needs; they are freed on the way, which matters on a GPU, where nothing is collected. */
    const passing = new Set<string>();
    const free = (name: string): void => {
      alive.get(name)?.dispose?.();
      alive.delete(name);
      passing.delete(name);
    };
    const pieces = this.#pieces(from, to);
    try {
      for (const [position, [first, last]] of pieces.entries()) {
        throwIfAborted(signal);
        const fetches = this.graph
          .outputsOf(first, last, true)
          .filter((tensor) => wanted.has(tensor) || this.graph.isReadWithin(tensor, last + 1, end));
        if (fetches.length > 0) {
          for (const [name, tensor] of Object.entries(await this.#runPiece(first, last, alive, fetches))) {
            alive.set(name, tensor);
            if (wanted.has(name) || (request.keepBoundary && this.graph.isReadWithin(name, to + 1))) results.set(name, tensor);
            else passing.add(name);
          }
        }
        for (const name of passing) if (!this.graph.isReadWithin(name, last + 1, to)) free(name);
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

  async dispose(): Promise<void> {
    await this.#sessions.dispose();
  }

  /** The ranges of stages that run as one session each. */
  #pieces(from: number, to: number): [number, number][] {
    if (this.#coalesce && from === 0 && to === this.graph.stageCount - 1) return [[from, to]];
    return Array.from({ length: to - from + 1 }, (_, offset) => [from + offset, from + offset]);
  }

  async #runPiece(
    first: number,
    last: number,
    alive: ReadonlyMap<string, RuntimeTensor>,
    fetches: readonly string[],
  ): Promise<Record<string, RuntimeTensor>> {
    const plain = new Set(this.graph.outputsOf(first, last, false));
    const tapped = this.#sessions.has(stageKey(first, last, true)) || fetches.some((name) => !plain.has(name));
    const key = stageKey(first, last, tapped);
    const run = async (session: RuntimeSession): Promise<Record<string, RuntimeTensor>> => {
      const feeds: Record<string, RuntimeTensor> = {};
      for (const name of session.inputNames) {
        const value = alive.get(name);
        if (!value) throw missingInput(name);
        feeds[name] = value;
      }
      return session.run(feeds, fetches);
    };
    const made = await this.#sessions.use(key, () => this.graph.segment(first, last, tapped), run);
    // The tapped session does all that the plain one does; a large model's weights should not be held twice.
    if (tapped && !this.#coalesce) this.#sessions.retire(stageKey(first, last, false));
    return made;
  }

  /** The head's own stage serves where it reads nothing but the last stream. */
  #keyFrom(given: string, output: string): string {
    const last = this.graph.stageCount - 1;
    const { cuts, head } = this.graph.table;
    const isHead = given === cuts.at(-1) && output === head?.logits;
    const sessions = [stageKey(last, last, true), stageKey(last, last, false)];
    const readsOnlyGiven = isHead && this.graph.inputsOf(last).every((name) => name === given || this.graph.inputNames.includes(name));
    return (readsOnlyGiven ? sessions.find((key) => this.#sessions.has(key)) : undefined) ?? `${given} to ${output}`;
  }
}

function stageKey(first: number, last: number, tapped: boolean): string {
  return `${first}-${last}${tapped ? ' tapped' : ''}`;
}

function missingInput(name: string): VitrineError {
  return new VitrineError('invalid-input', `The model needs a value for its input "${name}". Pass it: run({ ${name}: new Tensor(...) }).`);
}
