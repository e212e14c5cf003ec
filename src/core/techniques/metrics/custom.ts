// SPDX-License-Identifier: MIT
import { reasonOf, VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import { absolutePositions, type Metric } from './metric.js';

/** What a custom metric is told beside the logits. */
export interface CustomMetricContext {
  model: HookedModel;
  /** The prompts; undefined where the input was given as tensors. */
  tokens: Tokens | undefined;
  /** Which of them is measured. */
  prompt: number;
  /** Absolute positions of the rows of logits. */
  positions: readonly number[];
}

/**
 * A metric of your own.
 *
 * @param measure - the value for one prompt from logits [read, d_vocab]
 * @param options - `position`: what it reads, one position or several (negative: from the end), or `'all'` of the prompt's own tokens.
 *   @defaultValue -1
 * @throws VitrineError `hook-failed` when it measures, where the function throws or gives no number
 * @example
 * // Perplexity of the prompt under a change.
 * const surprise = customMetric('mean surprise', (logits, { tokens, prompt, positions }) => ..., { position: 'all' });
 */
export function customMetric(
  name: string,
  measure: (logits: Tensor, context: CustomMetricContext) => number,
  options: { position?: number | readonly number[] | 'all' } = {},
): Metric {
  const { position = -1 } = options;
  return {
    name,
    reads: position,
    prepare(context) {
      const { model, tokens, batch, pos } = context;
      const positions = Array.from({ length: batch }, (): number[] => []);
      if (position === 'all') {
        positions.forEach((list, row) => {
          for (let at = 0; at < pos; at++) if (!tokens || tokens.mask[row]![at]) list.push(at);
        });
      } else {
        for (const at of typeof position === 'number' ? [position] : position)
          absolutePositions(context, at).forEach((found, row) => positions[row]!.push(found));
      }
      return Promise.resolve({
        name,
        reads: position,
        length: pos,
        positions,
        measure: (logits, prompt) => checked(name, () => measure(logits, { model, tokens, prompt, positions: positions[prompt]! })),
      });
    },
  };
}

function checked(name: string, measure: () => unknown): number {
  let value: unknown;
  try {
    value = measure();
  } catch (error) {
    const message = reasonOf(error);
    throw new VitrineError('hook-failed', `The metric "${name}" threw: ${message}`, { cause: error });
  }
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new VitrineError('hook-failed', `The metric "${name}" must return a number; it returned ${String(value)}.`);
}
