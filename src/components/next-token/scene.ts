// SPDX-License-Identifier: MIT
import type { GridController } from '../shared/grid-controller.js';
import type { Theme } from '../shared/theme-controller.js';
import { decode, drawn, uniformOf, type Candidate, type Decoded, type Decoding } from './decoding.js';
import { stepLogits, type NextData } from './next-data.js';

/** One picture of the next token. */
export interface NextScene {
  figure: NextData;
  /** Where the text stands: so many tokens were added. */
  at: number;
  /** Which step is shown: the one of the token that is pointed at, else `at`. */
  step: number;
  decoding: Decoding;
  decoded: Decoded;
  /** The candidates that have a row. */
  listed: Candidate[];
  /** The probability of a bar of full length: a round number that none of the listed exceeds. */
  full: number;
  /** The candidate that the caption is about. */
  chosen: Candidate;
  locked: boolean;
  /** Id of the token that stands in the text at this step. */
  taken: number | undefined;
  seed: number;
  /** The number in [0, 1) that the seed draws with at this step. */
  uniform: number;
  /** What the seed draws; undefined for a token that is not listed. */
  draw: Candidate | undefined;
  theme: Theme;
  grid: GridController;
  strip: GridController;
  /** No room for more than one word over and in a column. */
  narrow: boolean;
}

/** What a scene is made from, beside the data. */
export interface NextState extends Pick<NextScene, 'decoding' | 'at' | 'seed' | 'theme' | 'grid' | 'strip' | 'narrow'> {
  /** The added token that is pointed at, by its place among them. */
  previewed: number | undefined;
  /** How many candidates are to have a row. */
  rows: number;
  /** The candidate that is pointed at or locked. */
  pointed: { id: number; locked: boolean } | undefined;
}

/** The step that is to be shown, decoded. */
export function nextScene(figure: NextData, state: NextState): NextScene {
  const { previewed, rows, pointed, seed, theme, grid, strip, narrow } = state;
  const decoding = { ...state.decoding, temperature: Math.min(state.decoding.temperature, figure.temperatures.at(-1)!) };
  const last = figure.stepCount - 1;
  const at = Math.trunc(Math.min(Math.max(0, state.at), last));
  const step = Math.min(previewed ?? at, last);
  const before = new Set([...figure.tokens.map(({ id }) => id), ...figure.chosen.slice(0, step)]);
  const decoded = decode(stepLogits(figure, step), decoding, before);
  const taken = previewed === undefined ? undefined : figure.chosen[step];
  const uniform = uniformOf(seed, step);
  const draw = drawn(decoded, uniform);
  const listed = listedCandidates(decoded, Math.min(Math.max(1, rows), figure.count), taken ?? draw?.id);
  const chosen = decoded.candidates.find(({ id }) => id === (pointed?.id ?? taken)) ?? decoded.candidates[0]!;
  const full = fullProbability(listed);
  return {
    figure,
    at,
    step,
    decoding,
    decoded,
    listed,
    full,
    chosen,
    locked: pointed?.locked ?? false,
    taken,
    seed,
    uniform,
    draw,
    theme,
    grid,
    strip,
    narrow,
  };
}

/** 0.02, 0.05, 0.1, 0.2, 0.5 or 1: the first that is not exceeded. */
function fullProbability(listed: readonly Candidate[]): number {
  const most = Math.max(...listed.map(({ raw, probability }) => Math.max(raw, probability)));
  return [0.02, 0.05, 0.1, 0.2, 0.5].find((round) => round >= most) ?? 1;
}

/** The likeliest candidates; in the last row the one of the text, or the one that is drawn, where it is not among them. */
function listedCandidates({ candidates }: Decoded, count: number, next: number | undefined): Candidate[] {
  const listed = candidates.slice(0, count);
  const own = next === undefined ? undefined : candidates.find(({ id }) => id === next);
  return !own || listed.includes(own) ? listed : [...listed.slice(0, -1), own];
}
