// SPDX-License-Identifier: MIT
import { throwIfAborted, type OnProgress, VitrineError } from '../errors.js';
import { findHooks } from '../hooks/find.js';
import type { OnnxModel } from '../onnx/types.js';
import { createBackend } from '../runtime/backend.js';
import { chooseDevice } from '../runtime/choose-device.js';
import type { Backend, Device, WeightFile } from '../runtime/types.js';
import { Chain } from '../stages/chain.js';
import { splitPhases } from '../stages/phases.js';
import { StagedGraph } from '../stages/staged-graph.js';
import { openModelFiles, type ModelFiles } from '../transformers/files.js';
import { loadTransformers, type TransformersLibrary } from '../transformers/library.js';
import { loadedOrt } from '../transformers/loaded-ort.js';
import { openTokenizer, type Tokenizer } from '../transformers/tokenizer.js';
import { readOnnx } from './read-onnx.js';

/** Options of {@link HookedModel.fromPretrained}. */
export interface OpenOptions {
  /**
   * Number format of the file to open: fp32, fp16, q8, int8, uint8, q4, q4f16, bnb4, or `auto` to follow config.json.
   * @defaultValue 'fp32', because the activations of quantised files differ from the published model's by some per cent
   */
  dtype?: string;
  /** Where the arithmetic runs. @defaultValue `cpu` in Node; in a page `webgpu` for large models where there is a GPU, else `wasm` */
  device?: Device | 'auto';
  /** Branch, tag or commit on the hub. @defaultValue 'main' */
  revision?: string;
  /** The ONNX file, where a folder has several or an unusual name: 'onnx/decoder_model.onnx'. */
  file?: string;
  /** Folder of the ONNX files inside the model's folder. @defaultValue 'onnx' */
  subfolder?: string;
  /** Node: folder for downloads. @defaultValue the cache folder of transformers.js */
  cacheDir?: string;
  /** Threads inside one operator. @defaultValue ONNX Runtime's own choice */
  threads?: number;
  /** Cancels the opening; downloads stop and nothing half-done is kept. */
  signal?: AbortSignal;
  /** Called with bytes while files come in. */
  onProgress?: OnProgress;
  /** The module of transformers.js to use: 4, 3, or @xenova/transformers 2.17. @defaultValue the one installed or configured */
  transformers?: unknown;
  /** The module of ONNX Runtime to use. @defaultValue the one installed or configured */
  ort?: unknown;
}

/** Everything that an open model consists of. */
export interface OpenedModel {
  library: TransformersLibrary;
  files: ModelFiles;
  tokenizer: Tokenizer | undefined;
  backend: Backend;
  weights: WeightFile[];
  /** Runs prompts. */
  prompt: Chain;
  /** Runs single steps with a cache, where the file holds a graph of its own for them (`decoder_model_merged.onnx` of version 2). */
  step: Chain | undefined;
}

/** Opens files, finds hooks and prepares the stages. No session is made and no weight is read before the first run. */
export async function openModel(source: string, options: OpenOptions): Promise<OpenedModel> {
  const { signal, onProgress } = options;
  throwIfAborted(signal);
  const library = await loadTransformers({ module: options.transformers });
  const files = await openModelFiles(library, source, options);
  // Models of images have none, and ids can be given instead of text.
  const tokenizer = await openTokenizer(library, files, { signal }).catch((error: unknown) => {
    if (error instanceof VitrineError && error.code === 'file-missing') return undefined;
    throw error;
  });
  throwIfAborted(signal);

  onProgress?.({ phase: 'read', loaded: 0, total: files.onnx.size, item: files.fileName });
  const { model, weights, bytes } = await readOnnx(files.onnx, files.fileName, { signal, onProgress });
  onProgress?.({ phase: 'read', loaded: files.onnx.size, total: files.onnx.size, item: files.fileName });
  throwIfAborted(signal);

  const backend = await openBackend(library, options, bytes);
  const chainOptions = { backend, weights, weightBytes: bytes };
  const { prompt, step } = splitPhases(model);
  const chain = (graph: OnnxModel): Chain =>
    new Chain(new StagedGraph(graph, findHooks(graph.graph, { config: files.config })), chainOptions);
  return { library, files, tokenizer, backend, weights, prompt: chain(prompt), step: step && chain(step) };
}

/**
 * The runtime for a model. Version 3 of transformers.js brings a native one of its own, which cannot share a process with another of its
 * kind, so that one is used then.
 */
async function openBackend(library: TransformersLibrary, options: OpenOptions, weightBytes: number): Promise<Backend> {
  const { ort, threads } = options;
  const brought = ort === undefined && library.major === 3 ? await loadedOrt() : undefined;
  const device = brought && (options.device ?? 'auto') === 'auto' ? 'cpu' : await chooseDevice(options.device, weightBytes);
  return createBackend({ device, threads, ort: ort ?? (device === 'cpu' ? brought : undefined) });
}
