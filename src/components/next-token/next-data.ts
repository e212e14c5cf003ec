// SPDX-License-Identifier: MIT
import { decodeArray, readNextTokenTrace, type BeamNode } from '../shared/core.js';
import { displayOne, displayTokens, type DisplayToken } from '../shared/token-display.js';
import { decode, type Decoding, type StepLogits } from './decoding.js';

/** The tokens that may come next, as they are drawn. */
export interface NextData {
  prompt: string;
  source: string;
  tokens: DisplayToken[];
  /** Ids of the continuation. */
  chosen: number[];
  /** How many places of the text have candidates: one before each token of the continuation, mostly one after it. */
  stepCount: number;
  /** Candidates per step. */
  count: number;
  /** [step, candidate] */
  ids: ArrayLike<number>;
  logits: ArrayLike<number>;
  temperatures: number[];
  /** [step, temperature] */
  rest: ArrayLike<number>;
  /** The largest logit of the tokens that are not listed, [step]; the smallest listed one where it is left out. */
  below: ArrayLike<number> | undefined;
  tokenOf(id: number): DisplayToken;
  /** How the model took a token of the continuation, by its place in it: undefined where it is not among the candidates. */
  takenAt(index: number): { probability: number | undefined; rank: number | undefined };
  beams: { width: number; nodes: BeamNode[] } | undefined;
}

/** Nothing but the model. */
export const plainDecoding: Decoding = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function nextFromTrace(value: unknown): NextData {
  const trace = readNextTokenTrace(value);
  const [stepCount, count] = trace.ids.shape as [number, number];
  const data: Omit<NextData, 'takenAt'> = {
    prompt: trace.prompt,
    source: trace.provenance.model,
    tokens: displayTokens(trace.tokens),
    chosen: trace.chosen,
    stepCount,
    count,
    ids: decodeArray(trace.ids).data,
    logits: decodeArray(trace.logits).data,
    temperatures: trace.temperatures,
    rest: decodeArray(trace.rest).data,
    below: trace.below && decodeArray(trace.below).data,
    beams: trace.beams,
    tokenOf: memoised((id) => displayOne(trace.vocabulary[id] ?? '')),
  };
  const takenAt = memoised((index): ReturnType<NextData['takenAt']> => {
    const { candidates, ranked } = decode(stepLogits(data, index), plainDecoding, new Set());
    const place = candidates.findIndex(({ id }) => id === data.chosen[index]);
    const rank = trace.chosenRanks?.[index] ?? (place >= 0 && place < ranked ? place : undefined);
    return { probability: candidates[place]?.raw, rank: rank === undefined ? undefined : rank + 1 };
  });
  return { ...data, takenAt };
}

function memoised<T>(make: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key)!;
  };
}

/** The logits of one step. Between the temperatures that were recorded, the mass of the other tokens is interpolated. */
export function stepLogits(data: Omit<NextData, 'takenAt'>, step: number): StepLogits {
  const { ids, logits, count, rest, below, temperatures } = data;
  const part = (values: ArrayLike<number>): number[] => Array.from({ length: count }, (_, index) => values[step * count + index]!);
  const largestOther = below ? below[step]! : logits[(step + 1) * count - 1]!;
  return {
    ids: part(ids),
    logits: part(logits),
    below: largestOther,
    restAt(temperature) {
      const at = (index: number): number => rest[step * temperatures.length + index]!;
      const coldest = temperatures[0]!;
      // Below the coldest one, the largest of the other logits is what is left of their sum.
      if (temperature < coldest - 1e-9) return at(0) + largestOther * (1 / temperature - 1 / coldest);
      const above = temperatures.findIndex((known) => known >= temperature - 1e-9);
      const [high, low] = above < 0 ? [temperatures.length - 1, temperatures.length - 1] : [above, Math.max(0, above - 1)];
      // In 1 / temperature, where the logarithm of the sum bends least.
      const span = 1 / temperatures[high]! - 1 / temperatures[low]!;
      const amount = span < 0 ? Math.min(1, Math.max(0, (1 / temperature - 1 / temperatures[low]!) / span)) : 1;
      return at(low) + (at(high) - at(low)) * amount;
    },
  };
}
