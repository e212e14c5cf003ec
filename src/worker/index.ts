// SPDX-License-Identifier: MIT

/**
 * A model behind a worker: the same interface as in the page, every answer a promise, and activations handed over without a copy.
 *
 * @packageDocumentation
 */
export { createWorkerModel, type WorkerModel, type WorkerModelOptions } from './worker-model.js';
export { serveModels } from './host.js';
