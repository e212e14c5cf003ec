// SPDX-License-Identifier: MIT

/**
 * A model behind a worker: the same interface as in the page, every answer a promise, and activations handed over without a copy.
 *
 * @packageDocumentation
 */
export type { WorkerModelOptions } from './connect.js';
export { createWorkerModel, type WorkerModel } from './worker-model.js';
export { serveModels } from './host.js';
