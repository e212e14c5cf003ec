// SPDX-License-Identifier: MIT
export { logitDiff, logOdds, logProbability, probability, rank } from './metrics/answers.js';
export { customMetric, type CustomMetricContext } from './metrics/custom.js';
export { klDivergence } from './metrics/divergence.js';
export {
  evaluate,
  measureLogits,
  measureRun,
  prepareMetric,
  type Metric,
  type MetricContext,
  type MetricOptions,
  type MetricValues,
  type PreparedMetric,
} from './metrics/metric.js';
export { metricOf, type MetricSpec } from './metrics/metric-spec.js';
export type { Answer } from './answer.js';
