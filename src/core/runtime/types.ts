// SPDX-License-Identifier: MIT
import type { NumericArray } from './element-types.js';

/** Where a model's arithmetic runs: `cpu` is ONNX Runtime's native library in Node, `wasm` its WebAssembly build, `webgpu` the GPU of a page. */
export type Device = 'cpu' | 'wasm' | 'webgpu';

/** What we use of an ONNX Runtime tensor. Any copy of the library makes objects of this shape. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Throws where the values are on the GPU; see {@link RuntimeTensor.getData}. */
  readonly data: unknown;
  readonly location?: string;
  readonly gpuBuffer?: unknown;
  getData?(releaseData?: boolean): Promise<unknown>;
  dispose?(): void;
}

/** What we use of `ort.InferenceSession`. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, unknown>, fetches: string[]): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}

/** What we use of the ONNX Runtime module. */
export interface OrtModule {
  InferenceSession: { create(model: Uint8Array | string, options: Record<string, unknown>): Promise<OrtSession> };
  Tensor: new (type: string, data: unknown, dims: readonly number[]) => RuntimeTensor;
  env: {
    versions?: { common?: string; web?: string; node?: string };
    wasm?: { wasmPaths?: unknown; numThreads?: number };
    logLevel?: string;
  };
}

/** The bytes of a model's weights: each file under the name by which the rewritten graphs point to it. */
export interface WeightFile {
  /** `external_data.location`. */
  location: string;
  /** Node: the file's absolute path, so that weights are mapped into memory rather than read. */
  path?: string;
  /** Everywhere else: its bytes. They are shared by all sessions and never copied by us. */
  bytes?: Uint8Array;
}

export interface SessionRequest {
  /** A serialised ONNX model whose large initializers point into `weights`. */
  model: Uint8Array;
  weights: readonly WeightFile[];
  /** Leave all outputs on the GPU (webgpu only). */
  keepOutputsOnGpu: boolean;
}

/** One ONNX Runtime with one device. Runs are queued where the runtime cannot run two at once. */
export interface Backend {
  readonly device: Device;
  /** Version of ONNX Runtime. */
  readonly version: string;
  tensor(type: string, data: NumericArray, dims: readonly number[]): RuntimeTensor;
  createSession(request: SessionRequest): Promise<RuntimeSession>;
}

/** A compiled piece of a model. */
export interface RuntimeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, RuntimeTensor>, fetches: readonly string[]): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}
