// SPDX-License-Identifier: MIT
export { decodeArray, encodeArray, type DecodedArray, type EncodeOptions } from './arrays.js';
export { readAttentionTrace, readLogitLensTrace, readTrace } from './read.js';
export { writeAttentionTrace, writeLogitLensTrace, type AttentionInput, type LogitLensInput, type TokenLike } from './write.js';
export type { AttentionTrace, EncodedArray, LogitLensTrace, Provenance, Trace, TraceToken } from './types.js';
