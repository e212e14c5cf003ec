// SPDX-License-Identifier: MIT

/** What every attribution begins with: the streams of a run at the positions asked for, and the direction of each prompt's answer. */
import { VitrineError } from '../../errors.js';
import type { ActivationCache } from '../../model/activation-cache.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import { answerIds, type Answer } from '../answer.js';
import { absolutePositions } from '../metrics/metric.js';
import { requireHook } from '../where.js';
import { answerDirection, finalScales, type AnswerDirection } from './answer-direction.js';
import { dot } from './fold.js';

/** What is explained, and where. */
export interface AnswerOptions extends Omit<RunOptions, 'logitsAt'> {
  /** The token whose logit is explained; one for all prompts, or one per prompt. */
  answer: Answer | readonly Answer[];
  /** The token that it is compared with; left out, the logit itself is explained. */
  wrong?: Answer | readonly Answer[];
  /** Positions to explain, within each prompt (negative: from its end). @defaultValue [-1]; [0] for images */
  positions?: readonly number[] | 'all';
}

/** Rows of logits held at a time: 13 MB for GPT-2's vocabulary. */
const UNEMBEDDED_AT_ONCE = 64;

/** A run, the positions that are explained, and the direction of every prompt. */
export interface StreamReading {
  cache: ActivationCache;
  tokens: Tokens | undefined;
  batch: number;
  /** [batch][pos] absolute */
  positions: number[][];
  directions: AnswerDirection[];
  /** Ids of answer and wrong, by prompt. */
  answers: (readonly [answer: number, wrong: number | undefined])[];
  /** Says which prompts share a direction. */
  keys: string[];
  /** The vectors of an activation [batch, pos, ...] at the positions, row-major. An activation with one row serves all prompts. */
  rows(activation: Tensor): Float32Array;
}

/** Runs the prompts without the unembedding. @internal */
export async function readStreams(
  model: HookedModel,
  input: ModelInput,
  options: AnswerOptions,
  names: readonly string[],
): Promise<StreamReading> {
  // A classifier of images reads its first position.
  const { family } = model.hooks.architecture;
  const { answer, wrong, positions = [family === 'vision' ? 0 : -1], ...run } = options;
  const last = lastStream(model);
  const { cache, tokens } = await model.runWithCache(input, { ...run, names: [...new Set([...names, last])], logits: false });
  const [batch, length] = cache.get(last).dims as [number, number, number];
  const answers = await answerIds(model, answer, batch, 'answer');
  const wrongs = wrong === undefined ? undefined : await answerIds(model, wrong, batch, 'wrong');
  const directions: AnswerDirection[] = [];
  for (let row = 0; row < batch; row++) directions.push(await answerDirection(model, answers[row]!, wrongs?.[row]));
  const context = { model, tokens, batch, pos: length };
  const list = positions === 'all' ? Array.from({ length: sharedLength(tokens, length) }, (_, at) => at) : positions;
  if (list.length === 0)
    throw new VitrineError('invalid-option', "`positions` must name at least one position, or be 'all'; got an empty list.");
  const found = list.map((position) => absolutePositions(context, position));
  const absolute = Array.from({ length: batch }, (_, row) => found.map((rows) => rows[row]!));
  return {
    cache,
    tokens,
    batch,
    positions: absolute,
    directions,
    answers: answers.map((id, row) => [id, wrongs?.[row]] as const),
    keys: answers.map((id, row) => `${id} ${wrongs?.[row] ?? ''}`),
    rows: (activation) => rowsAt(activation, absolute),
  };
}

function sharedLength(tokens: Tokens | undefined, length: number): number {
  const lengths = new Set(tokens?.mask.map((row) => row.reduce((sum, real) => sum + real, 0)) ?? [length]);
  if (lengths.size === 1) return [...lengths][0]!;
  throw new VitrineError(
    'invalid-option',
    `positions 'all' needs prompts of one length; these have ${[...lengths].join(', ')} tokens. Name positions.`,
  );
}

function rowsAt(activation: Tensor, positions: readonly (readonly number[])[]): Float32Array {
  const [rows, length] = activation.dims as [number, number];
  const width = activation.size / (rows * length);
  const picked = new Float32Array(positions.length * positions[0]!.length * width);
  let to = 0;
  positions.forEach((list, row) => {
    for (const position of list) {
      const from = ((rows === 1 ? 0 : row) * length + position) * width;
      picked.set(activation.data.subarray(from, from + width), to);
      to += width;
    }
  });
  return picked;
}

/** Scale of the final norm and the model's own logits, by its own head. @internal */
export async function totalsOf(
  model: HookedModel,
  final: Float32Array,
  { directions, positions, answers }: StreamReading,
): Promise<{ scale: Float64Array; total: Float64Array }> {
  const width = model.hooks.architecture.dModel;
  const pos = positions[0]!.length;
  const scale = finalScales(model, final);
  const byDirection = (): Float64Array =>
    scale.map((length, row) => {
      const { direction, constant } = directions[Math.floor(row / pos)]!;
      return dot(final, row * width, direction) / length + constant;
    });
  // The head of a classifier of images reads more than single vectors.
  if (model.hooks.architecture.family === 'vision') return { scale, total: byDirection() };
  const total = new Float64Array(scale.length);
  for (let first = 0; first < total.length; first += UNEMBEDDED_AT_ONCE) {
    const count = Math.min(UNEMBEDDED_AT_ONCE, total.length - first);
    const rows = new Tensor(final.subarray(first * width, (first + count) * width), [count, width], ['row', 'd_model']);
    const logits = await unembedded(model, rows);
    if (!logits) return { scale, total: byDirection() };
    const { data, dims } = logits;
    for (let row = 0; row < count; row++) {
      const [answer, wrong] = answers[Math.floor((first + row) / pos)]!;
      const logit = (id: number): number => data[row * dims[1]! + id]!;
      total[first + row] = logit(answer) - (wrong === undefined ? 0 : logit(wrong));
    }
  }
  return { scale, total };
}

/** Logits of single streams; undefined where the head cannot be run alone. */
async function unembedded(model: HookedModel, rows: Tensor): Promise<Tensor | undefined> {
  try {
    return await model.unembed(rows);
  } catch (error) {
    if (error instanceof VitrineError && error.code === 'unsupported-model') return undefined;
    throw error;
  }
}

/** The stream that the final norm reads. @internal */
export function lastStream(model: HookedModel): string {
  return requireHook(model, 'resid_post', model.hooks.architecture.nLayer - 1).name;
}
