// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { GenerateOptions } from '../model/generation/generate.js';
import type { HookedModel } from '../model/hooked-model.js';
import { topIds } from '../model/top-tokens.js';
import { rawArray } from '../trace/arrays.js';
import { writeBase } from '../trace/base.js';
import type { NextTokenTrace } from '../trace/kinds/next-token.js';
import { beamTree } from './beams.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What a `<next-token>` asks for. */
export interface NextTokenFigureOptions {
  prompt: string;
  /** Ids that follow the prompt already: a step is recorded before each and after the last. */
  appended?: readonly number[];
  /** Tokens to go on with after those. @defaultValue 0 */
  steps?: number;
  /** Candidates kept per step, beside the tokens of the text. @defaultValue 200 */
  top?: number;
  /** How the `steps` are chosen. @defaultValue the likeliest token each time */
  sampling?: Pick<GenerateOptions, 'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty' | 'seed'>;
  /** Beam search from the prompt. */
  beams?: { width: number; depth: number };
}

export type NextTokenFigure = FigureKind<NextTokenFigureOptions, NextTokenTrace>;

/** 0.1 to 2: the steps of a slider. */
const temperatures = Array.from({ length: 20 }, (_, index) => (index + 1) / 10);

/** The logits after a prompt and along a continuation; what sampling does with them can be computed from the trace alone. */
export async function recordNextToken(
  model: HookedModel,
  { prompt, appended = [], steps = 0, top = 200, sampling = {}, beams }: NextTokenFigureOptions,
  context: FigureContext,
): Promise<NextTokenTrace> {
  const options = techniqueOptions(context);
  const tokens = await model.tokenize(prompt);
  if (tokens.length === 0) throw new VitrineError('empty-input', 'The prompt is empty. Write a few words for the model to go on from.');
  const before = tokens.map(({ id }) => id);
  const chosen = [...appended];
  if (steps > 0) {
    const { ids } = await model.generateText([...before, ...chosen], {
      ...sampling,
      maxNewTokens: steps,
      ...(context.signal && { signal: context.signal }),
    });
    chosen.push(...ids);
  }
  const count = chosen.length + 1;
  const positions = Array.from({ length: count }, (_, step) => before.length - 1 + step);
  const { logits } = await model.run([[...before, ...chosen]], { logitsAt: positions, ...options });
  const vocabularySize = logits.dims.at(-1)!;
  // Tokens of the text are kept at every step, however unlikely: a repetition penalty acts on them.
  const seen = new Set([...before, ...chosen]);
  const kept = Math.min(top + seen.size, vocabularySize);
  const ids = new Int32Array(count * kept);
  const values = new Float32Array(count * kept);
  const rest = new Float32Array(count * temperatures.length);
  const below = new Float32Array(count);
  for (let step = 0; step < count; step++) {
    const row = logits.data.subarray(step * vocabularySize, (step + 1) * vocabularySize);
    const best = withSeen(topIds(row, kept), seen, row);
    ids.set(best, step * kept);
    best.forEach((id, place) => (values[step * kept + place] = row[id]!));
    const others = restOf(row, new Set(best));
    rest.set(others.sums, step * temperatures.length);
    below[step] = others.largest;
  }
  const tree = beams && { width: beams.width, nodes: await beamTree(model, before, { ...beams, signal: context.signal }) };
  const known = new Set([...ids, ...chosen, ...(tree?.nodes.map(({ id }) => id) ?? [])]);
  return {
    ...writeBase({ provenance: provenanceOf(model), prompt, tokens }),
    kind: 'next-token',
    chosen,
    ids: rawArray(ids, [count, kept]),
    logits: rawArray(values, [count, kept]),
    temperatures,
    rest: rawArray(rest, [count, temperatures.length]),
    below: rawArray(below, [count]),
    vocabulary: Object.fromEntries([...known].map((id) => [id, model.tokenText(id)])),
    ...(tree && { beams: tree }),
  };
}

/** A number that stands for the logarithm of nothing: JSON has no infinity. */
const nothingLeft = -1e30;

/** The likeliest ids with those of the text among them, likeliest first: these take the place of the least likely ones. */
function withSeen(best: readonly number[], seen: ReadonlySet<number>, row: Float32Array): number[] {
  const listed = new Set(best);
  const missing = [...seen].filter((id) => !listed.has(id));
  const kept = [...best];
  for (let at = kept.length - 1, left = missing.length; left > 0; at--) {
    if (seen.has(kept[at]!)) continue;
    kept.splice(at, 1);
    left--;
  }
  return [...kept, ...missing].sort((one, other) => row[other]! - row[one]! || one - other);
}

/** Of the ids that were not kept: log sum exp(logit / temperature) for every temperature, and the largest logit. */
function restOf(row: Float32Array, kept: ReadonlySet<number>): { sums: number[]; largest: number } {
  let largest = -Infinity;
  for (let id = 0; id < row.length; id++) if (!kept.has(id) && row[id]! > largest) largest = row[id]!;
  if (largest === -Infinity) return { sums: temperatures.map(() => nothingLeft), largest: nothingLeft };
  const sums = new Float64Array(temperatures.length);
  for (let id = 0; id < row.length; id++) {
    if (kept.has(id)) continue;
    const below = row[id]! - largest;
    for (let index = 0; index < temperatures.length; index++) sums[index]! += Math.exp(below / temperatures[index]!);
  }
  return { sums: temperatures.map((temperature, index) => largest / temperature + Math.log(sums[index]!)), largest };
}
