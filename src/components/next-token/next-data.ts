// SPDX-License-Identifier: MIT
import { decodeArray, readNextTokenTrace, type BeamNode } from '../shared/core.js';
import type { StepLogits } from './decoding.js';
import { displayOne, displayTokens, type DisplayToken } from '../shared/token-display.js';

/** The tokens that may come next, as they are drawn. */
export interface NextData {
  prompt: string;
  source: string;
  tokens: DisplayToken[];
  /** Ids of the continuation, one fewer than steps. */
  chosen: number[];
  stepCount: number;
  /** Candidates per step. */
  count: number;
  /** [step, candidate], likeliest first */
  ids: ArrayLike<number>;
  logits: ArrayLike<number>;
  temperatures: number[];
  /** [step, temperature] */
  rest: ArrayLike<number>;
  tokenOf(id: number): DisplayToken;
  beams: { width: number; nodes: BeamNode[] } | undefined;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function nextFromTrace(value: unknown): NextData {
  const trace = readNextTokenTrace(value);
  const known = new Map<number, DisplayToken>();
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    tokens: displayTokens(trace.tokens),
    chosen: trace.chosen,
    stepCount: trace.chosen.length + 1,
    count: trace.ids.shape[1]!,
    ids: decodeArray(trace.ids).data,
    logits: decodeArray(trace.logits).data,
    temperatures: trace.temperatures,
    rest: decodeArray(trace.rest).data,
    beams: trace.beams,
    tokenOf(id) {
      let token = known.get(id);
      if (!token) known.set(id, (token = displayOne(trace.vocabulary[id] ?? '')));
      return token;
    },
  };
}

/** The logits of one step. Between the temperatures that were recorded, the mass of the other tokens is interpolated. */
export function stepLogits({ ids, logits, count, rest, temperatures }: NextData, step: number): StepLogits {
  const part = (values: ArrayLike<number>): number[] => Array.from({ length: count }, (_, index) => values[step * count + index]!);
  return {
    ids: part(ids),
    logits: part(logits),
    restAt(temperature) {
      const above = temperatures.findIndex((known) => known >= temperature - 1e-9);
      const [high, low] = above < 0 ? [temperatures.length - 1, temperatures.length - 1] : [above, Math.max(0, above - 1)];
      const at = (index: number): number => rest[step * temperatures.length + index]!;
      const span = temperatures[high]! - temperatures[low]!;
      const amount = span > 0 ? Math.min(1, Math.max(0, (temperature - temperatures[low]!) / span)) : 1;
      return at(low) + (at(high) - at(low)) * amount;
    },
  };
}
