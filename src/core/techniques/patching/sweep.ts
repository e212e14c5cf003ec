// SPDX-License-Identifier: MIT

/**
 * A sweep: one change of the model per cell of a grid, a metric for each. Cells come as they are computed, so that a page can paint them;
 * a sweep that is cancelled keeps those it has.
 */
import { VitrineError } from '../../errors.js';
import type { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';

/** One cell of a grid. */
export interface SweepCell {
  /** Index along every axis of the grid. */
  readonly index: readonly number[];
  /** The same as coordinates: { layer: 9, pos: 14 }, { site: 'head_q', layer: 9, head: 6 }. */
  readonly place: Readonly<Record<string, number | string>>;
  /** What stands in the grid. */
  readonly value: number;
  /** The metric itself for every prompt. */
  readonly values: Float64Array;
}

/** A grid, complete or as far as it got. */
export interface SweepResult {
  /** Values by cell; NaN where a cancelled sweep did not get to. */
  readonly grid: Tensor;
  /** What the indices along each axis of the grid stand for: layers, positions and heads of the model, names of sites. */
  readonly coordinates: Readonly<Record<string, readonly (number | string)[]>>;
  /** False while the sweep runs, and after it was cancelled. */
  readonly complete: boolean;
  /** Name of the metric. */
  readonly metric: string;
  /** What a value of the grid means, in one sentence, for a legend. */
  readonly meaning: string;
  /** The metric's mean over the prompts of the run that is changed. */
  readonly base: number;
  /** The metric's mean over the run that values are taken from; undefined where they come from no run. */
  readonly source?: number;
  /** The prompts that are changed; undefined for inputs given as tensors. */
  readonly tokens: Tokens | undefined;
}

/** What a technique tells of its sweep before the first cell. */
export interface SweepPlan {
  result: Omit<SweepResult, 'complete'>;
  cells: AsyncIterable<{ index: readonly number[]; values: Float64Array; value: number }>;
}

/**
 * Iterate over it for the cells, await it for the whole grid, or both. Nothing runs before one of the two. As a sweep is awaited like a
 * promise, an async function that returns one returns its grid: wrap it in an object to hand on the sweep itself.
 *
 * @example
 * const sweep = activationPatching(model, options);
 * for await (const { place, value } of sweep) paint(place, value);
 * const { grid, complete } = await sweep;
 */
export class Sweep<R extends SweepResult = SweepResult> implements AsyncIterable<SweepCell>, PromiseLike<R> {
  readonly #start: () => Promise<SweepPlan>;
  readonly #finish: (result: SweepResult) => R;
  readonly #signal: AbortSignal | undefined;
  #plan: Promise<SweepPlan> | undefined;
  #cells: AsyncGenerator<SweepCell, void, undefined> | undefined;
  #result: Promise<R> | undefined;
  #complete = false;

  /** @internal */
  constructor(
    start: () => Promise<SweepPlan>,
    signal: AbortSignal | undefined,
    finish: (result: SweepResult) => R = (result) => result as R,
  ) {
    this.#start = start;
    this.#signal = signal;
    this.#finish = finish;
  }

  /** Runs the prompts themselves and gives the grid before its first cell, filled with NaN; it is filled in as cells come. */
  async prepare(): Promise<R> {
    this.#plan ??= this.#start();
    return this.#resultOf(await this.#plan);
  }

  /** The cells. Leaving the loop ends the sweep; iterating again goes on where another loop was left hanging, not from the start. */
  [Symbol.asyncIterator](): AsyncGenerator<SweepCell, void, undefined> {
    this.#cells ??= this.#run();
    return this.#cells;
  }

  /** Runs what is left of the sweep and gives the grid. Aborting its signal ends it early, with `complete: false`. */
  then<T = R, E = never>(
    onResult?: ((result: R) => T | PromiseLike<T>) | null,
    onError?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    this.#result ??= this.#drain();
    return this.#result.then(onResult, onError);
  }

  async #drain(): Promise<R> {
    for await (const cell of this) void cell;
    return this.prepare();
  }

  async *#run(): AsyncGenerator<SweepCell, void, undefined> {
    this.#plan ??= this.#start();
    const { result, cells } = await this.#plan;
    const { grid, coordinates } = result;
    try {
      for await (const { index, values, value } of cells) {
        grid.data[index.reduce((offset, at, axis) => offset * grid.dims[axis]! + at, 0)] = value;
        yield { index, place: Object.fromEntries(grid.axes.map((axis, at) => [axis, coordinates[axis]![index[at]!]!])), value, values };
      }
      this.#complete = true;
    } catch (error) {
      if (error instanceof VitrineError && error.code === 'aborted' && this.#signal?.aborted) return;
      throw error;
    }
  }

  #resultOf({ result }: SweepPlan): R {
    const isComplete = (): boolean => this.#complete;
    return this.#finish({
      ...result,
      get complete() {
        return isComplete();
      },
    });
  }
}
