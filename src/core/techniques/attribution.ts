// SPDX-License-Identifier: MIT
export { accumulatedLogits, type AccumulatedLogits, type AccumulatedLogitsOptions } from './attribution/accumulated-logits.js';
export { logitAttribution, type AttributionOptions, type LogitAttribution } from './attribution/logit-attribution.js';
export { topContributions, type Contribution } from './attribution/top-contributions.js';
export type { AnswerOptions } from './attribution/stream-reading.js';
