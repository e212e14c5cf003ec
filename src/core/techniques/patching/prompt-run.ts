// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { ActivationCache } from '../../model/activation-cache.js';
import type { Feeds } from '../../model/feeds.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import { measureLogits, meanOf, type PreparedMetric } from '../metrics/metric.js';

/** One run of a set of prompts, with what a sweep needs of it. */
export interface PromptRun {
  /** The prompts as they can be run again: one row each. */
  input: Tokens | Feeds;
  tokens: Tokens | undefined;
  batch: number;
  pos: number;
  cache: ActivationCache;
  /** [batch, pos, d_vocab], or [batch, class] */
  logits: Tensor;
}

/** Runs prompts once and keeps the activations named. */
export async function runPrompts(
  model: HookedModel,
  input: ModelInput,
  names: readonly string[],
  options: RunOptions = {},
): Promise<PromptRun> {
  const { cache, tokens, logits } = await model.runWithCache(input, { ...options, names: [...new Set(names)], logits: true });
  const stream = [...cache.names].map((name) => cache.get(name)).find((tensor) => tensor.axes.includes('pos'));
  const [batch, pos] = tokens ? [tokens.ids.length, tokens.ids[0]!.length] : [logits.dims[0]!, stream?.length('pos') ?? 1];
  return { input: tokens ?? (input as Feeds), tokens, batch, pos, cache, logits };
}

/** The metric's value for every prompt of a run. @throws VitrineError `hook-failed` for a value that is no number */
export function measureRun(prepared: PreparedMetric, run: PromptRun, what: string): { values: Float64Array; mean: number } {
  const values = measureLogits(prepared, run.logits);
  values.forEach((value, row) => requireFinite(prepared, value, `prompt ${row} of the ${what} run`));
  return { values, mean: meanOf(values) };
}

/** @throws VitrineError `hook-failed` for NaN and infinities, which would spoil a whole grid */
export function requireFinite(prepared: PreparedMetric, value: number, where: string): void {
  if (Number.isFinite(value)) return;
  throw new VitrineError(
    'hook-failed',
    `The metric "${prepared.name}" gave ${value} for ${where}. Choose one that is finite there, such as logitDiff(answer, wrong), or check the model's logits.`,
  );
}

/**
 * Checks that two runs can be patched between: the same number of prompts and of tokens each, and no padding.
 *
 * @throws VitrineError `invalid-input` with both lengths
 */
export function requireAlike(one: PromptRun, other: PromptRun, names: readonly [string, string] = ['clean', 'corrupted']): void {
  if (one.batch !== other.batch) {
    throw new VitrineError(
      'invalid-input',
      `\`${names[0]}\` has ${one.batch} prompts and \`${names[1]}\` ${other.batch}. Patching pairs them one by one: give as many of each.`,
    );
  }
  const lengths = (run: PromptRun): number[] =>
    run.tokens?.mask.map((row) => row.reduce((sum, real) => sum + real, 0)) ?? new Array<number>(run.batch).fill(run.pos);
  const [ours, theirs] = [lengths(one), lengths(other)];
  const unequal = ours.findIndex((length, row) => length !== theirs[row]);
  if (unequal >= 0) {
    throw new VitrineError(
      'invalid-input',
      `Prompt ${unequal} of \`${names[0]}\` has ${ours[unequal]} tokens, and of \`${names[1]}\` ${theirs[unequal]}${spelled(one, other, unequal)}. ` +
        'Patching compares position by position: reword one of them so that both have the same number of tokens.',
    );
  }
  requireOneLength(one, names[0]);
}

/** @throws VitrineError `invalid-input` where prompts of a batch differ in length */
export function requireOneLength({ tokens }: PromptRun, what: string): void {
  const lengths = new Set(tokens?.mask.map((row) => row.reduce((sum, real) => sum + real, 0)));
  if (lengths.size <= 1) return;
  throw new VitrineError(
    'invalid-input',
    `The prompts of \`${what}\` have ${[...lengths].join(', ')} tokens. A grid by position needs prompts of one length: sweep each length on its own.`,
  );
}

function spelled(one: PromptRun, other: PromptRun, row: number): string {
  const text = (run: PromptRun): string | undefined => {
    const tokens = run.tokens?.tokens?.[row]?.filter((_, at) => run.tokens!.mask[row]![at]);
    return tokens?.map((token) => token.text).join('|');
  };
  const [a, b] = [text(one), text(other)];
  return a === undefined || b === undefined ? '' : ` (${JSON.stringify(a)} and ${JSON.stringify(b)})`;
}

/** A batch of prompts `times` times over. */
export function repeatInput(input: Tokens | Feeds, times: number): Tokens | Feeds {
  const copies = <T>(rows: readonly T[]): T[] => Array.from({ length: times }, () => rows).flat();
  if (isTokens(input)) return { ids: copies(input.ids), mask: copies(input.mask) };
  return Object.fromEntries(
    Object.entries(input).map(([name, tensor]) => {
      const { data, dims, axes } = tensor as Tensor;
      const repeated = new (data.constructor as Float32ArrayConstructor)(data.length * times);
      for (let copy = 0; copy < times; copy++) repeated.set(data, copy * data.length);
      return [name, new Tensor(repeated, [dims[0]! * times, ...dims.slice(1)], axes)];
    }),
  );
}

function isTokens(input: Tokens | Feeds): input is Tokens {
  return Array.isArray((input as Tokens).ids);
}
