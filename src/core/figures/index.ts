// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import { recordAttention, type AttentionFigure } from './attention.js';
import { recordAttribution, type AttributionFigure } from './attribution.js';
import { recordLens, type LensFigure } from './logit-lens.js';
import { recordModel, type ModelFigure } from './model-map.js';
import { recordTokenValues, type TokenValuesFigure } from './token-values.js';
import { recordHeads, type HeadsFigure } from './heads.js';
import { recordSteering, type SteeringFigure } from './steering.js';
import { recordNextToken, type NextTokenFigure } from './next-token.js';
import { recordPatching, type PatchingFigure } from './patching.js';
import { recordPatchedOutput, type PatchedOutputFigure } from './patched-output.js';
import type { FigureContext, FigureRecorder } from './types.js';

/** Every kind of figure, by the name of its trace. One line for each kind. */
export interface FigureKinds {
  attention: AttentionFigure;
  attribution: AttributionFigure;
  'logit-lens': LensFigure;
  model: ModelFigure;
  heads: HeadsFigure;
  'next-token': NextTokenFigure;
  steering: SteeringFigure;
  patching: PatchingFigure;
  'patched-output': PatchedOutputFigure;
  tokens: TokenValuesFigure;
}

const recorders: { [Kind in keyof FigureKinds]: FigureRecorder<FigureKinds[Kind]> } = {
  attention: recordAttention,
  attribution: recordAttribution,
  'logit-lens': recordLens,
  model: recordModel,
  heads: recordHeads,
  'next-token': recordNextToken,
  steering: recordSteering,
  patching: recordPatching,
  'patched-output': recordPatchedOutput,
  tokens: recordTokenValues,
};

/**
 * Computes what a figure shows, as the trace that its element takes: in `data`, in a JSON file, in a child script. Elements that run live
 * ask the same, so that a recorded figure and a live one are one.
 *
 * @param kind - the name of the trace: `attention` for `<attention-view>`, `logit-lens` for `<logit-lens>`
 * @returns a trace with its numbers in memory; `storable(trace)` makes it ready for `JSON.stringify`
 * @throws VitrineError `invalid-option` for a kind that there is not, and what the technique behind it throws
 * @example
 * const trace = await recordFigure(model, 'attention', { prompt: 'When Mary and John went to the store' });
 * document.querySelector('attention-view').data = trace;                    // draw it
 * await writeFile('figure.json', JSON.stringify(storable(trace)));          // keep it
 */
export async function recordFigure<Kind extends keyof FigureKinds>(
  model: HookedModel,
  kind: Kind,
  options: FigureKinds[Kind]['options'],
  context: FigureContext<FigureKinds[Kind]['part']> = {},
): Promise<FigureKinds[Kind]['result']> {
  const record = recorders[kind];
  if (record) return record(model, options, context);
  const known = Object.keys(recorders).map((name) => `"${name}"`);
  throw new VitrineError('invalid-option', `There is no kind of figure "${kind}". Choose ${known.join(', ')}.`);
}

export type { FigureContext, FigureKind, FigureModel } from './types.js';
export type { AttentionFigureOptions } from './attention.js';
export type { AttributionFigureOptions } from './attribution.js';
export { traceOfVector, vectorOfTrace, type SteeringPrompts } from './steering-vector.js';
export type { SteeringFigureOptions, SteeringPart } from './steering.js';
export type { LensFigureOptions } from './logit-lens.js';
export type { ModelFigureOptions } from './model-map.js';
export type { TokenValue, TokenValuesOptions } from './token-values.js';
export type { HeadsFigureOptions } from './heads.js';
export type { NextTokenFigureOptions } from './next-token.js';
export type { PatchingFigureOptions, PatchingPart } from './patching.js';
export type { PatchedOutput, PatchedOutputOptions, PatchingPair } from './patched-output.js';
