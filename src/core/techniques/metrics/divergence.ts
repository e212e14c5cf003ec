// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { RunResult } from '../../model/run-result.js';
import type { Tensor } from '../../model/tensor.js';
import { logSumExp } from '../../model/top-tokens.js';
import { absolutePositions, type Metric, type MetricOptions } from './metric.js';

/**
 * KL(reference || run) in nats at one position: how far a change moves the whole prediction. 0 only where nothing changed.
 *
 * @param reference - the run to compare with, on the same prompts, or its logits: [batch, pos, d_vocab] padded alike, or [batch, d_vocab]
 *   at the position itself
 * @throws VitrineError `invalid-input` when prepared, where the reference has other rows or positions
 * @example
 * const base = await model.run(prompts);
 * await evaluate(model, klDivergence(base), prompts, { edits });
 */
export function klDivergence(reference: RunResult | Tensor, options: MetricOptions = {}): Metric {
  const logits = reference instanceof RunResult ? reference.logits : reference;
  return {
    name: 'KL divergence',
    reads: options.position ?? -1,
    spec: { kind: 'klDivergence', reference: logits, ...options },
    prepare(context) {
      const whole = logits.dims.length === 3;
      if (logits.dims[0] !== context.batch || (whole && logits.dims[1] !== context.pos)) {
        throw new VitrineError(
          'invalid-input',
          `The reference of klDivergence needs ${context.batch} rows of ${context.pos} positions, as the run has; its logits are ` +
            `[${logits.dims.join(', ')}]. Run the reference on the same prompts.`,
        );
      }
      const width = logits.dims.at(-1)!;
      const positions = absolutePositions(context, options.position ?? -1);
      const rows = positions.map((position, row) => {
        const at = whole ? row * context.pos + position : row;
        return logits.data.subarray(at * width, (at + 1) * width);
      });
      const norms = rows.map(logSumExp);
      return Promise.resolve({
        name: 'KL divergence',
        reads: options.position ?? -1,
        length: context.pos,
        positions: positions.map((position) => [position]),
        measure: (run, prompt) => klOf(rows[prompt]!, norms[prompt]!, run.data),
      });
    },
  };
}

/** KL(p || q) in nats of two rows of logits; `pNorm` is logSumExp(p). Sums in float64. */
export function klOf(p: Float32Array, pNorm: number, q: Float32Array): number {
  const qNorm = logSumExp(q);
  let sum = 0;
  for (let id = 0; id < p.length; id++) {
    const logP = p[id]! - pNorm;
    const probability = Math.exp(logP);
    if (probability > 0) sum += probability * (logP - (q[id]! - qNorm));
  }
  return Math.max(0, sum);
}
