// SPDX-License-Identifier: MIT
import { decodeArray, rawArray, readNextTokenTrace, version, VitrineError, type BeamNode, type NextTokenTrace } from '../shared/core.js';
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

/** Log-probabilities without a trace, as TokenLogProbs of CircuitsVis takes them: [position][k] for each token after the first. */
export interface TokenLogProbs {
  prompt: readonly string[];
  topKLogProbs: readonly (readonly number[])[];
  topKTokens: readonly (readonly string[])[];
  correctTokenRank?: readonly number[] | undefined;
  correctTokenLogProb?: readonly number[] | undefined;
}

/** Bare log-probabilities as a trace. @throws VitrineError `invalid-trace` */
export function traceOfLogProbs(given: TokenLogProbs): NextTokenTrace {
  const { prompt, topKLogProbs, topKTokens, correctTokenRank, correctTokenLogProb } = given;
  const steps = prompt.length - 1;
  const k = topKLogProbs[0]?.length ?? 0;
  const fits = topKLogProbs.length >= steps && topKTokens.length >= steps && steps > 0 && k > 0;
  if (!fits || topKLogProbs.some((row, step) => row.length !== k || topKTokens[step]?.length !== k)) {
    const came = `[${topKLogProbs.length}][${k}] and [${topKTokens.length}][${topKTokens[0]?.length ?? 0}]`;
    throw new VitrineError(
      'invalid-trace',
      `topKLogProbs and topKTokens: expected [${steps}][k] each, for the tokens of prompt after the first, got ${came}. Set all of one text.`,
    );
  }
  const words: string[] = [];
  const idOf = (text: string): number => (words.includes(text) ? words.indexOf(text) : words.push(text) - 1);
  // The token that stands in the text is a candidate too, at the end of the list where it is not among the likeliest.
  const rows = Array.from({ length: steps }, (_, step) => {
    const row = topKTokens[step]!.map((text, at) => ({ id: idOf(text), logit: topKLogProbs[step]![at]! }));
    const own = { id: idOf(prompt[step + 1]!), logit: correctTokenLogProb?.[step] ?? topKLogProbs[step]!.at(-1)! };
    return { row: row.some(({ id }) => id === own.id) ? row : [...row, own], below: topKLogProbs[step]!.at(-1)! };
  });
  const count = Math.max(...rows.map(({ row }) => row.length));
  const list = rows.flatMap(({ row }) => [...row, ...Array.from({ length: count - row.length }, () => nothing)]);
  const remaining = rows.map(({ row }) => Math.max(0, 1 - row.reduce((sum, { logit }) => sum + Math.exp(logit), 0)));
  const [chosen, array] = [prompt.slice(1).map(idOf), (values: number[], ...shape: number[]) => rawArray(Float32Array.from(values), shape)];
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'next-token',
    provenance: { model: '', vitrine: version },
    prompt: prompt.join(''),
    tokens: [{ id: idOf(prompt[0]!), text: prompt[0]! }],
    chosen,
    ...(correctTokenRank && { chosenRanks: correctTokenRank.slice(0, chosen.length) }),
    ids: rawArray(
      Int32Array.from(list, ({ id }) => id),
      [steps, count],
    ),
    logits: array(
      list.map(({ logit }) => logit),
      steps,
      count,
    ),
    temperatures: [1],
    rest: array(
      remaining.map((share) => (share > 1e-7 ? Math.log(share) : nothing.logit)),
      steps,
      1,
    ),
    below: array(
      rows.map(({ below }) => below),
      steps,
    ),
    vocabulary: { ...Object.fromEntries(words.entries()), [nothing.id]: '' },
  };
}

/** Fills the list of a step that has fewer candidates than others. */
const nothing = { id: -1, logit: -1e30 };

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
