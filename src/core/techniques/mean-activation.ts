// SPDX-License-Identifier: MIT

/**
 * Mean activations over a reference set: the baseline of mean ablation, and one half of every difference of means.
 *
 * Sums run in float64 and over one batch at a time, so a thousand prompts take the memory of sixteen. Padding is left out. A mean is
 * only as neutral as its set: one over other text than the prompts under study replaces a component by a stranger (Zhang and Nanda
 * 2023, arXiv:2309.16042). Pooled means forget position, which is right for text of any length; means per position fit
 * templates of one length.
 */
import { VitrineError } from '../errors.js';
import { selectNames, type NameSelector } from '../hooks/names.js';
import type { HookedModel, RunOptions } from '../model/hooked-model.js';
import { Tensor } from '../model/tensor.js';
import type { Tokens } from '../model/tokens.js';
import { batchesOf, type PromptSet, type PromptSetOptions } from './prompt-set.js';

export interface MeanActivationOptions extends RunOptions, PromptSetOptions {
  /** One mean per position, each over the prompts that reach it, instead of one over all positions. @defaultValue false */
  perPosition?: boolean;
  /** Positions that count, within each prompt (negative: from its end). With `perPosition`, the result's positions are these, in this order. @defaultValue all */
  positions?: number | readonly number[];
}

/**
 * The mean of one activation over prompts.
 *
 * @param hook - full name, such as `blocks.5.attn.hook_z`
 * @returns the hook's axes without batch and pos ([d_model], [head, d_head]); with `perPosition`, without batch ([pos, d_model])
 * @throws VitrineError `unknown-hook`, `empty-input`, `invalid-option`, and all that a run throws
 * @example
 * const mean = await meanActivation(model, prompts, 'blocks.5.attn.hook_z');            // [head, d_head]
 * await model.run(prompt, { edits: [edit.mean('blocks.5.attn.hook_z', mean, { heads: 3 })] });
 */
export async function meanActivation(
  model: HookedModel,
  prompts: PromptSet,
  hook: string,
  options: MeanActivationOptions = {},
): Promise<Tensor> {
  const means = await meanActivations(model, prompts, hook, options);
  if (means.size === 1) return [...means.values()][0]!;
  throw new VitrineError(
    'invalid-option',
    `meanActivation takes one hook; "${hook}" means ${means.size}. Use meanActivations for several.`,
  );
}

/** As {@link meanActivation} for several hooks, in one pass over the prompts. */
export async function meanActivations(
  model: HookedModel,
  prompts: PromptSet,
  hooks: NameSelector,
  options: MeanActivationOptions = {},
): Promise<Map<string, Tensor>> {
  const names = selectNames(model.hooks, hooks);
  const { perPosition = false, positions, batchSize, onProgress, ...runOptions } = options;
  const chosen = typeof positions === 'number' ? [positions] : positions;
  const means = new Map<string, RunningMean>();
  const batches = batchesOf(prompts, batchSize);
  for (const [index, input] of batches.entries()) {
    const { cache, tokens } = await model.runWithCache(input, { ...runOptions, names, logits: false });
    for (const name of names) {
      const activation = cache.get(name);
      const mean = means.get(name) ?? new RunningMean(name, activation, perPosition, chosen);
      mean.add(activation, tokens);
      means.set(name, mean);
    }
    onProgress?.({ phase: 'run', loaded: index + 1, total: batches.length });
  }
  return new Map(names.map((name) => [name, means.get(name)!.result()]));
}

/** Sums of one activation in float64, by slot: one slot in all, or one per position. */
class RunningMean {
  readonly #hook: string;
  readonly #axes: readonly string[];
  readonly #positionAxis: number;
  readonly #dims: readonly number[];
  readonly #perPosition: boolean;
  readonly #chosen: readonly number[] | undefined;
  readonly #sums: Float64Array[] = [];
  readonly #counts: number[] = [];

  constructor(hook: string, first: Tensor, perPosition: boolean, chosen: readonly number[] | undefined) {
    this.#hook = hook;
    this.#axes = first.axes;
    this.#dims = first.dims;
    this.#positionAxis = first.axes.findIndex((name) => name === 'pos' || name === 'query');
    this.#perPosition = perPosition && this.#positionAxis >= 0;
    this.#chosen = chosen;
    if (first.axes.includes('key') && !perPosition) {
      throw new VitrineError('invalid-option', `${hook} has a key axis, which has no mean over positions. Ask for perPosition: true.`);
    }
  }

  add(activation: Tensor, tokens: Tokens | undefined): void {
    const { dims, data } = activation;
    if (this.#axes.includes('key') && dims.at(-1) !== this.#dims.at(-1)) throw this.#unequal(dims.at(-1)!);
    const [before, length, inner] = this.#sizes(dims);
    for (let row = 0; row < dims[0]!; row++) {
      for (const [slot, position] of this.#places(row, length, tokens)) {
        const sum = (this.#sums[slot] ??= new Float64Array(before * inner));
        this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
        for (let outer = 0; outer < before; outer++) {
          const from = ((row * before + outer) * length + position) * inner;
          for (let index = 0; index < inner; index++) sum[outer * inner + index] = sum[outer * inner + index]! + data[from + index]!;
        }
      }
    }
  }

  result(): Tensor {
    const [before, , inner] = this.#sizes(this.#dims);
    const slots = this.#sums.length;
    const data = new Float32Array(slots * before * inner);
    this.#sums.forEach((sum, slot) => {
      for (let outer = 0; outer < before; outer++) {
        for (let index = 0; index < inner; index++)
          data[(outer * slots + slot) * inner + index] = sum[outer * inner + index]! / this.#counts[slot]!;
      }
    });
    const at = this.#positionAxis;
    const keep = (_: unknown, axis: number): boolean => axis > 0 && (axis !== at || this.#perPosition);
    return new Tensor(data, this.#dims.map((length, axis) => (axis === at ? slots : length)).filter(keep), this.#axes.filter(keep));
  }

  /** [slot, absolute position] of every position of a row that counts. */
  *#places(row: number, length: number, tokens: Tokens | undefined): Iterable<[slot: number, position: number]> {
    const mask = this.#positionAxis >= 0 ? tokens?.mask[row] : undefined;
    const [start, end] = mask ? [mask.indexOf(1), mask.lastIndexOf(1) + 1] : [0, length];
    const list = this.#chosen ?? Array.from({ length: end - start }, (_, position) => position);
    for (const [index, position] of list.entries()) {
      const at = position < 0 ? end + position : start + position;
      if (!Number.isInteger(at) || at < start || at >= end) {
        throw new VitrineError(
          'invalid-option',
          `\`positions\` must be whole numbers from ${start - end} to ${end - start - 1} for a prompt of ${end - start} tokens; got ${position}.`,
        );
      }
      yield [this.#perPosition ? index : 0, at];
    }
  }

  /** Lengths of the axes between batch and position (multiplied), of the position, and of those behind it. */
  #sizes(dims: readonly number[]): [before: number, length: number, inner: number] {
    const product = (list: readonly number[]): number => list.reduce((total, length) => total * length, 1);
    const at = this.#positionAxis;
    return at < 0 ? [1, 1, product(dims.slice(1))] : [product(dims.slice(1, at)), dims[at]!, product(dims.slice(at + 1))];
  }

  #unequal(length: number): VitrineError {
    return new VitrineError(
      'invalid-input',
      `The mean of ${this.#hook} needs prompts of one length: one batch has ${this.#dims.at(-1)} tokens, another ${length}.`,
    );
  }
}
