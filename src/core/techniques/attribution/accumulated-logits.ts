// SPDX-License-Identifier: MIT

/**
 * The logit, or logit difference, that the stream holds at every point on its way up: the accumulated side of direct logit attribution.
 *
 * `cached` divides every stream by the scale that the final norm has at that position, as TransformerLens's `accumulated_resid` with
 * `apply_ln`: differences between rows are then exact contributions of what lies between. `recompute` takes every stream's own scale, as
 * the logit lens does: what the model would say if it stopped there. At the last point both are the model's own.
 */
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import { finalScales, requireAdditive } from './answer-direction.js';
import { dot } from './fold.js';
import { lastStream, readStreams, totalsOf, type AnswerOptions } from './stream-reading.js';

export interface AccumulatedLogitsOptions extends AnswerOptions {
  /** Which scale the final norm uses, see the head of this module. @defaultValue 'cached' */
  norm?: 'cached' | 'recompute';
}

/** What {@link accumulatedLogits} finds. */
export interface AccumulatedLogits {
  norm: 'cached' | 'recompute';
  /** "0_pre", "0_mid", ..., "final_post". */
  labels: string[];
  /** Absolute positions, [batch][pos]. */
  positions: number[][];
  /** [point, batch, pos] */
  values: Tensor;
}

/**
 * Follows a logit or a logit difference up the stream.
 *
 * @throws VitrineError as {@link logitAttribution}
 * @example
 * const { labels, values } = await accumulatedLogits(model, prompt, { answer: ' Mary', wrong: ' John' });
 * labels.map((label, point) => [label, values.at(point, 0, 0)]);
 */
export async function accumulatedLogits(
  model: HookedModel,
  input: ModelInput,
  options: AccumulatedLogitsOptions,
): Promise<AccumulatedLogits> {
  const { norm = 'cached', ...rest } = options;
  if (norm !== 'cached' && norm !== 'recompute')
    throw new VitrineError('invalid-option', `norm must be 'cached' or 'recompute'; got ${JSON.stringify(norm)}.`);
  requireAdditive(model);
  const final = lastStream(model);
  const points = [...model.hooks.names.filter((name) => /\.hook_resid_(pre|mid)$/.test(name)), final];
  const read = await readStreams(model, input, rest, points);
  const { scale } = await totalsOf(model, read.rows(read.cache.get(final)), read);
  const width = model.hooks.architecture.dModel;
  const pos = read.positions[0]!.length;
  const data = new Float32Array(points.length * scale.length);
  points.forEach((name, point) => {
    const rows = read.rows(read.cache.get(name));
    const scales = norm === 'cached' ? scale : finalScales(model, rows);
    scales.forEach((length, row) => {
      const { direction, constant } = read.directions[Math.floor(row / pos)]!;
      data[point * scale.length + row] = dot(rows, row * width, direction) / length + constant;
    });
  });
  const labelOf = (name: string): string => name.replace(/^blocks\.(\d+)\.hook_resid_/, '$1_');
  return {
    norm,
    labels: points.map((name) => (name === final ? 'final_post' : labelOf(name))),
    positions: read.positions,
    values: new Tensor(data, [points.length, read.batch, pos], ['point', 'batch', 'pos']),
  };
}
