// SPDX-License-Identifier: MIT
import { throwIfAborted, type OnProgress, VitrineError } from '../errors.js';
import { selectNames, type NameSelector } from '../hooks/names.js';
import type { Architecture, HookSite, HookTable, MissingHook } from '../hooks/types.js';
import { toFloat32, type NumericArray } from '../runtime/element-types.js';
import type { Device, RuntimeTensor } from '../runtime/types.js';
import type { StagedGraph } from '../stages/staged-graph.js';
import { createLibraryModel, type LibraryModel } from '../transformers/session.js';
import type { Token } from '../transformers/token.js';
import type { Tokenizer } from '../transformers/tokenizer.js';
import { ActivationCache, type CacheEntry } from './activation-cache.js';
import type { Edit } from './edits/edit.js';
import { EditPlan, type HookFunctions, type PassChanges } from './edits/plan.js';
import type { Pass } from './edits/selection.js';
import { feedsOfTensors, feedsOfTokens, type Feeds } from './feeds.js';
import { runHead } from './head.js';
import { headResult, materialise, type BatchShape, type RawActivation } from './materialise.js';
import { openModel, type OpenedModel, type OpenOptions } from './open.js';
import { RunResult } from './run-result.js';
import { stageRunner } from './stage-runner.js';
import { Tensor } from './tensor.js';
import { checkTokens, padRows, type Tokens } from './tokens.js';
import { topTokens, type TopToken } from './top-tokens.js';
import { WeightReader } from './weights.js';

/** What a model can be run on: text, several texts, ids, several rows of ids, a padded batch, or values for the graph's inputs by name. */
export type ModelInput = string | readonly string[] | readonly number[] | readonly (readonly number[])[] | Tokens | Feeds;

/** How text becomes tokens. */
export interface TokenizeOptions {
  /** Whether the tokenizer adds its special tokens ([CLS], <s>). @defaultValue true, as transformers.js does */
  addSpecialTokens?: boolean;
  /** Begin with the model's begin-of-text token where the text does not. GPT-2's tokenizer adds none; the literature mostly does. @defaultValue false */
  prependBos?: boolean;
}

export interface RunOptions extends TokenizeOptions {
  /** Side on which shorter rows of a batch are padded. @defaultValue 'right', where a causal model's tokens cannot see the padding */
  paddingSide?: 'left' | 'right';
  /** Changes as data, compiled into the model; see {@link edit}. */
  edits?: readonly Edit[];
  /** Functions of activations, by hook name or pattern, run between pieces of the model. */
  hooks?: HookFunctions;
  signal?: AbortSignal;
  /** Called as stages are compiled and run. */
  onProgress?: OnProgress;
}

export interface CacheOptions extends RunOptions {
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

/** A run that was stopped before a block, to be continued any number of times: see {@link HookedModel.checkpoint}. */
export interface Checkpoint {
  /** The block that runs next. */
  layer: number;
  tokens: Tokens | undefined;
  /** @internal */
  readonly known: ReadonlyMap<string, RuntimeTensor>;
  /** @internal */
  readonly shape: BatchShape;
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
 * (await model.topTokens(logits, 3)).map((t) => t.text)
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
  readonly #opened: OpenedModel;
  readonly #weights: WeightReader;
  readonly #contextLength: number | undefined;
  #disposed = false;

  private constructor(opened: OpenedModel) {
    this.#opened = opened;
    this.#weights = new WeightReader(opened.weights);
    const table = opened.prompt.graph.table;
    this.hooks = { names: [...table.sites.keys()], sites: table.sites, missing: table.missing, architecture: table.architecture };
    this.info = {
      name: opened.files.name,
      revision: opened.files.revision,
      dtype: opened.files.dtype,
      file: opened.files.fileName,
      device: opened.backend.device,
    };
    this.#contextLength = contextLengthOf(opened.files.config);
  }

  /**
   * Opens a model.
   *
   * @param source - a hub id (`onnx-community/gpt2-ONNX`), a URL of a model's folder, a local folder (a path in Node, a relative URL in a
   *   page), or `vitrine/storyteller`, the small model inside this package
   * @throws VitrineError `dtype-missing`, `file-missing`, `network`, `invalid-onnx`, `unsupported-model`, `library-missing`, `aborted`
   */
  static async fromPretrained(source: string, options: OpenOptions = {}): Promise<HookedModel> {
    return new HookedModel(await openModel(source, options));
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

  /** config.json of the model. */
  get config(): Readonly<Record<string, unknown>> {
    return this.#opened.files.config;
  }

  /** The tokens of a text, with their own text, bytes and place. @throws VitrineError `unsupported-model` without a tokenizer */
  async tokenize(text: string, options: TokenizeOptions = {}): Promise<Token[]> {
    return this.#withBos(await this.tokenizer.encode(text, { addSpecialTokens: options.addSpecialTokens ?? true }), options);
  }

  /**
   * Runs the model as published.
   *
   * @returns logits [batch, pos, d_vocab] (classifiers: [batch, class]) and other outputs
   * @throws VitrineError `empty-input`, `input-too-long`, `invalid-input`, `out-of-memory`, `aborted`, `disposed`
   */
  async run(input: ModelInput, options: RunOptions = {}): Promise<RunResult> {
    const { tokens, feeds, shape } = await this.#feeds(input, options);
    const graph = this.#graph;
    const outputs = this.#mainOutputs(graph);
    const made = await this.#opened.prompt.run({
      ...this.#changes(options, tokens, shape),
      known: feeds,
      from: 0,
      to: graph.stageCount - 1,
      wanted: new Set(outputs),
      signal: options.signal,
      onStage: stageProgress(options.onProgress),
    });
    return this.#result(tokens, made, outputs);
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
    const sites = this.#select(options.names, graph.table);
    const { tokens, feeds, shape } = await this.#feeds(input, options);
    const lastStage = graph.stageCount - 1;
    const stop = options.stopAtLayer === undefined ? undefined : this.#layer(options.stopAtLayer, 'stopAtLayer');
    const wantsLogits = options.logits ?? stop === undefined;
    const outputs = wantsLogits ? this.#mainOutputs(graph) : [];
    const tensors = new Set(sites.filter((site) => !graph.inputNames.includes(site.tensor)).map((site) => site.tensor));
    const stageOfSite = (site: HookSite): number => graph.partition.stageOf(site.tensor) ?? 0;
    if (stop !== undefined) for (const site of sites) if (stageOfSite(site) > stop) tensors.delete(site.tensor);
    const needed = Math.max(0, ...[...tensors].map((tensor) => graph.partition.stageOf(tensor) ?? 0));
    const to = wantsLogits ? lastStage : Math.min(needed, stop ?? lastStage);

    const made = await this.#opened.prompt.run({
      ...this.#changes(options, tokens, shape),
      known: feeds,
      from: 0,
      to,
      wanted: new Set([...outputs, ...tensors]),
      signal: options.signal,
      onStage: stageProgress(options.onProgress),
    });
    const kept = sites.filter((site) => made.has(site.tensor) || feeds.has(site.tensor));
    const raw = new Map(kept.map((site) => [site.tensor, made.get(site.tensor) ?? feeds.get(site.tensor)!]));
    const cache = await this.#cache(kept, raw, shape, options.keepOn ?? 'cpu');
    const result = await this.#result(tokens, made, outputs);
    return {
      cache,
      tokens,
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
    const { tokens, feeds, shape } = await this.#feeds(input, options);
    const at = this.#layer(layer, 'layer');
    const made = await this.#opened.prompt.run({
      ...this.#changes(options, tokens, shape),
      known: feeds,
      from: 0,
      to: at,
      wanted: new Set(),
      keepBoundary: true,
      signal: options.signal,
    });
    return { layer: at, tokens, shape, known: new Map([...feeds, ...made]) };
  }

  /**
   * Runs the blocks from a checkpoint on.
   *
   * @param resid - the residual stream to go on with, [batch, pos, d_model], instead of the checkpoint's own
   */
  async runFrom(checkpoint: Checkpoint, resid?: Tensor, options: RunOptions = {}): Promise<RunResult> {
    const graph = this.#graph;
    const known = new Map(checkpoint.known);
    if (resid) {
      const cut = graph.table.cuts[checkpoint.layer]!;
      const own = known.get(cut)!;
      if (resid.size !== own.dims.reduce((product, length) => product * length, 1)) {
        throw new VitrineError(
          'invalid-input',
          `runFrom() needs a residual stream of dims [${own.dims.join(', ')}]; got [${resid.dims.join(', ')}].`,
        );
      }
      known.set(cut, this.#opened.backend.tensor('float32', resid.data, own.dims));
    }
    const outputs = this.#mainOutputs(graph);
    const made = await this.#opened.prompt.run({
      ...this.#changes(options, checkpoint.tokens, checkpoint.shape),
      known,
      from: checkpoint.layer + 1,
      to: graph.stageCount - 1,
      wanted: new Set(outputs),
      signal: options.signal,
    });
    return this.#result(checkpoint.tokens, made, outputs);
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
   * @param logits - [d_vocab], or [batch, pos, d_vocab], of which the last position of the first row is taken
   * @param k - how many
   */
  topTokens(logits: Tensor, k = 10): TopToken[] {
    const width = logits.dims.at(-1)!;
    return topTokens(logits.data.subarray(logits.size - width), k, (id) => this.tokenText(id));
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
  async toTransformers(): Promise<LibraryModel> {
    this.#requireAlive();
    const { library, files, backend } = this.#opened;
    return createLibraryModel(library, {
      config: files.config,
      generationConfig: files.generationConfig,
      runner: stageRunner(this.#opened),
      dtype: files.dtype,
      device: backend.device,
    });
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
    for (const file of this.#opened.weights) delete file.bytes;
  }

  get #graph(): StagedGraph {
    this.#requireAlive();
    return this.#opened.prompt.graph;
  }

  #requireAlive(): void {
    if (this.#disposed) throw new VitrineError('disposed', 'This model was disposed. Open it again with HookedModel.fromPretrained().');
  }

  #layer(layer: number, option: string): number {
    const { nLayer } = this.hooks.architecture;
    const positive = layer < 0 ? layer + nLayer : layer;
    if (Number.isInteger(positive) && positive >= 0 && positive <= nLayer) return positive;
    throw new VitrineError(
      'invalid-option',
      `${option} must be a whole number from ${-nLayer} to ${nLayer}, as this model has ${nLayer} blocks; got ${layer}.`,
    );
  }

  #select(names: NameSelector | undefined, table: HookTable): HookSite[] {
    if (names === undefined) return [...table.sites.values()].filter((site) => site.derived?.kind !== 'head-result');
    const selected = new Set(selectNames(table, names));
    return [...table.sites.values()].filter((site) => selected.has(site.name));
  }

  /** What the edits and hook functions of a run do in its one pass. */
  #changes(options: RunOptions, tokens: Tokens | undefined, shape: BatchShape): Partial<PassChanges> {
    const plan = new EditPlan(this.#graph, options.edits, options.hooks);
    return plan.isEmpty ? {} : plan.changes(this.#pass(tokens, shape), this.#opened.backend);
  }

  #pass(tokens: Tokens | undefined, shape: BatchShape): Pass {
    const ids = tokens?.ids ?? Array.from({ length: shape.batch }, () => new Array<number>(shape.pos).fill(-1));
    const mask = tokens?.mask ?? ids.map((row) => row.map(() => 1));
    return {
      step: 0,
      batch: shape.batch,
      count: shape.pos,
      past: 0,
      ids,
      prompt: mask.map((row) => ({ start: row.indexOf(1), end: row.lastIndexOf(1) + 1 })),
      ...(this.#opened.tokenizer ? { text: (id: number) => this.tokenText(id) } : {}),
    };
  }

  /** Batch and positions of an input given as tensors: those of its ids, else of the stream that the embedding makes of it. */
  async #shapeOf(feeds: ReadonlyMap<string, RuntimeTensor>, options: RunOptions): Promise<BatchShape> {
    const ids = feeds.get('input_ids');
    const cut = this.#graph.cuts[0]!;
    const request = { known: feeds, from: 0, to: 0, wanted: new Set([cut]), ...(options.signal ? { signal: options.signal } : {}) };
    const known = ids ?? feeds.get(cut);
    const stream = known ?? (await this.#opened.prompt.run(request)).get(cut);
    const [batch = 1, pos = 1] = stream?.dims ?? [];
    if (!known) stream?.dispose?.();
    return { batch, pos };
  }

  /** Graph outputs that are not part of the key-value cache. */
  #mainOutputs(graph: StagedGraph): string[] {
    return graph.outputNames.filter((name) => !/^present/.test(name));
  }

  #withBos(tokens: Token[], options: TokenizeOptions): Token[] {
    const bos = this.tokenizer.bosId;
    if (!options.prependBos || tokens[0]?.id === bos) return tokens;
    if (bos === undefined) {
      throw new VitrineError(
        'invalid-option',
        `prependBos was asked for, but the tokenizer of ${this.info.name} has no begin-of-text token.`,
      );
    }
    return [{ id: bos, text: this.tokenText(bos), bytes: new Uint8Array(), special: true, start: 0, end: 0 }, ...tokens];
  }

  async #tokens(
    input: string | readonly string[] | readonly number[] | readonly (readonly number[])[],
    options: RunOptions,
  ): Promise<Tokens> {
    const padding = {
      padId: this.#opened.tokenizer?.padId ?? this.#opened.tokenizer?.eosId ?? 0,
      side: options.paddingSide ?? ('right' as const),
    };
    const rows = typeof input === 'string' ? [input] : input;
    if (rows.every((row) => typeof row === 'string')) {
      const tokens = await Promise.all(rows.map((text) => this.tokenize(text, options)));
      const padded = padRows(
        tokens.map((row) => row.map((token) => token.id)),
        padding,
      );
      const pad: Token = { id: padding.padId, text: '', bytes: new Uint8Array(), special: true, start: 0, end: 0 };
      const filled = tokens.map((row) => {
        const padTokens = new Array<Token>(padded.ids[0]!.length - row.length).fill(pad);
        return padding.side === 'left' ? [...padTokens, ...row] : [...row, ...padTokens];
      });
      return { ...padded, tokens: filled };
    }
    const ids = (rows.every((row) => typeof row === 'number') ? [rows] : rows) as readonly (readonly number[])[];
    return padRows(ids, padding);
  }

  async #feeds(
    input: ModelInput,
    options: RunOptions,
  ): Promise<{ tokens: Tokens | undefined; feeds: Map<string, RuntimeTensor>; shape: BatchShape }> {
    throwIfAborted(options.signal);
    const graph = this.#graph;
    const context = { graph, backend: this.#opened.backend };
    if (isFeeds(input)) {
      const feeds = feedsOfTensors(context, input);
      return { tokens: undefined, feeds, shape: await this.#shapeOf(feeds, options) };
    }
    const tokens = isTokens(input) ? input : await this.#tokens(input, options);
    checkTokens(tokens, { vocabularySize: vocabularySizeOf(this.config), contextLength: this.#contextLength });
    return { tokens, feeds: feedsOfTokens(context, tokens), shape: { batch: tokens.ids.length, pos: tokens.ids[0]!.length } };
  }

  async #cache(
    sites: readonly HookSite[],
    raw: ReadonlyMap<string, RuntimeTensor>,
    shape: BatchShape,
    keepOn: 'cpu' | 'gpu',
  ): Promise<ActivationCache> {
    const entries = new Map<string, CacheEntry>();
    const downloaded = new Map<string, RawActivation>();
    if (keepOn === 'cpu') for (const [name, tensor] of raw) downloaded.set(name, await download(tensor, true));
    for (const site of sites) {
      const tensor = raw.get(site.tensor)!;
      const make = async (activation: RawActivation): Promise<Tensor> => this.#materialise(site, activation, shape);
      if (site.derived?.kind === 'head-result') {
        // The only hook that needs a weight matrix, so the only one made ahead.
        const made = await make(downloaded.get(site.tensor) ?? (await download(tensor, false)));
        entries.set(site.name, { read: () => made });
      } else if (keepOn === 'cpu' || tensor.location !== 'gpu-buffer') {
        const activation = downloaded.get(site.tensor) ?? (await download(tensor, false));
        entries.set(site.name, { read: () => materialise(site, activation, shape) });
      } else {
        entries.set(site.name, {
          gpu: tensor,
          read: () => {
            throw new VitrineError(
              'invalid-option',
              `"${site.name}" is on the GPU. Read it with \`await cache.download(...)\`, or leave out keepOn: 'gpu'.`,
            );
          },
          download: async () => make(await download(tensor, false)),
        });
      }
    }
    return new ActivationCache(entries, this.hooks.names, this.hooks.architecture.nLayer);
  }

  async #materialise(site: HookSite, activation: RawActivation, shape: BatchShape): Promise<Tensor> {
    const { derived } = site;
    if (derived?.kind !== 'head-result') return materialise(site, activation, shape);
    const { nHead, dHead, dModel, weight, transposed } = derived;
    const z: HookSite = {
      ...site,
      axes: ['batch', 'pos', 'head', 'd_head'],
      letters: ['b', 's', 'h', 'd'],
      dims: [null, null, nHead, dHead],
    };
    delete z.derived;
    const tensor = this.#graph.index.constant(weight);
    if (!tensor) throw new VitrineError('runtime', `The weight "${weight}" of ${site.name} is not an initializer of the graph.`);
    return headResult(materialise(z, activation, shape), await this.#weights.read(tensor), dModel, transposed);
  }

  async #result(tokens: Tokens | undefined, made: ReadonlyMap<string, RuntimeTensor>, names: readonly string[]): Promise<RunResult> {
    const outputs = new Map<string, Tensor>();
    for (const name of names) {
      const raw = await download(made.get(name)!, true);
      outputs.set(name, new Tensor(toFloat32(raw.type, raw.data), raw.dims, outputAxes(name, raw.dims.length)));
    }
    return new RunResult(tokens, outputs);
  }
}

/** Values of a tensor wherever they are; `release` frees the GPU's copy. */
async function download(tensor: RuntimeTensor, release: boolean): Promise<RawActivation> {
  if (tensor.location !== 'gpu-buffer') return { type: tensor.type, dims: tensor.dims, data: tensor.data as NumericArray };
  const data = (await tensor.getData!(release)) as NumericArray;
  return { type: tensor.type, dims: tensor.dims, data };
}

function outputAxes(name: string, rank: number): string[] {
  if (name === 'logits') return rank === 3 ? ['batch', 'pos', 'd_vocab'] : rank === 2 ? ['batch', 'class'] : axisNames(rank);
  if (name === 'last_hidden_state' && rank === 3) return ['batch', 'pos', 'd_model'];
  return axisNames(rank);
}

function axisNames(rank: number): string[] {
  return Array.from({ length: rank }, (_, axis) => (axis === 0 ? 'batch' : `axis_${axis}`));
}

function isTokens(input: ModelInput): input is Tokens {
  return typeof input === 'object' && !Array.isArray(input) && Array.isArray((input as Tokens).ids);
}

function isFeeds(input: ModelInput): input is Feeds {
  return typeof input === 'object' && !Array.isArray(input) && !isTokens(input);
}

function stageProgress(onProgress: OnProgress | undefined): ((done: number, total: number) => void) | undefined {
  return onProgress && ((loaded, total) => onProgress({ phase: 'run', loaded, total }));
}

/** Longest prompt by config.json; undefined where nothing is said or positions are rotary and grow freely. */
function contextLengthOf(config: Readonly<Record<string, unknown>>): number | undefined {
  for (const key of ['n_positions', 'max_position_embeddings', 'n_ctx', 'max_seq_len', 'seq_length']) {
    const value = textConfig(config)[key];
    if (typeof value === 'number' && value > 0) return value;
  }
  return undefined;
}

function vocabularySizeOf(config: Readonly<Record<string, unknown>>): number | undefined {
  const value = textConfig(config)['vocab_size'];
  return typeof value === 'number' ? value : undefined;
}

/** Models of several modalities keep the language model's numbers in `text_config`. */
function textConfig(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const nested = config['text_config'];
  return typeof nested === 'object' && nested !== null ? (nested as Record<string, unknown>) : config;
}
