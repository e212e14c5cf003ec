// SPDX-License-Identifier: MIT
import type { Tensor } from '../../model/tensor.js';
import { VitrineError } from '../../errors.js';

/** One of the strongest entries of an attribution. */
export interface Contribution {
  /** "head 9.9", "neuron 11.2044". */
  label: string;
  layer: number;
  /** Head or neuron. */
  index: number;
  value: number;
}

/**
 * The heads or neurons that contribute most at one position.
 *
 * @param values - `heads` or `neurons` of a {@link LogitAttribution}: [layer, head or neuron, batch, pos]
 * @param count - how many
 * @param options - `by`: 'size' ranks by absolute value, 'positive' and 'negative' by signed value; `batch` and `pos` say where. @defaultValue 'size', 0, -1
 * @throws VitrineError `invalid-input` for another tensor, `invalid-option` for a count below 1
 * @example
 * topContributions(attribution.neurons, 10, { by: 'positive' })    // [{ label: 'neuron 11.2044', layer: 11, index: 2044, value: 0.31 }, ...]
 */
export function topContributions(
  values: Tensor,
  count = 10,
  options: { by?: 'size' | 'positive' | 'negative'; batch?: number; pos?: number } = {},
): Contribution[] {
  const { by = 'size', batch = 0, pos = -1 } = options;
  const [layerAxis, kind, ...where] = values.axes;
  if (layerAxis !== 'layer' || (kind !== 'head' && kind !== 'neuron') || where.join() !== 'batch,pos') {
    throw new VitrineError(
      'invalid-input',
      `topContributions() takes the heads [layer, head, batch, pos] or neurons [layer, neuron, batch, pos] of logitAttribution(); got [${values.axes.join(', ')}].`,
    );
  }
  if (!Number.isInteger(count) || count < 1)
    throw new VitrineError('invalid-option', `count must be a whole number from 1 up; got ${count}.`);
  const { data } = values.select('batch', batch).select('pos', pos);
  const rank = { size: Math.abs, positive: (value: number) => value, negative: (value: number) => -value }[by];
  const width = values.dims[1]!;
  const order = Array.from(data, (_, at) => at).sort((one, other) => rank(data[other]!) - rank(data[one]!));
  return order.slice(0, count).map((at) => {
    const [layer, index] = [Math.floor(at / width), at % width];
    return { label: `${kind} ${layer}.${index}`, layer, index, value: data[at]! };
  });
}
