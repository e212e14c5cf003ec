// SPDX-License-Identifier: MIT
import {
  ActivationCache,
  RunResult,
  Tensor,
  VitrineError,
  type AblationSweepOptions,
  type ActivationPatchingOptions,
  type CacheOptions,
  type CacheResult,
  type CausalTracingOptions,
  type CausalTracingResult,
  type FigureModel,
  type ChatMessage,
  type GenerateOptions,
  type GenerationResult,
  type GenerationStep,
  type HookedModel,
  type HookFunctions,
  type HookList,
  type LogitLensOptions,
  type LogitLensResult,
  type ModelInput,
  type NameSelector,
  type RunOptions,
  type Sweep,
  type Token,
  type TokenizeOptions,
  type Tokens,
  type TopToken,
} from '../core/index.js';
import { connect, disposed, waiting, type WorkerModelOptions } from './connect.js';
import type { Conversation } from './conversation.js';
import { askFigure } from './ask-figure.js';
import type { Facts, Sent } from './protocol.js';
import { remoteSweep } from './remote-sweep.js';
import { StepQueue } from './step-queue.js';

/**
 * A model that lives in a worker. What {@link HookedModel} answers at once, it answers by a promise. Edits, which are data, go along;
 * hook functions stay where they are, and are refused.
 */
export interface WorkerModel extends Pick<
  HookedModel,
  'hooks' | 'info' | 'config' | 'tokenize' | 'run' | 'runWithCache' | 'generate' | 'generateText' | 'dispose'
> {
  /** The most likely tokens at one position: as {@link HookedModel.topTokens}. */
  topTokens(logits: Tensor, k?: number): Promise<TopToken[]>;
  /** As the function `recordFigure`, in the worker. */
  figure: FigureModel['figure'];
  /** As the function `logitLens`, in the worker. */
  logitLens(input: ModelInput, options?: LogitLensOptions): Promise<LogitLensResult>;
  /**
   * As the function `activationPatching`, in the worker, which computes ahead of the loop that reads the cells.
   *
   * @throws VitrineError also `invalid-option` for a metric of your own, as functions do not cross
   * @example
   * const sweep = model.activationPatching({ clean, corrupted, metric: logitDiff(' Mary', ' John'), site: 'head_out' });
   * for await (const { place, value } of sweep) paint(place, value);
   */
  activationPatching(options: ActivationPatchingOptions): Sweep;
  /** As the function `ablationSweep`, in the worker; see {@link WorkerModel.activationPatching}. */
  ablationSweep(options: AblationSweepOptions): Sweep;
  /** As the function `causalTracing`, in the worker; see {@link WorkerModel.activationPatching}. */
  causalTracing(options: CausalTracingOptions): Sweep<CausalTracingResult>;
}

/**
 * Opens a model in a worker, so that the page stays fluid while it runs. Activations come back without a copy.
 *
 * Relative addresses count from the page. `configure()` settings go along, as far as they are addresses: a worker loads transformers.js
 * and ONNX Runtime itself.
 *
 * @throws VitrineError what {@link HookedModel.fromPretrained} throws; `device-unavailable` where there are no workers;
 *   `library-missing` where the worker's script cannot be loaded
 * @example
 * const model = await createWorkerModel('vitrine/storyteller');
 * const { cache } = await model.runWithCache('Once upon a time', { names: 'pattern' });
 * cache.get('pattern', 2);
 * await model.dispose();
 */
export async function createWorkerModel(source: string, options: WorkerModelOptions = {}): Promise<WorkerModel> {
  const { conversation, facts, close } = await connect(source, options);
  return new RemoteModel(conversation, facts, close);
}

/** {@link WorkerModel} over a conversation. */
class RemoteModel implements WorkerModel {
  readonly hooks: HookList;
  readonly info: Facts['info'];
  readonly config: Facts['config'];
  readonly #conversation: Conversation;
  readonly #close: (error: VitrineError) => void;

  constructor(conversation: Conversation, { hooks, info, config }: Facts, close: (error: VitrineError) => void) {
    this.hooks = hooks;
    this.info = info;
    this.config = config;
    this.#conversation = conversation;
    this.#close = close;
  }

  async tokenize(text: string, options: TokenizeOptions = {}): Promise<Token[]> {
    return (await this.#conversation.ask('tokenize', [text, options])) as Token[];
  }

  async run(input: ModelInput, { signal, onProgress, hooks, ...rest }: RunOptions = {}): Promise<RunResult> {
    refuseFunctions(hooks);
    const { tokens, outputs } = (await this.#conversation.ask('run', [input, rest], waiting(signal, onProgress))) as Answer;
    return new RunResult(tokens, outputs);
  }

  async runWithCache(input: ModelInput, { signal, onProgress, hooks, ...rest }: CacheOptions = {}): Promise<CacheResult> {
    refuseFunctions(hooks);
    if (rest.keepOn === 'gpu') {
      throw new VitrineError(
        'invalid-option',
        "keepOn: 'gpu' keeps activations on the GPU of the worker, where this page cannot read them. Leave it out.",
      );
    }
    const names = rest.names === undefined ? undefined : this.#sendable(rest.names);
    const sent: Sent<CacheOptions> = { ...rest, ...(names && { names }) };
    const answer = await this.#conversation.ask('runWithCache', [input, sent], waiting(signal, onProgress));
    const { tokens, outputs, activations } = answer as Answer & { activations: Map<string, Tensor> };
    const result = new RunResult(tokens, outputs);
    return {
      tokens,
      result,
      cache: this.#cache(activations),
      get logits() {
        return result.logits;
      },
    };
  }

  async topTokens(logits: Tensor, k = 10): Promise<TopToken[]> {
    return (await this.#conversation.ask('topTokens', [lastRow(logits), k])) as TopToken[];
  }

  async logitLens(input: ModelInput, { signal, onProgress, hooks, ...rest }: LogitLensOptions = {}): Promise<LogitLensResult> {
    refuseFunctions(hooks);
    const answer = await this.#conversation.ask('logitLens', [input, rest], waiting(signal, onProgress));
    const { lens, vocabulary } = answer as { lens: Omit<LogitLensResult, 'text'>; vocabulary: Map<number, string> };
    return { ...lens, text: (id) => vocabulary.get(id) ?? unknownId(id) };
  }

  readonly figure: FigureModel['figure'] = (kind, options, context) => askFigure(this.#conversation, kind, options, context);

  activationPatching(options: ActivationPatchingOptions): Sweep {
    return remoteSweep(this.#conversation, 'activationPatching', options);
  }

  ablationSweep(options: AblationSweepOptions): Sweep {
    return remoteSweep(this.#conversation, 'ablationSweep', options);
  }

  causalTracing(options: CausalTracingOptions): Sweep<CausalTracingResult> {
    return remoteSweep(this.#conversation, 'causalTracing', options);
  }

  async dispose(): Promise<void> {
    await this.#conversation.ask('dispose', []).catch(() => undefined); // disposed twice, or the worker is gone: nothing is left to free
    this.#close(disposed());
  }

  async *generate(
    prompt: string | readonly number[] | readonly ChatMessage[],
    { signal, hooks, ...rest }: GenerateOptions = {},
  ): AsyncGenerator<GenerationStep, GenerationResult, void> {
    refuseFunctions(hooks);
    const sent: Sent<GenerateOptions> = { ...rest, ...(rest.capture !== undefined && { capture: this.#sendable(rest.capture) }) };
    const steps = new StepQueue();
    const stop = new AbortController();
    const ask = { signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal, onStep: (step: unknown) => steps.push(step) };
    const answer = this.#conversation.ask('generate', [prompt, sent], ask);
    steps.endWith(answer);
    try {
      for await (const step of steps) {
        const { activations, ...given } = step as GenerationStep & { activations?: Map<string, Tensor> };
        yield activations ? { ...given, cache: this.#cache(activations) } : given;
      }
      return (await answer) as GenerationResult;
    } finally {
      stop.abort(); // where the loop was left early, the worker stops too
    }
  }

  async generateText(
    prompt: string | readonly number[] | readonly ChatMessage[],
    options: GenerateOptions = {},
  ): Promise<GenerationResult> {
    const steps = this.generate(prompt, options);
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
    }
  }

  #cache(activations: ReadonlyMap<string, Tensor>): ActivationCache {
    const entries = new Map([...activations].map(([name, tensor]) => [name, { read: () => tensor }]));
    return new ActivationCache(entries, this.hooks.names, this.hooks.architecture.nLayer);
  }

  /** Functions do not cross to a worker: the names that they pick do. */
  #sendable(names: NameSelector): NameSelector {
    const parts = (Array.isArray(names) ? names : [names]) as readonly (string | RegExp | ((name: string) => boolean))[];
    return parts.flatMap((part) => (typeof part === 'function' ? this.hooks.names.filter(part) : [part]));
  }
}

function refuseFunctions(hooks: HookFunctions | undefined): void {
  if (hooks === undefined) return;
  throw new VitrineError(
    'invalid-option',
    'Hook functions cannot be sent to a worker. Write the change as edits, which are data, or open the model with HookedModel.fromPretrained().',
  );
}

interface Answer {
  tokens: Tokens | undefined;
  outputs: Map<string, Tensor>;
}

/** The logits of the last position of the first row: all that the question is about, so that the others stay here. */
function lastRow(logits: Tensor): Tensor {
  const row = logits.axes[0] === 'batch' ? logits.select('batch', 0) : logits;
  const width = logits.dims.at(-1)!;
  return new Tensor(row.data.slice(row.size - width), [width], ['d_vocab']);
}

function unknownId(id: number): never {
  throw new VitrineError('invalid-input', `The text of token ${id} was not sent: a lens from a worker knows the ids in topIds and target.`);
}
