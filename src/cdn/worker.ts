// SPDX-License-Identifier: MIT
// A model behind a worker for a page without a build: this one file is what the page imports and what runs in the worker.
import { createWorkerModel as create, serveModels, type WorkerModel, type WorkerModelOptions } from '../worker/index.js';
import './page-settings.js';

if ('DedicatedWorkerGlobalScope' in globalThis) serveModels(globalThis);

/** As `createWorkerModel` of `vitrine/worker`, with this file as the worker's script. */
export function createWorkerModel(source: string, options: WorkerModelOptions = {}): Promise<WorkerModel> {
  return create(source, { worker: import.meta.url, ...options });
}

export type { WorkerModel, WorkerModelOptions };
