// SPDX-License-Identifier: MIT
// What decoding does to the logits of one step, in the order of transformers.js: repetition penalty (Keskar et al. 2019), temperature,
// top-k, top-p (Holtzman et al. 2020), min-p (Nguyen et al. 2024).

/** How the next token is chosen. */
export interface Decoding {
  /** 0 takes the likeliest token. */
  temperature: number;
  /** 0: no limit. */
  topK: number;
  /** 1: no limit. */
  topP: number;
  /** 0: no limit. */
  minP: number;
  /** 1: none. */
  repetitionPenalty: number;
}

/** One candidate, before and after. */
export interface Candidate {
  id: number;
  logit: number;
  /** As the model says it. */
  raw: number;
  /** What it is drawn with; 0 where it was cut. */
  probability: number;
  /** Which rule cut it. */
  cutBy: 'greedy' | 'top-k' | 'top-p' | 'min-p' | undefined;
  /** It stands in the text before, and its logit was divided. */
  penalised: boolean;
}

/** The logits of one step, and what is known of the tokens that were not kept. */
export interface StepLogits {
  ids: ArrayLike<number>;
  logits: ArrayLike<number>;
  /** log sum exp(logit / temperature) of the other tokens, by temperature. */
  restAt(temperature: number): number;
}

/** Every candidate with the probability that it is drawn with, in the order in which it is drawn. */
export function decode({ ids, logits, restAt }: StepLogits, decoding: Decoding, before: ReadonlySet<number>): Candidate[] {
  const { temperature, topK, topP, minP, repetitionPenalty } = decoding;
  const rawNorm = logSum(logits, restAt(1));
  const list = Array.from({ length: ids.length }, (_, index): Candidate => {
    const [id, logit] = [ids[index]!, logits[index]!];
    const penalised = repetitionPenalty !== 1 && before.has(id);
    const changed = penalised ? (logit < 0 ? logit * repetitionPenalty : logit / repetitionPenalty) : logit;
    return { id, logit: changed, raw: Math.exp(logit - rawNorm), probability: 0, cutBy: undefined, penalised };
  }).sort((one, other) => other.logit - one.logit);
  if (temperature === 0) {
    list.forEach((candidate, index) => {
      candidate.probability = index === 0 ? 1 : 0;
      if (index > 0) candidate.cutBy = 'greedy';
    });
    return list;
  }
  const scaled = list.map(({ logit }) => logit / temperature);
  const limited = topK > 0;
  list.forEach((candidate, index) => {
    if (limited && index >= topK) candidate.cutBy = 'top-k';
  });
  // Once top-k has cut, the tokens that are not listed are out as well.
  const kept = limited ? scaled.slice(0, topK) : scaled;
  const norm = logSum(kept, limited ? -Infinity : restAt(temperature));
  const shares = scaled.map((value) => Math.exp(value - norm));
  let reached = 0;
  list.forEach((candidate, index) => {
    if (candidate.cutBy) return;
    if (topP < 1 && reached >= topP) candidate.cutBy = 'top-p';
    else if (minP > 0 && shares[index]! < minP * shares[0]!) candidate.cutBy = 'min-p';
    reached += shares[index]!;
  });
  const cut = limited || list.some(({ cutBy }) => cutBy);
  const sum = cut ? list.reduce((total, { cutBy }, index) => total + (cutBy ? 0 : shares[index]!), 0) : 1;
  list.forEach((candidate, index) => (candidate.probability = candidate.cutBy ? 0 : shares[index]! / sum));
  return list;
}

function logSum(values: ArrayLike<number>, rest: number): number {
  let largest = rest;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, values[index]!);
  let sum = Math.exp(rest - largest);
  for (let index = 0; index < values.length; index++) sum += Math.exp(values[index]! - largest);
  return largest + Math.log(sum);
}

/** The number in [0, 1) that the token of a step is drawn by: the same as `HookedModel.generate` draws with this seed. Mulberry32. */
export function uniformOf(seed: number, step: number): number {
  const state = (seed + 0x6d2b79f5 * (step + 1)) | 0;
  let bits = Math.imul(state ^ (state >>> 15), 1 | state);
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
  return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
}

/** The candidate that a number in [0, 1) draws. */
export function drawn(list: readonly Candidate[], uniform: number): Candidate {
  let rest = uniform;
  const open = list.filter(({ probability }) => probability > 0);
  for (const candidate of open) {
    rest -= candidate.probability;
    if (rest < 0) return candidate;
  }
  return open.at(-1) ?? list[0]!;
}
