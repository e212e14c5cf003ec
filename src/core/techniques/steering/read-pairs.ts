// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import type { Row } from '../numerics/linear-algebra.js';

/** Two prompts that differ in what a direction shall stand for: first with it, then without it (or with its opposite). */
export type PromptPair = readonly [positive: string | readonly number[], negative: string | readonly number[]];

export interface ReadPairsOptions extends RunOptions {
  /** Position within each prompt that is read; negative from its end. @defaultValue -1 */
  readPosition?: number;
  /** Pairs per run. @defaultValue 8 */
  batchSize?: number;
}

/** What a hook held at the read position of every pair: [pair][d_model]. */
export interface PairRows {
  positive: Row[];
  negative: Row[];
}

/**
 * Runs both prompts of every pair and keeps one vector per prompt and hook.
 *
 * @returns by hook name
 * @throws VitrineError `empty-input` without pairs, `invalid-option` where a prompt is shorter than the read position
 */
export async function readPairs(
  model: HookedModel,
  pairs: readonly PromptPair[],
  hooks: readonly string[],
  options: ReadPairsOptions = {},
): Promise<Map<string, PairRows>> {
  checkPairs(pairs);
  const { readPosition = -1, batchSize = 8, onProgress, ...run } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new VitrineError('invalid-option', `batchSize must be a whole number from 1 up; got ${batchSize}.`);
  const rows = new Map(hooks.map((hook) => [hook, { positive: [], negative: [] } as PairRows]));
  for (let start = 0; start < pairs.length; start += batchSize) {
    const batch = pairs.slice(start, start + batchSize);
    const { cache, tokens } = await model.runWithCache(batch.flat() as ModelInput, { ...run, names: hooks, logits: false });
    const places = tokens!.mask.map((mask) => placeOf(mask, readPosition));
    for (const hook of hooks) {
      const activation = cache.get(hook);
      const [, length, width] = activation.dims as [number, number, number];
      places.forEach((place, index) => {
        const from = (index * length + place) * width;
        const row = Float64Array.from(activation.data.subarray(from, from + width));
        rows.get(hook)![index % 2 === 0 ? 'positive' : 'negative'].push(row);
      });
    }
    onProgress?.({ phase: 'run', loaded: Math.min(start + batchSize, pairs.length), total: pairs.length });
  }
  return rows;
}

/** @throws VitrineError `empty-input`, `invalid-input` */
export function checkPairs(pairs: readonly PromptPair[]): void {
  if (!Array.isArray(pairs) || pairs.length === 0)
    throw new VitrineError('empty-input', 'A steering vector needs at least one pair of prompts, [[positive, negative], ...]; got none.');
  pairs.forEach((pair: unknown, index) => {
    if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === typeof pair[1]) return;
    throw new VitrineError(
      'invalid-input',
      `Pair ${index} must be [positive, negative], two texts or two lists of token ids; got ${JSON.stringify(pair)}.`,
    );
  });
}

function placeOf(mask: readonly number[], position: number): number {
  const [start, end] = [mask.indexOf(1), mask.lastIndexOf(1) + 1];
  const place = position < 0 ? end + position : start + position;
  if (Number.isInteger(place) && place >= start && place < end) return place;
  throw new VitrineError(
    'invalid-option',
    `readPosition must be a whole number from ${start - end} to ${end - start - 1} for a prompt of ${end - start} tokens; got ${position}.`,
  );
}
