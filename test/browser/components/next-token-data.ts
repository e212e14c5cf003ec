// SPDX-License-Identifier: MIT
import type { NextTokenTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';

const vocabulary = [' cat', ' dog', '\n', '<b>', ' the'];
/** Probabilities 0.5, 0.25, 0.15, 0.07, and 0.03 for all other tokens. */
const shares = [0.5, 0.25, 0.15, 0.07];

export interface NextTraceOptions {
  /** Texts of ids 0 to 4: four candidates and the prompt. */
  words?: string[];
  tokens?: { id: number; text: string }[];
  beams?: NextTokenTrace['beams'];
}

export function nextTrace(chosen: number[] = [0], prompt = ' the', options: NextTraceOptions = {}): NextTokenTrace {
  const { words = vocabulary, tokens = [{ id: 4, text: prompt }] } = options;
  const steps = chosen.length + 1;
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'next-token',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt,
    tokens,
    chosen,
    ids: encodeArray(Array.from({ length: steps }, () => [0, 1, 2, 3]).flat(), [steps, 4], { dtype: 'int32' }),
    logits: encodeArray(Array.from({ length: steps }, () => shares.map(Math.log)).flat(), [steps, 4]),
    temperatures: [0.5, 1],
    rest: encodeArray(Array.from({ length: steps }, () => [Math.log(0.03 ** 2), Math.log(0.03)]).flat(), [steps, 2]),
    vocabulary: Object.fromEntries(words.map((word, id) => [id, word])),
    beams: options.beams ?? {
      width: 1,
      nodes: [
        { parent: -1, id: 0, logProbability: -0.7, kept: true },
        { parent: -1, id: 1, logProbability: -1.4, kept: false },
      ],
    },
  };
}

/** A beam search of three beams and four tokens, as it is recorded. */
export function fullBeams(): NonNullable<NextTokenTrace['beams']> {
  const nodes: NonNullable<NextTokenTrace['beams']>['nodes'] = [];
  let parents = [-1];
  for (let depth = 0; depth < 4; depth++) {
    const first = nodes.length;
    for (const parent of parents) {
      for (let id = 0; id < 3; id++) {
        nodes.push({ parent, id, logProbability: (nodes[parent]?.logProbability ?? 0) - 0.5 - id, kept: depth === 0 || id === 0 });
      }
    }
    parents = nodes.flatMap(({ kept }, index) => (index >= first && kept ? [index] : []));
  }
  return { width: 3, nodes };
}

/** Log-probabilities without a trace, as CircuitsVis gives them; the last token of the text is not among the likeliest. */
export const logProbs = {
  prompt: ['<s>', 'The', ' cat'],
  topKLogProbs: [
    [Math.log(0.5), Math.log(0.25)],
    [Math.log(0.4), Math.log(0.3)],
  ],
  topKTokens: [
    ['The', 'A'],
    [' dog', ' man'],
  ],
  correctTokenRank: [0, 7],
  correctTokenLogProb: [Math.log(0.5), Math.log(0.01)],
};
