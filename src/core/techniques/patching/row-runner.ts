// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { Edit } from '../../model/edits/edit.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import type { PreparedMetric } from '../metrics/metric.js';
import { requireHook } from '../where.js';
import { repeatRows } from './places.js';
import { repeatInput, requireFinite, type PromptRun } from './prompt-run.js';

/**
 * Tokens that run at a time unless a batch size is given. More are no faster: matrices of this height keep a processor busy, and the widest
 * activation (the MLP's) stays at 512 rows.
 */
const TOKENS_AT_ONCE = 512;

/** One batch of changed copies of the base prompts. */
export interface RowBatch {
  /** The first block that any row changes; blocks before it are not run. */
  layer: number;
  /** How many copies of the base prompts: rows [copy * prompts, (copy + 1) * prompts) belong to one cell. */
  copies: number;
  edits: readonly Edit[];
  hooks?: RunOptions['hooks'];
}

/**
 * Runs many changed copies of one set of prompts, each from the first block that it changes, with the unembedding at the positions that
 * the metric reads. Holds the base run's residual stream at the layers in use, and one batch of activations at a time.
 */
export class RowRunner {
  readonly #model: HookedModel;
  readonly #base: PromptRun;
  readonly #metric: PreparedMetric;
  readonly #signal: AbortSignal | undefined;
  /** Positions to unembed, the same for every row; undefined where the whole output is needed. */
  readonly #logitsAt: readonly number[] | undefined;
  #inputs = new Map<number, ReturnType<typeof repeatInput>>();

  private constructor(
    model: HookedModel,
    base: PromptRun,
    metric: PreparedMetric,
    logitsAt: readonly number[] | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#model = model;
    this.#base = base;
    this.#metric = metric;
    this.#logitsAt = logitsAt;
    this.#signal = signal;
  }

  /** @param base - a run that captured hook_resid_pre of block 0 and of every layer that rows will start at */
  static async create(model: HookedModel, base: PromptRun, metric: PreparedMetric, signal?: AbortSignal): Promise<RowRunner> {
    const logitsAt = (await unembedsAlone(model, base)) ? sharedPositions(base, metric) : undefined;
    return new RowRunner(model, base, metric, logitsAt, signal);
  }

  /** Copies of the base prompts that run at a time. */
  copiesAtOnce(batchSize: number | undefined): number {
    const rows = batchSize ?? Math.floor(TOKENS_AT_ONCE / this.#base.pos);
    return Math.max(1, Math.floor(rows / this.#base.batch));
  }

  /**
   * The block to start at. A file that makes a block's stream and its norm in one fused node cannot be entered between the two; its rows
   * run from the first block, or, where the embedding is fused as well, from the inputs.
   */
  #start(layer: number): number | undefined {
    return [layer, 0].find((block) => requireHook(this.#model, 'resid_pre', block).editable);
  }

  /** Runs a batch without reading what comes out: for the functions in `hooks`, which read on the way. */
  async run(batch: RowBatch): Promise<Tensor> {
    const { copies, edits, hooks } = batch;
    const options = {
      edits,
      ...(hooks ? { hooks } : {}),
      ...(this.#logitsAt ? { logitsAt: this.#logitsAt } : {}),
      ...(this.#signal ? { signal: this.#signal } : {}),
    };
    const layer = this.#start(batch.layer);
    if (layer === undefined) return (await this.#model.run(this.#input(copies), options)).logits;
    const resid = repeatRows(this.#base.cache.get(requireHook(this.#model, 'resid_pre', layer).name), copies);
    const checkpoint = await this.#model.checkpointAt(this.#input(copies), layer, resid, this.#signal ? { signal: this.#signal } : {});
    const result = await this.#model.runFrom(checkpoint, undefined, options);
    return result.logits;
  }

  /** The metric for every copy: one value per prompt. @throws VitrineError `hook-failed` */
  async measure(batch: RowBatch, describe: (copy: number) => string): Promise<Float64Array[]> {
    const logits = await this.run(batch);
    const width = logits.dims.at(-1)!;
    const prompts = this.#base.batch;
    const read = logits.dims.length === 3 ? logits.dims[1]! : 1;
    return Array.from({ length: batch.copies }, (_, copy) =>
      Float64Array.from({ length: prompts }, (_unused, prompt) => {
        const row = copy * prompts + prompt;
        const places = this.#logitsAt ? this.#places(prompt) : this.#metric.positions[prompt]!.map((at) => (read === 1 ? 0 : at));
        const data = new Float32Array(places.length * width);
        places.forEach((at, index) => {
          const from = (row * read + at) * width;
          data.set(logits.data.subarray(from, from + width), index * width);
        });
        const value = this.#metric.measure(new Tensor(data, [places.length, width], ['read', 'd_vocab']), prompt);
        requireFinite(this.#metric, value, describe(copy));
        return value;
      }),
    );
  }

  /** Where the positions that the metric reads of a prompt lie among those that were unembedded. */
  #places(prompt: number): number[] {
    const { tokens } = this.#base;
    const start = tokens ? tokens.mask[prompt]!.indexOf(1) : 0;
    return this.#metric.positions[prompt]!.map((position) => this.#logitsAt!.indexOf(position - start));
  }

  #input(copies: number): ReturnType<typeof repeatInput> {
    const known = this.#inputs.get(copies);
    if (known) return known;
    const input = repeatInput(this.#base.input, copies);
    this.#inputs = new Map([[copies, input]]);
    return input;
  }
}

/** Positions from the prompt's start that any prompt's metric reads, where every prompt has them. */
function sharedPositions({ tokens, batch, pos }: PromptRun, metric: PreparedMetric): number[] | undefined {
  const shared = new Set<number>();
  let shortest = pos;
  for (let prompt = 0; prompt < batch; prompt++) {
    const mask = tokens?.mask[prompt];
    const start = mask ? mask.indexOf(1) : 0;
    shortest = Math.min(shortest, mask ? mask.lastIndexOf(1) + 1 - start : pos);
    for (const position of metric.positions[prompt]!) shared.add(position - start);
  }
  const positions = [...shared].sort((a, b) => a - b);
  return positions.length > 0 && positions.at(-1)! < shortest ? positions : undefined;
}

/** Whether the head can be run on single vectors. */
async function unembedsAlone(model: HookedModel, { logits }: PromptRun): Promise<boolean> {
  if (logits.dims.length !== 3) return false;
  const width = model.hooks.architecture.dModel;
  try {
    await model.unembed(new Tensor(new Float32Array(width), [1, width], ['pos', 'd_model']));
    return true;
  } catch (error) {
    if (error instanceof VitrineError && error.code === 'unsupported-model') return false;
    throw error;
  }
}
