// SPDX-License-Identifier: MIT
import { throwIfAborted, type OnProgress, VitrineError } from '../errors.js';
import { loadPart } from '../load-part.js';
import type { NameSelector } from '../hooks/names.js';
import type { Architecture, HookSite, MissingHook } from '../hooks/types.js';
import type { Device } from '../runtime/types.js';
import type { Chain, ChainRequest } from '../stages/chain.js';
import type { StagedGraph } from '../stages/staged-graph.js';
import type { LibraryModel } from '../transformers/session.js';
import type { Token } from '../transformers/token.js';
import type { Tokenizer } from '../transformers/tokenizer.js';
import type { ActivationCache } from './activation-cache.js';
import { Capture } from './capture.js';
import { boundaryWithoutStream, makeCheckpoint, requireCleanCut, streamTensor, type Checkpoint } from './checkpoint.js';
import type { Edit } from './edits/edit.js';
import { EditPlan, type HookFunctions, type PassChanges } from './edits/plan.js';
import type { GenerateOptions, GenerationResult, GenerationStep } from './generation/generate.js';
import { runHead } from './head.js';
import {
  InputReader,
  type ChatMessage,
  type InputOptions,
  type ModelInput,
  type PreparedInput,
  type TokenizeOptions,
} from './model-input.js';
import type { ModelWeights } from './model-weights.js';
import type { OpenedModel, OpenOptions } from './open.js';
import { runLogitsAt, type LogitPositions } from './logits-at.js';
import { mainOutputs, readResult, RunResult } from './run-result.js';
import type { Tensor } from './tensor.js';
import type { Tokens } from './tokens.js';
import { topTokens, type TopToken } from './top-tokens.js';
import type { MatrixProducts } from './matmul.js';
import { WeightReader } from './weights.js';

type Machinery = typeof import('./machinery.js');

export interface RunOptions extends InputOptions {
  /** Changes as data, compiled into the model; see {@link edit}. */
  edits?: readonly Edit[];
  /** Functions of activations, by hook name or pattern, run between pieces of the model. */
  hooks?: HookFunctions;
  /** Compute the logits at these positions only: 'last' real token, or positions (negative from the last). @defaultValue all positions */
  logitsAt?: LogitPositions;
  /** Called as stages are compiled and run. */
  onProgress?: OnProgress;
}

export interface CacheOptions extends Omit<RunOptions, 'logitsAt'> {
  /** Hooks to capture: names, `*` patterns, regular expressions, a predicate, or a list of these. @defaultValue all of them */
  names?: NameSelector;
  /** Run blocks 0 to stopAtLayer - 1 only (negative: from the end), as in TransformerLens; no logits then. */
  stopAtLayer?: number;
  /** Whether to compute the logits. `false` also skips every block after the last captured hook. @defaultValue true unless stopAtLayer is given */
  logits?: boolean;
  /** `gpu` leaves the captured tensors on the GPU (device webgpu); read them with `cache.download` or `cache.gpu`. @defaultValue 'cpu' */
  keepOn?: 'cpu' | 'gpu';
}

/** The result of {@link HookedModel.runWithCache}. */
export interface CacheResult {
  cache: ActivationCache;
  tokens: Tokens | undefined;
  /** Outputs of the run; `result.logits` where the head ran. */
  result: RunResult;
  /** Shorthand for `result.logits`. */
  readonly logits: Tensor;
}

/** The hooks of a model and what its structure says. */
export interface HookList {
  /** Names in the order of the forward pass. */
  readonly names: readonly string[];
  readonly sites: ReadonlyMap<string, HookSite>;
  /** Names that people look for and that this model has not, with the reason. */
  readonly missing: readonly MissingHook[];
  readonly architecture: Architecture;
}

/**
 * A transformers.js model whose every internal activation can be read.
 *
 * @example
 * const model = await HookedModel.fromPretrained('onnx-community/gpt2-ONNX');
 * const { logits, cache } = await model.runWithCache('The capital of France is', { names: /hook_pattern/ });
 * cache.get('pattern', 5).dims                       // [1, 12, 5, 5]
 * model.topTokens(logits, 3).map((token) => token.text)
 */
export class HookedModel {
  /** The hook names of this model, with shapes, and what was not found and why. */
  readonly hooks: HookList;
  /** What was opened. */
  readonly info: {
    readonly name: string;
    readonly revision: string;
    readonly dtype: string;
    readonly file: string;
    readonly device: Device;
  };
  readonly #machinery: Machinery;
  readonly #opened: OpenedModel;
  readonly #weights: WeightReader;
  readonly #input: InputReader;
  readonly #products: MatrixProducts;
  #modelWeights: ModelWeights | undefined;
  #disposed = false;

  private constructor(machinery: Machinery, opened: OpenedModel) {
    this.#machinery = machinery;
    this.#opened = opened;
    this.#weights = new WeightReader(opened.weights);
    this.#products = new machinery.MatrixProducts(opened.backend);
    const table = opened.prompt.graph.table;
    this.hooks = { names: [...table.sites.keys()], sites: table.sites, missing: table.missing, architecture: table.architecture };
    this.info = {
      name: opened.files.name,
      revision: opened.files.revision,
      dtype: opened.files.dtype,
      file: opened.files.fileName,
      device: opened.backend.device,
    };
    this.#input = new InputReader(opened.prompt, opened.tokenizer, opened.files.config);
  }

  /**
   * Opens a model.
   *
   * @param source - a hub id (`onnx-community/gpt2-ONNX`), a URL of a model's folder, a local folder (a path in Node, a relative URL in a
   *   page), or `vitrine/storyteller`, the small model inside this package
   * @throws VitrineError `dtype-missing`, `file-missing`, `network`, `invalid-onnx`, `unsupported-model`, `library-missing`, `aborted`
   */
  static async fromPretrained(source: string, options: OpenOptions = {}): Promise<HookedModel> {
    const machinery = await loadPart('what opens a model', () => import('./machinery.js'));
    return new HookedModel(machinery, await machinery.openModel(source, options));
  }

  /** The tokenizer. @throws VitrineError `unsupported-model` for models that take no text */
  get tokenizer(): Tokenizer {
    const { tokenizer, files } = this.#opened;
    if (tokenizer) return tokenizer;
    throw new VitrineError(
      'unsupported-model',
      `${files.name} has no tokenizer, so it takes no text. Run it with token ids (number[]) or tensors by input name ({ pixel_values: ... }).`,
    );
  }

  /** The weight matrices, under TransformerLens names and in its shapes. Found when first asked for, read from the file at each call. */
  get weights(): ModelWeights {
    if (this.#modelWeights) return this.#modelWeights;
    const { table, index } = this.#graph;
    const { findWeights, ModelWeights, WeightValues } = this.#machinery;
    return (this.#modelWeights = new ModelWeights({
      architecture: table.architecture,
      table: findWeights(index, table, this.config),
      values: new WeightValues(index, this.#weights),
      products: this.#products,
      alive: () => this.#requireAlive(),
    }));
  }

  /** config.json of the model. */
  get config(): Readonly<Record<string, unknown>> {
    return this.#opened.files.config;
  }

  /** The tokens of a text, with their own text, bytes and place. @throws VitrineError `unsupported-model` without a tokenizer */
  async tokenize(text: string, options: TokenizeOptions = {}): Promise<Token[]> {
    return this.#input.tokenize(text, options);
  }

  /**
   * Runs the model as published.
   *
   * @returns logits [batch, pos, d_vocab] (classifiers: [batch, class]) and other outputs
   * @throws VitrineError `empty-input`, `input-too-long`, `invalid-input`, `out-of-memory`, `aborted`, `disposed`
   */
  async run(input: ModelInput, options: RunOptions = {}): Promise<RunResult> {
    const prepared = await this.#input.prepare(input, options);
    return this.#finish({ known: prepared.feeds, from: 0, ...this.#changes(options, prepared), ...watched(options) }, prepared, options);
  }

  /**
   * Runs the model and keeps activations.
   *
   * @throws VitrineError `unknown-hook` with the nearest names, and all that {@link HookedModel.run} throws
   * @example
   * const { cache } = await model.runWithCache(prompt, { names: ['blocks.*.attn.hook_pattern', /resid_post/], logits: false });
   */
  async runWithCache(input: ModelInput, options: CacheOptions = {}): Promise<CacheResult> {
    const graph = this.#graph;
    const capture = new Capture(graph, this.#weights, options.names);
    const stop = options.stopAtLayer === undefined ? this.#headStage : this.#layer(options.stopAtLayer, 'stopAtLayer');
    const prepared = await this.#input.prepare(input, options);
    const wantsLogits = options.logits ?? options.stopAtLayer === undefined;
    const outputs = wantsLogits ? mainOutputs(graph) : [];
    const made = await this.#opened.prompt.run({
      ...this.#changes(options, prepared),
      known: prepared.feeds,
      from: 0,
      to: wantsLogits ? this.#headStage : Math.min(capture.lastStage, stop),
      wanted: new Set([...outputs, ...capture.tensors(stop)]),
      ...watched(options),
    });
    const cache = await capture.cache(new Map([...prepared.feeds, ...made]), prepared.shape, options.keepOn ?? 'cpu');
    const result = await readResult(prepared.tokens, made, outputs);
    return {
      cache,
      tokens: prepared.tokens,
      result,
      get logits() {
        return result.logits;
      },
    };
  }

  /**
   * Runs up to a block and keeps what the rest of the model needs, so that the rest can be run again and again without the beginning.
   *
   * @param layer - the block that {@link HookedModel.runFrom} starts with; nLayer is the head
   */
  async checkpoint(input: ModelInput, layer: number, options: RunOptions = {}): Promise<Checkpoint> {
    const at = this.#layer(layer, 'layer');
    const prepared = await this.#input.prepare(input, options);
    const made = await this.#opened.prompt.run({
      ...this.#changes(options, prepared),
      known: prepared.feeds,
      from: 0,
      to: at,
      wanted: new Set(),
      keepBoundary: true,
      ...watched(options),
    });
    return makeCheckpoint(at, prepared, new Map([...prepared.feeds, ...made]));
  }

  /**
   * A checkpoint made of residual streams that are at hand, without running the blocks before it: a batch of rows, each with a stream of its own.
   *
   * @param resid - hook_resid_pre of the block `layer`, [batch, pos, d_model]
   */
  async checkpointAt(input: ModelInput, layer: number, resid: Tensor, options: RunOptions = {}): Promise<Checkpoint> {
    const at = this.#layer(layer, 'layer');
    const chain = this.#chain;
    const prepared = await this.#input.prepare(input, options);
    requireCleanCut(chain, at);
    const boundary = await boundaryWithoutStream(chain, prepared, at);
    const known = boundary
      ? new Map([...prepared.feeds, ...boundary])
      : (await this.checkpoint(input, layer, { ...options, edits: [], hooks: {} })).known;
    const stream = streamTensor(chain, at, resid, prepared.shape);
    return makeCheckpoint(at, prepared, new Map([...known, [this.#graph.cuts[at]!, stream]]));
  }

  /**
   * Runs the blocks from a checkpoint on. Edits and hooks of the checkpoint's own hook_resid_pre act on it first; earlier ones are refused.
   *
   * @param resid - the residual stream to go on with, [batch, pos, d_model], instead of the checkpoint's own
   * @throws VitrineError `invalid-option` for an edit of a hook before the checkpoint
   */
  async runFrom(checkpoint: Checkpoint, resid?: Tensor, options: RunOptions = {}): Promise<RunResult> {
    const { graph, backend } = this.#chain;
    const cut = graph.cuts[checkpoint.layer]!;
    const plan = new EditPlan(graph, options.edits, options.hooks);
    for (const [tensor, hook] of plan.tensors) {
      if (tensor === cut || (graph.partition.stageOf(tensor) ?? -1) > checkpoint.layer) continue;
      throw new VitrineError(
        'invalid-option',
        `${hook} comes before this checkpoint at block ${checkpoint.layer}, so it cannot be changed from there. Take an earlier one.`,
      );
    }
    if (resid || plan.tensors.has(cut)) requireCleanCut(this.#chain, checkpoint.layer);
    const stream = resid ? streamTensor(this.#chain, checkpoint.layer, resid, checkpoint.shape) : checkpoint.known.get(cut)!;
    const pass = this.#input.pass(checkpoint);
    const known = new Map([...checkpoint.known, [cut, await plan.applyAt(cut, stream, pass, backend)]]);
    const changes = plan.isEmpty ? {} : plan.changes(pass, backend);
    return this.#finish({ known, from: checkpoint.layer + 1, ...changes, ...watched(options) }, checkpoint, options);
  }

  /**
   * Writes on from a prompt, through transformers.js's own generation, with edits and hook functions acting in every pass.
   *
   * Positions of edits are absolute; a position inside the prompt is changed in the prompt's pass and stays changed in the cache. Leaving
   * the loop stops the model.
   *
   * @param prompt - text, token ids, or a conversation (written in the model's own chat template)
   * @throws VitrineError `empty-input`, `input-too-long`, `invalid-option`, `hook-failed`, `aborted`
   * @example
   * for await (const { text } of model.generate('Once upon a time', { maxNewTokens: 20, temperature: 0.8, seed: 1 })) write(text);
   */
  generate(
    prompt: string | readonly number[] | readonly ChatMessage[],
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerationStep, GenerationResult, void> {
    this.#requireAlive();
    const ids = this.#input.promptIds(prompt, options);
    const { contextLength, textOf } = this.#input;
    return this.#machinery.generateSteps({ opened: this.#opened, weights: this.#weights, ids, contextLength, text: textOf.text }, options);
  }

  /** As {@link HookedModel.generate}, all at once. */
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

  /**
   * The final norm and the unembedding alone, on any stack of residual vectors.
   *
   * @param resid - [..., d_model]
   * @param options - `normalized: true`: the vectors are already normalised (ln_final.out), only the unembedding is applied
   * @returns logits [..., d_vocab]
   * @throws VitrineError `unsupported-model` for a model without a vocabulary head
   */
  async unembed(resid: Tensor, options: { normalized?: boolean; signal?: AbortSignal } = {}): Promise<Tensor> {
    throwIfAborted(options.signal);
    const { logits } = await runHead(this.#opened.prompt, resid, options.normalized ? 'unembed' : 'head');
    return logits!;
  }

  /** The final norm alone, weight and bias included: ln_final.out of any stack of residual vectors [..., d_model]. */
  async finalNorm(resid: Tensor): Promise<Tensor> {
    const { normalized } = await runHead(this.#opened.prompt, resid, 'norm');
    return normalized!;
  }

  /** Kind and epsilon of the final norm; undefined where the model has none. */
  get finalNormKind(): { centred: boolean; epsilon: number } | undefined {
    return this.#opened.prompt.graph.table.head?.norm;
  }

  /**
   * The most likely tokens at one position.
   *
   * @param logits - [d_vocab], or [pos, d_vocab] or [batch, pos, d_vocab], of which the last position of the first row is taken. In a padded
   *   batch that may be padding: select row and position first, or run with `logitsAt: 'last'`
   * @param k - how many
   */
  topTokens(logits: Tensor, k = 10): TopToken[] {
    const width = logits.dims.at(-1)!;
    const end = logits.dims.length === 3 ? logits.size / logits.dims[0]! : logits.size;
    return topTokens(logits.data.subarray(end - width, end), k, (id) => this.tokenText(id));
  }

  /** Text of one token id, as it stands inside a text. */
  tokenText(id: number): string {
    return this.tokenizer.texts([id])[0] ?? '';
  }

  /**
   * This model as an object of transformers.js, whose `.generate()` and pipelines run through these stages.
   *
   * @example
   * const generator = await model.toTransformers();
   * const ids = await generator.generate({ ...inputs, max_new_tokens: 20 });
   */
  async toTransformers(options: Pick<RunOptions, 'edits' | 'hooks'> = {}): Promise<LibraryModel> {
    this.#requireAlive();
    return this.#machinery.libraryModel(this.#opened, this.#weights, { ...options, ...this.#input.textOf });
  }

  /** How many compiled sessions are alive; they are made when first needed. */
  get sessionCount(): number {
    return this.#opened.prompt.sessionKeys.length + (this.#opened.step?.sessionKeys.length ?? 0);
  }

  /** Frees every session and the weights. The model cannot be used afterwards. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#opened.prompt.dispose();
    await this.#opened.step?.dispose();
    await this.#products.dispose();
    for (const file of this.#opened.weights) delete file.bytes;
  }

  get #chain(): Chain {
    this.#requireAlive();
    return this.#opened.prompt;
  }

  get #graph(): StagedGraph {
    return this.#chain.graph;
  }

  #requireAlive(): void {
    if (this.#disposed) throw new VitrineError('disposed', 'This model was disposed. Open it again with HookedModel.fromPretrained().');
  }

  #layer(layer: number, option: string): number {
    const { nLayer } = this.hooks.architecture;
    const positive = layer < 0 ? layer + nLayer : layer;
    if (Number.isInteger(positive) && positive >= 0 && positive <= nLayer) {
      if (positive < this.#graph.table.cuts.length) return positive;
      throw new VitrineError(
        'unsupported-model',
        `The last block and the head of this file cannot be told apart, so ${option} must be below ${nLayer}.`,
      );
    }
    throw new VitrineError(
      'invalid-option',
      `${option} must be a whole number from ${-nLayer} to ${nLayer}, as this model has ${nLayer} blocks; got ${layer}.`,
    );
  }

  /** Runs to the end and reads the outputs, or the logits of the positions asked for. */
  async #finish(
    request: Omit<ChainRequest, 'to' | 'wanted'>,
    input: Pick<PreparedInput, 'tokens' | 'shape'>,
    options: RunOptions,
  ): Promise<RunResult> {
    const chain = this.#chain;
    if (options.logitsAt !== undefined) {
      const changed = [...(request.intercepts?.keys() ?? []), ...(request.functions?.keys() ?? [])];
      const inHead = changed.some((tensor) => chain.graph.partition.stageOf(tensor) === this.#headStage);
      if (!inHead) return new RunResult(input.tokens, new Map([['logits', await runLogitsAt(chain, request, options.logitsAt, input)]]));
      throw new VitrineError(
        'invalid-option',
        'logitsAt runs the head on its own, so edits of hooks in the head cannot go with it. Leave it out.',
      );
    }
    const outputs = mainOutputs(chain.graph);
    const made = await chain.run({ ...request, to: this.#headStage, wanted: new Set(outputs) });
    return readResult(input.tokens, made, outputs);
  }

  /** Stage of the head, counted in blocks: the embedding is 0, block l is l + 1. */
  get #headStage(): number {
    return this.#graph.table.cuts.length;
  }

  /** What the edits and hook functions of a run do in its one pass. */
  #changes(options: RunOptions, input: Pick<PreparedInput, 'tokens' | 'shape'>): Partial<PassChanges> {
    const plan = new EditPlan(this.#graph, options.edits, options.hooks);
    return plan.isEmpty ? {} : plan.changes(this.#input.pass(input), this.#opened.backend);
  }
}

/** The options of a run that the chain watches. */
function watched({ signal, onProgress }: RunOptions): Pick<ChainRequest, 'signal' | 'onStage'> {
  const onStage = onProgress && ((loaded: number, total: number) => onProgress({ phase: 'run', loaded, total }));
  return { ...(signal ? { signal } : {}), ...(onStage ? { onStage } : {}) };
}
