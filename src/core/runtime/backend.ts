// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { NumericArray } from './element-types.js';
import { explainRuntimeError } from './explain.js';
import { loadOrt } from './load-ort.js';
import { Queue } from './queue.js';
import type { Backend, Device, OrtModule, OrtSession, RuntimeSession, RuntimeTensor, SessionRequest } from './types.js';

export interface BackendOptions {
  device: Device;
  /** An ONNX Runtime module to use instead of the one found by {@link loadOrt}. */
  ort?: unknown;
  /** Threads inside one operator; the runtime's own default where undefined. */
  threads?: number;
}

const EXECUTION_PROVIDER: Record<Device, string> = { cpu: 'cpu', wasm: 'wasm', webgpu: 'webgpu' };

/** One queue per loaded web runtime: two models on one page share it. */
const queues = new WeakMap<OrtModule, Queue>();

function queueOf(ort: OrtModule): Queue {
  let queue = queues.get(ort);
  if (!queue) queues.set(ort, (queue = new Queue()));
  return queue;
}

/**
 * Opens ONNX Runtime on a device.
 *
 * @throws VitrineError `library-missing` where the runtime is not installed, `device-unavailable` where the device is not there
 */
export async function createBackend(options: BackendOptions): Promise<Backend> {
  if (options.device === 'webgpu') await requireWebGpu();
  const ort = await loadOrt(options.device, options.ort);
  if (options.threads !== undefined && ort.env.wasm) ort.env.wasm.numThreads = options.threads;
  return new OrtBackend(ort, options);
}

async function requireWebGpu(): Promise<void> {
  const gpu = (globalThis.navigator as { gpu?: { requestAdapter(): Promise<unknown> } } | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (adapter) return;
  throw new VitrineError(
    'device-unavailable',
    `device "webgpu" was asked for, but this ${gpu ? 'browser found no GPU adapter' : 'environment has no navigator.gpu'}. ` +
      'Use device "wasm", or leave the device out to have the best one chosen.',
  );
}

class OrtBackend implements Backend {
  readonly device: Device;
  readonly version: string;
  readonly #ort: OrtModule;
  readonly #queue: Queue | undefined;
  readonly #threads: number | undefined;

  constructor(ort: OrtModule, options: BackendOptions) {
    this.device = options.device;
    this.version = ort.env.versions?.web ?? ort.env.versions?.node ?? ort.env.versions?.common ?? 'unknown';
    this.#ort = ort;
    this.#queue = options.device === 'cpu' ? undefined : queueOf(ort);
    this.#threads = options.threads;
  }

  tensor(type: string, data: NumericArray, dims: readonly number[]): RuntimeTensor {
    return new this.#ort.Tensor(type, data, dims);
  }

  async createSession(request: SessionRequest): Promise<RuntimeSession> {
    const options = this.#sessionOptions(request);
    const create = async (): Promise<OrtSession> => {
      try {
        return await this.#ort.InferenceSession.create(request.model, options);
      } catch (error) {
        // SimplifiedLayerNormFusion of some ORT releases (1.24) fails on half-precision graphs at level "all".
        if (!/LayerNorm/i.test(String(error))) throw error;
        return await this.#ort.InferenceSession.create(request.model, { ...options, graphOptimizationLevel: 'extended' });
      }
    };
    try {
      const session = await (this.#queue ? this.#queue.add(create) : create());
      return new QueuedSession(session, this.#queue);
    } catch (error) {
      throw explainRuntimeError(error, 'compile', this.device);
    }
  }

  #sessionOptions(request: SessionRequest): Record<string, unknown> {
    const options: Record<string, unknown> = {
      executionProviders: [EXECUTION_PROVIDER[this.device]],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    };
    if (this.device === 'cpu') {
      if (this.#threads !== undefined) options['intraOpNumThreads'] = this.#threads;
      const folder = commonFolder(request.weights.map((file) => file.path));
      // In one folder, weights are mapped into memory and shared by all sessions instead of read into each.
      if (folder !== undefined) options['extra'] = { session: { model_external_initializers_file_folder_path: folder } };
      else options['externalData'] = externalData(request);
    } else {
      if (request.weights.length > 0) options['externalData'] = externalData(request);
      if (request.keepOutputsOnGpu) options['preferredOutputLocation'] = 'gpu-buffer';
    }
    return options;
  }
}

function externalData(request: SessionRequest): { path: string; data: Uint8Array | string }[] {
  return request.weights.map((file) => ({ path: file.location, data: file.bytes ?? file.path! }));
}

/** The folder that all files lie in, when every one has a path and they share it. */
function commonFolder(paths: readonly (string | undefined)[]): string | undefined {
  let folder: string | undefined;
  for (const path of paths) {
    if (path === undefined) return undefined;
    const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
    const parent = path.slice(0, end);
    if (folder !== undefined && folder !== parent) return undefined;
    folder = parent;
  }
  return folder;
}

class QueuedSession implements RuntimeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: OrtSession;
  readonly #queue: Queue | undefined;
  #released = false;
  #fetchAll = false;

  constructor(session: OrtSession, queue: Queue | undefined) {
    this.#session = session;
    this.#queue = queue;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  async run(feeds: Record<string, RuntimeTensor>, fetches: readonly string[]): Promise<Record<string, RuntimeTensor>> {
    // In the order of the session's outputs, on which the check below relies.
    const asked = this.#fetchAll ? this.outputNames : this.outputNames.filter((name) => fetches.includes(name));
    const task = () => this.#session.run(feeds, [...asked]);
    try {
      const made = await (this.#queue ? this.#queue.add(task) : task());
      if (fetches.every((name) => name in made)) return made;
    } catch (error) {
      throw explainRuntimeError(error, 'run');
    }
    // onnxruntime-node 1.21 gives some of the outputs under the names of the first ones, so it is asked for all of them.
    if (this.#fetchAll) throw explainRuntimeError(`the runtime did not return ${fetches.join(', ')}`, 'run');
    this.#fetchAll = true;
    return this.run(feeds, fetches);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    const task = () => this.#session.release();
    await (this.#queue ? this.#queue.add(task) : task());
  }
}
