// SPDX-License-Identifier: MIT

/** A token with what a model says of it. */
export interface TopToken {
  id: number;
  text: string;
  /** Between 0 and 1. */
  probability: number;
  logit: number;
}

/** Ids of the `k` largest logits, largest first; equal logits in the order of their ids. */
export function topIds(logits: Float32Array, k: number): number[] {
  const best: number[] = [];
  let worst = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (best.length === k && !(logit > worst)) continue;
    let place = best.length;
    while (place > 0 && logits[best[place - 1]!]! < logit) place--;
    best.splice(place, 0, id);
    if (best.length > k) best.pop();
    worst = logits[best.at(-1)!]!;
  }
  return best;
}

/** log of the sum of exponentials, in float64, safe for large logits. */
export function logSumExp(logits: Float32Array): number {
  let largest = -Infinity;
  for (let id = 0; id < logits.length; id++) if (logits[id]! > largest) largest = logits[id]!;
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - largest);
  return largest + Math.log(sum);
}

/** The `k` most likely tokens of one row of logits. */
export function topTokens(logits: Float32Array, k: number, text: (id: number) => string): TopToken[] {
  const norm = logSumExp(logits);
  return topIds(logits, k).map((id) => ({ id, text: text(id), logit: logits[id]!, probability: Math.exp(logits[id]! - norm) }));
}
