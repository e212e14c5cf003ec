// SPDX-License-Identifier: MIT
// A model and everything that can be done with it: open, run, keep activations, edit, generate, read weights.
export { configure, environment, type Environment } from '../environment.js';
export { isVitrineError, VitrineError, type OnProgress, type Progress, type VitrineErrorCode } from '../errors.js';
export type { Architecture, HookSite, Layout, MissingHook } from '../hooks/types.js';
export { actName, nearestNames, type NameSelector } from '../hooks/names.js';
export { ActivationCache } from './activation-cache.js';
export { edit, type Edit, type EditOperation, type Vector } from './edits/edit.js';
export {
  editsFromJson,
  editsToJson,
  loadEdits,
  type EditJson,
  type EditsToJsonOptions,
  type JsonNumber,
  type LoadTensor,
  type TensorReference,
} from './edits/json.js';
export type { StoredValues } from './edits/json-values.js';
export type { HookContext, HookFunction } from './edits/hook-function.js';
export type { HookFunctions } from './edits/plan.js';
export type { Positions, Selection } from './edits/selection.js';
export type { Checkpoint } from './checkpoint.js';
export type { LogitPositions } from './logits-at.js';
export type { Feeds } from './feeds.js';
export type { GenerateOptions, GenerationResult, GenerationStep } from './generation/generate.js';
export { generateSideBySide, type SideBySideStep } from './generation/side-by-side.js';
export type { SamplingOptions } from './generation/sampling.js';
export { HookedModel, type CacheOptions, type CacheResult, type HookList, type RunOptions } from './hooked-model.js';
export type { ChatMessage, InputOptions, ModelInput, TokenizeOptions } from './model-input.js';
export type { ModelWeights, StoredWeight, WeightAccess, WeightInfo } from './model-weights.js';
export { weightName } from './weight-name.js';
export type { OpenOptions } from './open.js';
export { RunResult } from './run-result.js';
export { Tensor, type TensorData } from './tensor.js';
export type { Tokens } from './tokens.js';
export type { TopToken } from './top-tokens.js';
export type { Device } from '../runtime/types.js';
export type { Token } from '../transformers/token.js';
export type { Tokenizer } from '../transformers/tokenizer.js';
