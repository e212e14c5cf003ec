// SPDX-License-Identifier: MIT
import { formatPercent } from '../shared/format.js';
import type { GridController } from '../shared/grid-controller.js';
import type { Theme } from '../shared/theme-controller.js';
import type { Candidate, Decoding } from './decoding.js';
import type { NextData } from './next-data.js';
import { nextTokenStrings as words } from './strings.js';

/** One picture of the next token. */
export interface NextScene {
  figure: NextData;
  /** Which step of the continuation is shown. */
  step: number;
  decoding: Decoding;
  /** All candidates of the step after decoding. */
  candidates: Candidate[];
  /** How many of them are listed. */
  rows: number;
  /** The probability of a bar of full length: a round number that none of the listed exceeds. */
  full: number;
  /** The candidate that caption and buttons are about. */
  chosen: Candidate;
  locked: boolean;
  theme: Theme;
  grid: GridController;
}

/** One candidate as a sentence that could be quoted. */
export function candidateSentence({ figure, decoding }: Pick<NextScene, 'figure' | 'decoding'>, candidate: Candidate): string {
  const token = figure.tokenOf(candidate.id).quoted;
  const raw = formatPercent(candidate.raw);
  if (candidate.cutBy) return words.nextCut(token, raw, words.nextRules[candidate.cutBy]);
  const plain = decoding.temperature === 1 && Math.abs(candidate.probability - candidate.raw) < 1e-9;
  return plain ? words.nextSentence(token, raw) : words.nextDrawn(token, raw, formatPercent(candidate.probability));
}

/** 0.02, 0.05, 0.1, 0.2, 0.5 or 1: the first that is not exceeded. */
export function fullProbability(listed: readonly Candidate[]): number {
  const most = Math.max(...listed.map(({ raw, probability }) => Math.max(raw, probability)));
  return [0.02, 0.05, 0.1, 0.2, 0.5].find((round) => round >= most) ?? 1;
}
