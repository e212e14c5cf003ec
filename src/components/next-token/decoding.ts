// SPDX-License-Identifier: MIT
// What decoding does to the logits of one step, in the order of transformers.js: repetition penalty (Keskar et al. 2019), temperature,
// top-k, top-p (Holtzman et al. 2020), min-p (Nguyen et al. 2024). It works on the likeliest tokens and on what is known of all others
// together, which is exact as long as no cut falls among those others; where one does, it says so.

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

/** What cuts a token. */
export type Rule = 'greedy' | 'top-k' | 'top-p' | 'min-p';

/** One candidate, before and after. */
export interface Candidate {
  id: number;
  /** After the repetition penalty. */
  logit: number;
  /** As the model says it. */
  raw: number;
  /** After repetition penalty and temperature, before anything is cut. */
  share: number;
  /** What it is drawn with; 0 where it was cut. */
  probability: number;
  /** Which rule cut it. */
  cutBy: Rule | undefined;
  /** It stands in the text before, and its logit was changed. */
  penalised: boolean;
}

/** The logits of one step, and what is known of the tokens that were not kept. */
export interface StepLogits {
  ids: ArrayLike<number>;
  logits: ArrayLike<number>;
  /** The largest logit of the other tokens. */
  below: number;
  /** log sum exp(logit / temperature) of the other tokens, by temperature. */
  restAt(temperature: number): number;
}

/** A step after decoding. */
export interface Decoded {
  /** In the order in which they are drawn. */
  candidates: Candidate[];
  /** How many of them, from the first, are known to be likelier than every other token. */
  ranked: number;
  /** All other tokens together. */
  rest: { raw: number; share: number; probability: number; cutBy: Rule | undefined };
  /** False where a cut falls among the tokens that are not listed: how many of those are kept is not known. */
  exact: boolean;
}

/** Every candidate with the probability that it is drawn with. */
export function decode({ ids, logits, below, restAt }: StepLogits, decoding: Decoding, before: ReadonlySet<number>): Decoded {
  const { temperature, topK, topP, minP, repetitionPenalty } = decoding;
  const rawNorm = logSum(logits, restAt(1));
  const candidates = Array.from({ length: ids.length }, (_, index): Candidate => {
    const [id, logit] = [ids[index]!, logits[index]!];
    const penalised = repetitionPenalty !== 1 && before.has(id);
    // In float32, as the library writes it back.
    const changed = penalised ? Math.fround(logit < 0 ? logit * repetitionPenalty : logit / repetitionPenalty) : logit;
    return { id, logit: changed, raw: Math.exp(logit - rawNorm), share: 0, probability: 0, cutBy: undefined, penalised };
  }).sort((one, other) => other.logit - one.logit || one.id - other.id);
  const first = candidates.findIndex(({ logit }) => logit < below);
  const ranked = first < 0 ? candidates.length : first;
  const heat = temperature || 1;
  const scaled = candidates.map(({ logit }) => logit / heat);
  const norm = logSum(scaled, restAt(heat));
  candidates.forEach((candidate, index) => (candidate.share = Math.exp(scaled[index]! - norm)));
  const rest: Decoded['rest'] = {
    raw: Math.exp(restAt(1) - rawNorm),
    share: Math.exp(restAt(heat) - norm),
    probability: 0,
    cutBy: undefined,
  };
  const decoded: Decoded = { candidates, ranked, rest, exact: true };
  const limits = { topK: temperature === 0 ? 1 : topK, topP: temperature === 0 ? 1 : topP, minP: temperature === 0 ? 0 : minP };
  cutTopK(decoded, limits.topK, temperature === 0 ? 'greedy' : 'top-k');
  cutTopP(decoded, limits.topP);
  cutMinP(decoded, limits.minP, Math.exp(below / heat - norm));
  const open = candidates.filter(({ cutBy }) => !cutBy);
  const sum = open.reduce((total, { share }) => total + share, rest.cutBy ? 0 : rest.share);
  for (const candidate of open) candidate.probability = candidate.share / sum;
  if (!rest.cutBy) rest.probability = rest.share / sum;
  return decoded;
}

/** Whether there are tokens beside the listed ones at all. */
function hasRest({ rest }: Decoded): boolean {
  return rest.share > 0;
}

function cutTopK(decoded: Decoded, topK: number, rule: Rule): void {
  const { candidates, ranked, rest } = decoded;
  if (topK <= 0) return;
  if (topK > ranked && hasRest(decoded)) decoded.exact = false;
  if (topK > candidates.length) return;
  for (const candidate of candidates.slice(topK)) candidate.cutBy = rule;
  rest.cutBy = rule;
}

/** The smallest set of the likeliest tokens that reaches `topP` of what is left. */
function cutTopP(decoded: Decoded, topP: number): void {
  const { candidates, ranked, rest } = decoded;
  if (topP >= 1) return;
  const open = candidates.filter(({ cutBy }) => !cutBy);
  const left = open.reduce((total, { share }) => total + share, rest.cutBy ? 0 : rest.share);
  let reached = 0;
  let count = 0;
  while (count < open.length && reached < topP) reached += open[count++]!.share / left;
  if (!rest.cutBy && (count > ranked || reached < topP)) {
    decoded.exact = decoded.exact && !hasRest(decoded);
    if (hasRest(decoded)) return;
  }
  for (const candidate of open.slice(count)) candidate.cutBy = 'top-p';
  rest.cutBy ??= 'top-p';
}

/** @param largestOther - the share of the likeliest token that is not listed */
function cutMinP(decoded: Decoded, minP: number, largestOther: number): void {
  const { candidates, rest } = decoded;
  if (minP <= 0) return;
  const least = minP * Math.max(candidates[0]?.share ?? 0, rest.cutBy ? 0 : hasRest(decoded) ? largestOther : 0);
  candidates.forEach((candidate, index) => {
    if (!candidate.cutBy && index > 0 && candidate.share < least) candidate.cutBy = 'min-p';
  });
  if (rest.cutBy || !hasRest(decoded)) return;
  if (largestOther < least) rest.cutBy = 'min-p';
  else decoded.exact = false;
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

/** The candidate that a number in [0, 1) draws; undefined where that is a token that is not listed. */
export function drawn({ candidates, ranked, rest }: Decoded, uniform: number): Candidate | undefined {
  const open = candidates.filter(({ probability }) => probability > 0);
  const sure = rest.probability > 0 ? candidates.slice(0, ranked).filter(({ probability }) => probability > 0) : open;
  let left = uniform;
  for (const candidate of sure) {
    left -= candidate.probability;
    if (left < 0) return candidate;
  }
  // Only rounding can lead past the last of all.
  return rest.probability > 0 ? undefined : open.at(-1);
}
