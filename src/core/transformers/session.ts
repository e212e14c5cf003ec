// SPDX-License-Identifier: MIT
import type { TransformersLibrary } from './library.js';
import { exported } from './library.js';
import { type ModelClass, chooseModelClass } from './model-class.js';
import { fromLibrary, toLibrary } from './session-tensors.js';

/** A tensor as it crosses the border between transformers.js and a runner. */
export interface RunnerTensor {
  /** As ONNX Runtime names types: `float32`, `int64`, `bool`... */
  readonly type: string;
  /** Values, row-major; undefined (or not to be read) where the tensor is on the GPU. */
  readonly data: unknown;
  readonly dims: readonly number[];
  /** `gpu-buffer` for a tensor on the GPU; such a tensor is ONNX Runtime's own object and comes back as the same object. */
  readonly location?: string;
  readonly gpuBuffer?: unknown;
}

/** An input of a model: `shape` has numbers, and names for lengths that vary. */
export interface RunnerInput {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** Something that runs a model: what transformers.js is given in place of an ONNX Runtime session. */
export interface StageRunner {
  readonly inputs: readonly RunnerInput[];
  readonly outputs: readonly string[];
  /** Feeds by input name. A merged file of version 2 has the input `use_cache_branch` among them. */
  run(feeds: Record<string, RunnerTensor>): Promise<Record<string, RunnerTensor>>;
  release(): Promise<void> | void;
}

/** A model object of transformers.js: callable, with `generate` where it is a language model. */
export interface LibraryModel {
  (inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** As in transformers.js: one object of inputs and options from version 3 on; `(inputIds, options)` in version 2. */
  generate(...parameters: unknown[]): Promise<unknown>;
  dispose(): Promise<unknown>;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface LibraryModelOptions {
  /** config.json. */
  config: Readonly<Record<string, unknown>>;
  /** generation_config.json, where there is one. */
  generationConfig?: Readonly<Record<string, unknown>> | undefined;
  /** Name of the library's class (`GPT2LMHeadModel`). Default: by the config's architecture and model type. */
  architectureClass?: string | undefined;
  runner: StageRunner;
  /** The encoder of an encoder-decoder model; `runner` is then its decoder. */
  encoder?: StageRunner | undefined;
  dtype: string;
  device: string;
}

/**
 * Makes a real model object of transformers.js that computes through a runner of ours: its `generate()` (sampling, beams, streamers,
 * stopping) and the library's pipelines work on it unchanged.
 *
 * @throws VitrineError `unsupported-model` where the library has no class for the model
 * @example
 * const model = createLibraryModel(library, { config, runner, dtype: 'fp32', device: 'cpu' });
 * await model.generate({ ...(await tokenizer('Once upon a time')), max_new_tokens: 20 });
 */
export function createLibraryModel(library: TransformersLibrary, options: LibraryModelOptions): LibraryModel {
  const Config = exported<new (json: unknown) => Readonly<Record<string, unknown>>>(library, 'PretrainedConfig');
  // The library writes into what it is given.
  const config = new Config(structuredClone(options.config));
  const Model: ModelClass = chooseModelClass(library, options.config, options.architectureClass, options.runner);
  const generation = options.generationConfig ? structuredClone(options.generationConfig) : undefined;
  const decoder = createSession(library, options.runner, options);
  const encoder = options.encoder && createSession(library, options.encoder, options);
  if (library.major === 2) {
    // Version 2 reads fields of it without asking whether it is there.
    const rest = [generation ?? {}];
    return (encoder ? new Model(config, encoder, decoder, ...rest) : new Model(config, decoder, ...rest)) as LibraryModel;
  }
  const sessions = encoder ? { model: encoder, decoder_model_merged: decoder } : { model: decoder };
  return new Model(config, sessions, { generation_config: generation ?? null }) as LibraryModel;
}

/** What transformers.js uses of a session. `inputMetadata` is where version 4 reads the shape of an empty cache from. */
interface DuckSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly (RunnerInput & { readonly isTensor: true })[];
  readonly config: { readonly dtype: string; readonly device: string; readonly kv_cache_dtype: string };
  run(feeds: Record<string, unknown>): Promise<Record<string, unknown>>;
  release(): Promise<void>;
  readonly handler: { dispose(): Promise<void> };
}

/** A runner as a session, for the library's model classes. */
export function createSession(library: TransformersLibrary, runner: StageRunner, options: { dtype: string; device: string }): DuckSession {
  const release = async (): Promise<void> => runner.release();
  const cache = runner.inputs.find(({ name }) => name.startsWith('past_'));
  return {
    inputNames: runner.inputs.map(({ name }) => name),
    outputNames: [...runner.outputs],
    inputMetadata: runner.inputs.map((input) => ({ ...input, shape: namedShape(input), isTensor: true })),
    // Version 3 makes the empty cache with this type.
    config: { dtype: options.dtype, device: options.device, kv_cache_dtype: cache?.type ?? 'float32' },
    async run(feeds) {
      const outputs = await runner.run(Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, fromLibrary(feed)])));
      return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, toLibrary(library, output)]));
    },
    release,
    handler: { dispose: release },
  };
}

/**
 * Version 4 makes the first, empty cache by these names: it fills in the batch size where an axis is called so and takes any other name
 * for length 0. Exporters and graph rewriters name axes as they like, so the axes of a cache are named by their place.
 */
function namedShape({ name, shape }: RunnerInput): readonly (number | string)[] {
  if (!name.startsWith('past_')) return shape;
  const batch = shape.length === 3 ? 'batch_size x num_heads' : 'batch_size';
  return shape.map((length, axis) => (typeof length === 'number' ? length : axis === 0 ? batch : 'past_sequence_length'));
}
