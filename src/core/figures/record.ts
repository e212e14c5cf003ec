// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { loadPart } from '../load-part.js';
import type { HookedModel } from '../model/hooked-model.js';
import type { AttentionFigure } from './attention.js';
import type { AttributionFigure } from './attribution.js';
import type { LensFigure } from './logit-lens.js';
import type { ModelFigure } from './model-map.js';
import type { TokenValuesFigure } from './token-values.js';
import type { HeadsFigure } from './heads.js';
import type { SteeringFigure } from './steering.js';
import type { NextTokenFigure } from './next-token.js';
import type { PatchingFigure } from './patching.js';
import type { PatchedOutputFigure } from './patched-output.js';
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

/** What computes each kind, with the techniques behind it: loaded when the first figure of its kind is asked for. */
const recorders: { [Kind in keyof FigureKinds]: () => Promise<FigureRecorder<FigureKinds[Kind]>> } = {
  attention: async () => (await import('./attention.js')).recordAttention,
  attribution: async () => (await import('./attribution.js')).recordAttribution,
  'logit-lens': async () => (await import('./logit-lens.js')).recordLens,
  model: async () => (await import('./model-map.js')).recordModel,
  heads: async () => (await import('./heads.js')).recordHeads,
  'next-token': async () => (await import('./next-token.js')).recordNextToken,
  steering: async () => (await import('./steering.js')).recordSteering,
  patching: async () => (await import('./patching.js')).recordPatching,
  'patched-output': async () => (await import('./patched-output.js')).recordPatchedOutput,
  tokens: async () => (await import('./token-values.js')).recordTokenValues,
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
  const load = recorders[kind];
  if (load) return (await loadPart(`${kind} figures`, load))(model, options, context);
  const known = Object.keys(recorders).map((name) => `"${name}"`);
  throw new VitrineError('invalid-option', `There is no kind of figure "${kind}". Choose ${known.join(', ')}.`);
}
