// SPDX-License-Identifier: MIT

/**
 * Metrics: one number per prompt that says how much of a behaviour a run shows, so that runs with and without a change can be compared.
 *
 * A metric is prepared once for a batch of prompts (texts of answers become ids, positions are resolved) and then measures any number of
 * runs on them. It says which positions it reads: a sweep over thousands of patches need unembed no others.
 *
 * Which one to take: differences of logits add up over components and do not saturate (Wang et al. 2022, arXiv:2211.00593; Zhang and
 * Nanda 2023, arXiv:2309.16042, compare them with probabilities); probabilities are what a reader understands, and hide what happens
 * below one percent; KL needs no answer, and so also counts changes that have nothing to do with the behaviour.
 */
import { VitrineError } from '../../errors.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { RunResult } from '../../model/run-result.js';
import { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import type { MetricSpec } from './metric-spec.js';

/** The prompts that a metric is prepared for. */
export interface MetricContext {
  model: HookedModel;
  /** undefined where the input was given as tensors: every position counts as real then. */
  tokens: Tokens | undefined;
  /** Number of prompts. */
  batch: number;
  /** Number of positions, padding included. */
  pos: number;
}

/** What a behaviour is measured by; see {@link logitDiff} and its neighbours, and {@link customMetric}. */
export interface Metric {
  /** For legends: "logit difference". */
  readonly name: string;
  /** Positions that it reads, within each prompt (negative: from its end); logits elsewhere need not be computed. */
  readonly reads: number | readonly number[] | 'all';
  /** The metric as data, to be sent to a worker; functions of your own have none. */
  readonly spec?: MetricSpec;
  /** Resolves answers and positions. @throws VitrineError `invalid-option` */
  prepare(context: MetricContext): Promise<PreparedMetric>;
}

/** A metric for one batch of prompts. */
export interface PreparedMetric {
  readonly name: string;
  readonly reads: Metric['reads'];
  /** Number of positions of the batch, padding included. */
  readonly length: number;
  /** [prompt][read] absolute positions that it reads, padding counted. */
  readonly positions: readonly (readonly number[])[];
  /**
   * The value for one prompt.
   *
   * @param logits - [read, d_vocab], the logits at `positions[prompt]`
   */
  measure(logits: Tensor, prompt: number): number;
}

/** Where a metric reads. */
export interface MetricOptions {
  /** Position within the prompt without its padding; negative from its end. @defaultValue -1, where a causal model says what comes next */
  position?: number;
}

/** A metric's values. */
export interface MetricValues {
  metric: string;
  /** One value per prompt. */
  values: Float64Array;
  mean: number;
}

/**
 * Evaluates a metric.
 *
 * @param input - prompts, which are run with `options`, or the result of a run
 * @throws VitrineError `invalid-option`, and all that a run throws
 * @example
 * const metric = logitDiff([' Mary', ' John'], [' John', ' Mary']);
 * const { mean } = await evaluate(model, metric, prompts, { edits: [edit.zero('blocks.9.attn.hook_z', { heads: 9 })] });
 */
export async function evaluate(
  model: HookedModel,
  metric: Metric,
  input: ModelInput | RunResult,
  options: RunOptions = {},
): Promise<MetricValues> {
  const result = input instanceof RunResult ? input : await runAt(model, metric.reads, input, options);
  const prepared = await prepareMetric(model, metric, result);
  const values = measureLogits(prepared, result.logits);
  return { metric: metric.name, values, mean: meanOf(values) };
}

/** A metric made ready for the prompts of a run, to measure other runs on the same prompts. */
export async function prepareMetric(model: HookedModel, metric: Metric, result: RunResult): Promise<PreparedMetric> {
  const { dims } = result.logits;
  // Logits of a classifier, [batch, class], belong to no position.
  const tokens = dims.length === 3 ? result.tokens : undefined;
  return metric.prepare({ model, tokens, batch: dims[0]!, pos: tokens?.ids[0]!.length ?? (dims.length === 3 ? dims[1]! : 1) });
}

/** Runs prompts with a change and measures them; only the logits that the metric reads are computed. */
export async function measureRun(
  model: HookedModel,
  prepared: PreparedMetric,
  input: ModelInput,
  options: RunOptions = {},
): Promise<Float64Array> {
  return measureLogits(prepared, (await runAt(model, prepared.reads, input, options)).logits);
}

/**
 * One value per prompt from the logits of a run.
 *
 * @param logits - [batch, pos, d_vocab] of all positions or of those that the metric reads (`logitsAt`), or [batch, class] of a classifier
 * @throws VitrineError `invalid-input` for logits of other prompts
 */
export function measureLogits(prepared: PreparedMetric, logits: Tensor): Float64Array {
  const width = logits.dims.at(-1)!;
  const pos = logits.dims.length === 3 ? logits.dims[1]! : 1;
  const { positions, length, name } = prepared;
  const picked = pos !== length && positions.every((list) => list.length === pos);
  if (logits.dims[0] !== positions.length || (pos !== length && !picked)) {
    throw new VitrineError(
      'invalid-input',
      `The metric "${name}" was prepared for ${positions.length} prompts of ${length} positions; these logits are [${logits.dims.join(', ')}].`,
    );
  }
  return Float64Array.from(positions, (list, row) => {
    const rows = list.map((position, place) => row * pos + (picked ? place : position));
    return prepared.measure(new Tensor(gatherRows(logits.data, rows, width), [list.length, width], ['read', 'd_vocab']), row);
  });
}

/** A run with the logits of some positions; of all of them where the model or the edits allow no other. */
async function runAt(model: HookedModel, reads: Metric['reads'], input: ModelInput, options: RunOptions): Promise<RunResult> {
  const whole = { ...options };
  delete whole.logitsAt;
  if (reads === 'all' || !model.hooks.names.includes('logits')) return model.run(input, whole);
  try {
    const result = await model.run(input, { ...whole, logitsAt: reads });
    if (result.tokens) return result;
  } catch (error) {
    // Edits in the head, or a head that cannot be run alone; if it is something else, the whole run says so as well.
    if (!(error instanceof VitrineError) || (error.code !== 'invalid-option' && error.code !== 'unsupported-model')) throw error;
  }
  return model.run(input, whole);
}

/** The absolute position of `position` in every prompt. @throws VitrineError `invalid-option` where a prompt is too short */
export function absolutePositions({ tokens, batch, pos }: MetricContext, position: number): number[] {
  return Array.from({ length: batch }, (_, row) => {
    const mask = tokens?.mask[row];
    const [start, end] = mask ? [mask.indexOf(1), mask.lastIndexOf(1) + 1] : [0, pos];
    const at = position < 0 ? end + position : start + position;
    if (Number.isInteger(at) && at >= start && at < end) return at;
    throw new VitrineError(
      'invalid-option',
      `\`position\` must be a whole number from ${start - end} to ${end - start - 1} for prompt ${row}, which has ${end - start} tokens; got ${position}.`,
    );
  });
}

/** Mean in float64. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
}

function gatherRows(data: Float32Array, rows: readonly number[], width: number): Float32Array {
  if (rows.length === 1) return data.subarray(rows[0]! * width, (rows[0]! + 1) * width);
  const gathered = new Float32Array(rows.length * width);
  rows.forEach((row, place) => gathered.set(data.subarray(row * width, (row + 1) * width), place * width));
  return gathered;
}
