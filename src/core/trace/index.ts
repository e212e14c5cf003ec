// SPDX-License-Identifier: MIT
export { decodeArray, encodeArray, rawArray, type DecodedArray } from './arrays.js';
export type { FigureInput, TokenLike } from './base.js';
export { readTrace, type Trace, type Traces } from './read.js';
export { storable } from './store.js';
export type { EncodedArray, EncodeOptions, Provenance, RawArray, TraceArray, TraceBase, TraceToken } from './types.js';
// One line for each kind of figure.
export * from './kinds/attention.js';
export * from './kinds/attribution.js';
export * from './kinds/logit-lens.js';
export * from './kinds/model.js';
export * from './kinds/steering.js';
export * from './kinds/tokens.js';
export * from './kinds/heads.js';
export * from './kinds/next-token.js';
export * from './kinds/patching.js';
