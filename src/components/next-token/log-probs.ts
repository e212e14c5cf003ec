// SPDX-License-Identifier: MIT
import { rawArray, version, VitrineError, type NextTokenTrace } from '../shared/core.js';

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
  const chosen = prompt.slice(1).map(idOf);
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
    logits: rawArray(
      Float32Array.from(list, ({ logit }) => logit),
      [steps, count],
    ),
    temperatures: [1],
    rest: rawArray(
      Float32Array.from(remaining, (share) => (share > 1e-7 ? Math.log(share) : nothing.logit)),
      [steps, 1],
    ),
    below: rawArray(
      Float32Array.from(rows, ({ below }) => below),
      [steps],
    ),
    vocabulary: { ...Object.fromEntries(words.entries()), [nothing.id]: '' },
  };
}

/** Fills the list of a step that has fewer candidates than others. */
const nothing = { id: -1, logit: -1e30 };
