// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { Tensor } from '../../model/tensor.js';
import type { Answer } from '../answer.js';
import { logitDiff, logOdds, logProbability, probability, rank } from './answers.js';
import { klDivergence } from './divergence.js';
import type { Metric } from './metric.js';

/** A built-in metric as data: `kind` is the function that makes it, the rest its arguments. It can be stored, and sent to a worker. */
export type MetricSpec = { readonly position?: number } & (
  | { readonly kind: 'logitDiff'; readonly answer: Answer | readonly Answer[]; readonly wrong: Answer | readonly Answer[] }
  | { readonly kind: 'probability' | 'logProbability' | 'rank'; readonly answer: Answer | readonly Answer[] }
  | { readonly kind: 'logOdds'; readonly answers: readonly Answer[] }
  | { readonly kind: 'klDivergence'; readonly reference: Tensor }
);

/**
 * The metric that a description stands for.
 *
 * @throws VitrineError `invalid-option` for a kind that is none
 * @example
 * metricOf({ kind: 'logitDiff', answer: ' Mary', wrong: ' John' }); // as logitDiff(' Mary', ' John')
 */
export function metricOf(spec: MetricSpec): Metric {
  const options = spec.position === undefined ? {} : { position: spec.position };
  switch (spec.kind) {
    case 'logitDiff':
      return logitDiff(spec.answer, spec.wrong, options);
    case 'probability':
      return probability(spec.answer, options);
    case 'logProbability':
      return logProbability(spec.answer, options);
    case 'rank':
      return rank(spec.answer, options);
    case 'logOdds':
      return logOdds(spec.answers, options);
    case 'klDivergence':
      return klDivergence(spec.reference, options);
    default: {
      const { kind } = spec as { kind?: unknown };
      throw new VitrineError(
        'invalid-option',
        `The kind of a metric must be logitDiff, probability, logProbability, rank, logOdds or klDivergence; got ${JSON.stringify(kind)}.`,
      );
    }
  }
}
