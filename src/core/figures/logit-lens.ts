// SPDX-License-Identifier: MIT
import type { HookedModel } from '../model/hooked-model.js';
import { logitLens } from '../techniques/logit-lens.js';
import { logitLensTrace, type LogitLensTrace } from '../trace/kinds/logit-lens.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What a `<logit-lens>` asks for. */
export interface LensFigureOptions {
  prompt: string;
  /** Tokens kept per layer and position. @defaultValue 5 */
  topK?: number;
  /** @defaultValue 'recompute' */
  norm?: 'recompute' | 'cached';
  /** Text of a token to follow through the layers. */
  target?: string;
  /**
   * Tokens to follow through all layers, per position: those that come closest to the top at any of them. What is left out is counted in
   * the trace. 0 follows none. @defaultValue 40
   */
  trajectories?: number;
}

export type LensFigure = FigureKind<LensFigureOptions, LogitLensTrace>;

/** The logit lens of one prompt. */
export async function recordLens(model: HookedModel, options: LensFigureOptions, context: FigureContext): Promise<LogitLensTrace> {
  const { prompt, trajectories = 40, ...rest } = options;
  const lens = await logitLens(model, prompt, { ...rest, trajectories, ...techniqueOptions(context) });
  const first = <T extends { select(axis: string, index: number): T }>(tensor: T): T => tensor.select('batch', 0);
  return logitLensTrace({
    provenance: provenanceOf(model),
    prompt,
    tokens: lens.tokens.tokens?.[0] ?? [],
    norm: lens.norm,
    points: lens.points,
    labels: lens.labels,
    topIds: first(lens.topIds),
    topProbabilities: first(lens.topProbabilities),
    entropy: first(lens.entropy),
    klToFinal: first(lens.klToFinal),
    textOf: (id) => lens.text(id),
    target: lens.target && { id: lens.target.id, probability: first(lens.target.probability), rank: first(lens.target.rank) },
    trajectories: lens.trajectories,
  });
}
