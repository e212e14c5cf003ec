// SPDX-License-Identifier: MIT
// What figures need of the core to draw recorded data: no model, no runtime. The rest is imported when a reader asks for a live model.
export { decodeArray, readAttentionTrace, readLogitLensTrace } from '../../core/trace/index.js';
export type { AttentionTrace, LogitLensTrace, Provenance, Trace, TraceToken } from '../../core/trace/index.js';
export { VitrineError } from '../../core/errors.js';
export type { Progress, VitrineErrorCode } from '../../core/errors.js';
export { version } from '../../core/version.js';
