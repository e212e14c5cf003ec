// SPDX-License-Identifier: MIT
import { readHead } from './base.js';
import { readAttentionTrace, type AttentionTrace } from './kinds/attention.js';
import { readLogitLensTrace, type LogitLensTrace } from './kinds/logit-lens.js';
import { readTokensTrace, type TokensTrace } from './kinds/tokens.js';

/** The recorded figures, by kind. */
export interface Traces {
  attention: AttentionTrace;
  'logit-lens': LogitLensTrace;
  tokens: TokensTrace;
}

export type Trace = Traces[keyof Traces];

const readers: { [Kind in keyof Traces]: (value: unknown) => Traces[Kind] } = {
  attention: readAttentionTrace,
  'logit-lens': readLogitLensTrace,
  tokens: readTokensTrace,
};

/**
 * Checks a value that came from JSON and gives it back as a {@link Trace}, its arrays decoded. Shapes are compared with the tokens; what
 * passes can be drawn without further checks.
 *
 * @throws VitrineError `invalid-trace`, naming the field, what was expected there and what came
 * @example
 * const trace = readTrace(await (await fetch('john-and-mary.json')).json());
 * if (trace.kind === 'attention') decodeArray(trace.pattern).shape      // [layer, head, query, key]
 */
export function readTrace(value: unknown): Trace {
  const { kind } = readHead(value, Object.keys(readers) as (keyof Traces)[]);
  return readers[kind](value);
}
