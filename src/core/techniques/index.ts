// SPDX-License-Identifier: MIT
// The techniques of mechanistic interpretability, on an open model.
export {
  ablate,
  ablationEdits,
  measureAblation,
  type AblationEffect,
  type AblationOptions,
  type AblationReport,
  type AblationTargets,
} from './ablation.js';
export { meanActivation, meanActivations, type MeanActivationOptions } from './mean-activation.js';
export * from './metrics.js';
export * from './attribution.js';
export * from './patching.js';
export type { PromptSet, PromptSetOptions } from './prompt-set.js';
export {
  refusalDirection,
  refusalEdits,
  type ContrastPrompts,
  type DirectionCandidate,
  type RefusalDirectionOptions,
  type RefusalDirectionResult,
} from './refusal-direction.js';
export * from './steering.js';
export { logitLens, type LogitLensOptions, type LogitLensResult } from './logit-lens.js';
export type { LensTrajectories } from './lens-trajectories.js';
export * from './function-vector.js';
export { probeLayers, trainProbe, type ProbeLayersOptions, type TrainProbeOptions } from './probe.js';
export type { ProbeExample, ProbeReadOptions } from './probes/examples.js';
export { fitProbe, type ProbeData, type ProbeOptions } from './probes/fit.js';
export type { MinimiseOptions } from './probes/minimise.js';
export { Probe, type ProbeAccuracy, type ProbeKind, type ProbeLabel, type ProbeParts, type ProbePrediction } from './probes/probe.js';
export {
  findHeads,
  headScores,
  headScoresBy,
  type HeadScoreKind,
  type HeadScores,
  type HeadScoresOptions,
  type RankedHead,
} from './head-scores.js';
export type { RepeatedTokensOptions } from './heads/repeated-tokens.js';
export type { ScoreConvention } from './heads/masks.js';
export * from './weights.js';
