// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
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
  /** Tokens to go on with, the likeliest each time, after those. @defaultValue 0 */
  steps?: number;
  /** Candidates kept per step. @defaultValue 200 */
  top?: number;
  /** Beam search from the prompt. */
  beams?: { width: number; depth: number };
}

export type NextTokenFigure = FigureKind<NextTokenFigureOptions, NextTokenTrace>;

/** 0.1 to 2: the steps of a slider. */
const temperatures = Array.from({ length: 20 }, (_, index) => (index + 1) / 10);

/** The logits after a prompt and along a continuation; what sampling does with them can be computed from the trace alone. */
export async function recordNextToken(
  model: HookedModel,
  { prompt, appended = [], steps = 0, top = 200, beams }: NextTokenFigureOptions,
  context: FigureContext,
): Promise<NextTokenTrace> {
  const options = techniqueOptions(context);
  const tokens = await model.tokenize(prompt);
  if (tokens.length === 0) throw new VitrineError('empty-input', 'The prompt is empty. Write a few words for the model to go on from.');
  const before = tokens.map(({ id }) => id);
  const chosen = [...appended];
  if (steps > 0) {
    const { ids } = await model.generateText([...before, ...chosen], {
      maxNewTokens: steps,
      ...(context.signal && { signal: context.signal }),
    });
    chosen.push(...ids);
  }
  const count = chosen.length + 1;
  const positions = Array.from({ length: count }, (_, step) => before.length - 1 + step);
  const { logits } = await model.run([[...before, ...chosen]], { logitsAt: positions, ...options });
  const vocabularySize = logits.dims.at(-1)!;
  const kept = Math.min(top, vocabularySize);
  const ids = new Int32Array(count * kept);
  const values = new Float32Array(count * kept);
  const rest = new Float32Array(count * temperatures.length);
  for (let step = 0; step < count; step++) {
    const row = logits.data.subarray(step * vocabularySize, (step + 1) * vocabularySize);
    const best = topIds(row, kept);
    ids.set(best, step * kept);
    best.forEach((id, place) => (values[step * kept + place] = row[id]!));
    rest.set(restOf(row, new Set(best)), step * temperatures.length);
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
    vocabulary: Object.fromEntries([...known].map((id) => [id, model.tokenText(id)])),
    ...(tree && { beams: tree }),
  };
}

/** A number that stands for the logarithm of nothing: JSON has no infinity. */
const nothingLeft = -1e30;

/** log sum exp(logit / temperature) over the ids that were not kept, for every temperature. */
function restOf(row: Float32Array, kept: ReadonlySet<number>): number[] {
  let largest = -Infinity;
  for (let id = 0; id < row.length; id++) if (!kept.has(id) && row[id]! > largest) largest = row[id]!;
  if (largest === -Infinity) return temperatures.map(() => nothingLeft);
  const sums = new Float64Array(temperatures.length);
  for (let id = 0; id < row.length; id++) {
    if (kept.has(id)) continue;
    const below = row[id]! - largest;
    for (let index = 0; index < temperatures.length; index++) sums[index]! += Math.exp(below / temperatures[index]!);
  }
  return temperatures.map((temperature, index) => largest / temperature + Math.log(sums[index]!));
}
