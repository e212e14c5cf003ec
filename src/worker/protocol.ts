// SPDX-License-Identifier: MIT
import type {
  AblationSweepOptions,
  ActivationPatchingOptions,
  CacheOptions,
  CausalTracingOptions,
  ChatMessage,
  Environment,
  FigureKinds,
  GenerateOptions,
  HookedModel,
  LogitLensOptions,
  MetricSpec,
  ModelInput,
  OpenOptions,
  Progress,
  RunOptions,
  TokenizeOptions,
} from '../core/index.js';
import type { Failure } from './failure.js';

/** Options that cross to the worker: what cannot be cloned travels beside them, as a number to cancel by and a wish for progress. */
export type Sent<Options> = Omit<Options, 'signal' | 'onProgress' | 'transformers' | 'ort' | 'hooks'>;

/** The sweeps, by the name of their function, and what they take. */
export interface Sweeps {
  activationPatching: ActivationPatchingOptions;
  ablationSweep: AblationSweepOptions;
  causalTracing: CausalTracingOptions;
}

/** Options of a sweep as they cross: the metric as data. */
export type SentSweep<Name extends keyof Sweeps = keyof Sweeps> = Omit<Sent<Sweeps[Name]>, 'metric'> & { metric: MetricSpec };

/** What the page can ask of the model in the worker, by name; arguments in order. */
export interface Calls {
  open: [source: string, options: Sent<OpenOptions>, environment: Environment];
  tokenize: [text: string, options: TokenizeOptions];
  run: [input: ModelInput, options: Sent<RunOptions>];
  runWithCache: [input: ModelInput, options: Sent<CacheOptions>];
  topTokens: [logits: unknown, k: number];
  generate: [prompt: string | readonly number[] | readonly ChatMessage[], options: Sent<GenerateOptions>];
  logitLens: [input: ModelInput, options: Sent<LogitLensOptions>];
  figure: [kind: keyof FigureKinds, options: FigureKinds[keyof FigureKinds]['options']];
  sweep: [name: keyof Sweeps, options: SentSweep];
  dispose: [];
}

/** One request. `progress` asks for reports on the way. */
export interface Request {
  id: number;
  call: keyof Calls;
  args: unknown[];
  progress: boolean;
}

/** Gives up request `id`. */
export interface Cancel {
  id: number;
  cancel: true;
}

/** What comes back: any number of reports and steps, then a value or a failure. */
export type Reply =
  { id: number; progress: Progress } | { id: number; step: unknown } | { id: number; value: unknown } | { id: number; failure: Failure };

/** What is known of a model once it is open. */
export type Facts = Pick<HookedModel, 'hooks' | 'info' | 'config'>;

/** The message that opens a conversation; the port for it comes along. */
export const HELLO = 'vitrine:model';
