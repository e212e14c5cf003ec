// SPDX-License-Identifier: MIT

/**
 * Vitrine's core: open a transformers.js model, read its activations, and apply the techniques of mechanistic interpretability. No DOM:
 * it runs in Node, in a page and in a worker.
 *
 * @packageDocumentation
 */
export * from './model/index.js';
export * from './techniques/index.js';
export * from './figures/index.js';
export { traceOfVector, vectorOfTrace } from './figures/steering-vector.js'; // with the techniques of steering behind them
export * from './trace/index.js';
export * from './tables/index.js';
export { version } from './version.js';
