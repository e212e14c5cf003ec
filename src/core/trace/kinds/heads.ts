// SPDX-License-Identifier: MIT
import { readArray, readBase, readHead } from '../base.js';
import { checkBoolean, checkInteger, checkList, checkObject, checkOneOf, checkString, invalidField } from '../check.js';
import type { TraceArray, TraceBase } from '../types.js';

/** What the heads of a model are scored for. */
export const headKinds = ['previous', 'duplicate', 'induction', 'self', 'entropy', 'distance'] as const;
export type HeadKind = (typeof headKinds)[number];

const conventions = ['diagonal', 'mask', 'mask-abs', 'rows'] as const;

export type HeadConvention = (typeof conventions)[number];

/** Scores by one convention. */
export interface HeadConventionScores {
  convention: HeadConvention;
  /** [kind, layer, head] */
  scores: TraceArray;
}

/** Heads scored by where they look, with the patterns of some of them. `prompt` is empty where they were scored on random tokens. */
export interface HeadsTrace extends TraceBase {
  kind: 'heads';
  /** How patterns became scores: see `headScores`. */
  convention: HeadConvention;
  /** What was read: "4 rows of 24 random tokens, repeated". */
  on: string;
  /** After how many tokens the random ones are repeated; 0 for a text. */
  period: number;
  causal: boolean;
  kinds: HeadKind[];
  /** [kind, layer, head] */
  scores: TraceArray;
  /** Scores of the same heads by other conventions, for a reader who compares with numbers from elsewhere. */
  others?: HeadConventionScores[];
  /** [layer, head] of each pattern. */
  patternHeads: [number, number][];
  /** Patterns of these heads on `tokens`: [pattern, query, key]. */
  patterns: TraceArray;
}

/** As `readTrace`, for figures that rank heads. @throws VitrineError `invalid-trace` for anything else */
export function readHeadsTrace(value: unknown): HeadsTrace {
  const { fields, kind } = readHead(value, ['heads']);
  const base = readBase(fields);
  const kinds = checkList(fields['kinds'], 'trace.kinds', (word, at) => checkOneOf(word, at, headKinds));
  if (kinds.length === 0) throw invalidField('trace.kinds', 'at least one kind of score', kinds);
  const scores = readArray(fields['scores'], 'trace.scores', 'kind, layer, head', [kinds.length, undefined, undefined]);
  const [, layers = 0, heads = 0] = scores.shape;
  const others = checkList(fields['others'] ?? [], 'trace.others', (entry, at): HeadConventionScores => {
    const { convention, scores } = checkObject(entry, at);
    return {
      convention: checkOneOf(convention, `${at}.convention`, conventions),
      scores: readArray(scores, `${at}.scores`, 'kind, layer, head', [kinds.length, layers, heads]),
    };
  });
  const patternHeads = checkList(fields['patternHeads'], 'trace.patternHeads', (pair, at): [number, number] => {
    const [layer, head] = checkList(pair, at, (number) => number, 2);
    return [checkInteger(layer, `${at}[0]`, 0, layers - 1), checkInteger(head, `${at}[1]`, 0, heads - 1)];
  });
  const count = base.tokens.length;
  return {
    ...base,
    kind,
    convention: checkOneOf(fields['convention'], 'trace.convention', conventions),
    on: checkString(fields['on'], 'trace.on'),
    period: checkInteger(fields['period'], 'trace.period'),
    causal: checkBoolean(fields['causal'], 'trace.causal'),
    kinds,
    scores,
    ...(others.length > 0 && { others }),
    patternHeads,
    patterns: readArray(fields['patterns'], 'trace.patterns', 'pattern, query, key', [patternHeads.length, count, count]),
  };
}
