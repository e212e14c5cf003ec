// SPDX-License-Identifier: MIT
import { readHead } from './base.js';
import { readAttentionTrace, type AttentionTrace } from './kinds/attention.js';
import { readAttributionTrace, type AttributionTrace } from './kinds/attribution.js';
import { readLogitLensTrace, type LogitLensTrace } from './kinds/logit-lens.js';
import { readModelTrace, type ModelTrace } from './kinds/model.js';
import { readSteeringTrace, type SteeringTrace } from './kinds/steering.js';
import { readTokensTrace, type TokensTrace } from './kinds/tokens.js';
import { readHeadsTrace, type HeadsTrace } from './kinds/heads.js';
import { readNextTokenTrace, type NextTokenTrace } from './kinds/next-token.js';
import { readPatchingTrace, type PatchingTrace } from './kinds/patching.js';

/** The recorded figures, by kind. */
export interface Traces {
  attention: AttentionTrace;
  attribution: AttributionTrace;
  'logit-lens': LogitLensTrace;
  model: ModelTrace;
  heads: HeadsTrace;
  'next-token': NextTokenTrace;
  steering: SteeringTrace;
  patching: PatchingTrace;
  tokens: TokensTrace;
}

export type Trace = Traces[keyof Traces];

const readers: { [Kind in keyof Traces]: (value: unknown) => Traces[Kind] } = {
  attention: readAttentionTrace,
  attribution: readAttributionTrace,
  'logit-lens': readLogitLensTrace,
  model: readModelTrace,
  heads: readHeadsTrace,
  'next-token': readNextTokenTrace,
  steering: readSteeringTrace,
  patching: readPatchingTrace,
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
