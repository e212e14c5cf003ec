// SPDX-License-Identifier: MIT
// The script of the worker: start it with `new Worker(url, { type: 'module' })` and hand the worker to createWorkerModel().
import { serveModels } from './host.js';

serveModels(globalThis);
