// SPDX-License-Identifier: MIT

/**
 * Vitrine's core: open a transformers.js model, read its activations, and apply the techniques of mechanistic interpretability. No DOM:
 * it runs in Node, in a page and in a worker.
 *
 * @packageDocumentation
 */
export { configure, environment, type Environment } from './environment.js';
export { isVitrineError, VitrineError, type OnProgress, type Progress, type VitrineErrorCode } from './errors.js';
export type { Architecture, HookSite, Layout, MissingHook } from './hooks/types.js';
export { actName, nearestNames, type NameSelector } from './hooks/names.js';
export { ActivationCache } from './model/activation-cache.js';
export { edit, type Edit, type EditOperation, type Vector } from './model/edits/edit.js';
export {
  editsFromJson,
  editsToJson,
  loadEdits,
  type EditJson,
  type EditsToJsonOptions,
  type JsonNumber,
  type LoadTensor,
  type TensorReference,
} from './model/edits/json.js';
export type { StoredValues } from './model/edits/json-values.js';
export type { HookContext, HookFunction } from './model/edits/hook-function.js';
export type { HookFunctions } from './model/edits/plan.js';
export type { Positions, Selection } from './model/edits/selection.js';
export type { Checkpoint } from './model/checkpoint.js';
export type { LogitPositions } from './model/logits-at.js';
export type { Feeds } from './model/feeds.js';
export type { GenerateOptions, GenerationResult, GenerationStep } from './model/generation/generate.js';
export { generateSideBySide, type SideBySideStep } from './model/generation/side-by-side.js';
export type { SamplingOptions } from './model/generation/sampling.js';
export { HookedModel, type CacheOptions, type CacheResult, type HookList, type RunOptions } from './model/hooked-model.js';
export type { ChatMessage, InputOptions, ModelInput, TokenizeOptions } from './model/model-input.js';
export { weightName, type ModelWeights, type StoredWeight, type WeightAccess, type WeightInfo } from './model/model-weights.js';
export type { OpenOptions } from './model/open.js';
export { RunResult } from './model/run-result.js';
export { Tensor, type TensorData } from './model/tensor.js';
export type { Tokens } from './model/tokens.js';
export type { TopToken } from './model/top-tokens.js';
export type { Device } from './runtime/types.js';
export {
  ablate,
  ablationEdits,
  measureAblation,
  type AblationEffect,
  type AblationOptions,
  type AblationReport,
  type AblationTargets,
} from './techniques/ablation.js';
export { meanActivation, meanActivations, type MeanActivationOptions } from './techniques/mean-activation.js';
export * from './techniques/metrics.js';
export * from './techniques/attribution.js';
export * from './techniques/patching.js';
export type { PromptSet, PromptSetOptions } from './techniques/prompt-set.js';
export {
  refusalDirection,
  refusalEdits,
  type ContrastPrompts,
  type DirectionCandidate,
  type RefusalDirectionOptions,
  type RefusalDirectionResult,
} from './techniques/refusal-direction.js';
export * from './techniques/steering.js';
export { logitLens, type LogitLensOptions, type LogitLensResult } from './techniques/logit-lens.js';
export type { LensTrajectories } from './techniques/lens-trajectories.js';
export * from './techniques/function-vector.js';
export { probeLayers, trainProbe, type ProbeLayersOptions, type TrainProbeOptions } from './techniques/probe.js';
export type { ProbeExample, ProbeReadOptions } from './techniques/probes/examples.js';
export { fitProbe, type ProbeData, type ProbeOptions } from './techniques/probes/fit.js';
export type { MinimiseOptions } from './techniques/probes/minimise.js';
export {
  Probe,
  type ProbeAccuracy,
  type ProbeKind,
  type ProbeLabel,
  type ProbeParts,
  type ProbePrediction,
} from './techniques/probes/probe.js';
export {
  findHeads,
  headScores,
  headScoresBy,
  type HeadScoreKind,
  type HeadScores,
  type HeadScoresOptions,
  type RankedHead,
} from './techniques/head-scores.js';
export type { RepeatedTokensOptions } from './techniques/heads/repeated-tokens.js';
export type { ScoreConvention } from './techniques/heads/masks.js';
export * from './techniques/weights.js';
export type { Token } from './transformers/token.js';
export type { Tokenizer } from './transformers/tokenizer.js';
export * from './figures/index.js';
export * from './trace/index.js';
export { version } from './version.js';
