// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { edit } from '../model/edits/edit.js';
import type { HookedModel } from '../model/hooked-model.js';
import type { TopToken } from '../model/top-tokens.js';
import { requireHook } from '../techniques/where.js';
import { techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** A state of a run: a hook of one layer at one position, of one head where it has heads. */
export interface StatePlace {
  /** Short name of the hook: `resid_pre`, `z`. */
  hook: string;
  layer: number;
  position: number;
  head?: number;
}

/** What is asked when a reader moves a state from one run to another. */
export interface PatchedOutputOptions {
  /** The prompt that the state is taken from. */
  source: string;
  /** The prompt whose run is changed. */
  target: string;
  from: StatePlace;
  to: StatePlace;
  /** Tokens to tell of each run. @defaultValue 5 */
  top?: number;
}

/** The likeliest next tokens of the three runs. */
export interface PatchedOutput {
  source: TopToken[];
  target: TopToken[];
  patched: TopToken[];
}

export type PatchedOutputFigure = FigureKind<PatchedOutputOptions, PatchedOutput>;

/** Puts one state of a run into another, at any layer and position of the same width, and reads what comes next. */
export async function recordPatchedOutput(
  model: HookedModel,
  { source, target, from, to, top = 5 }: PatchedOutputOptions,
  context: FigureContext,
): Promise<PatchedOutput> {
  const options = techniqueOptions(context);
  const taken = requireHook(model, from.hook, from.layer).name;
  const put = requireHook(model, to.hook, to.layer).name;
  const { cache, logits, tokens } = await model.runWithCache(source, { names: [taken], ...options });
  const count = tokens?.tokens?.[0]?.length ?? 0;
  if (from.position >= count) {
    throw new VitrineError(
      'invalid-option',
      `The first prompt has ${count} tokens, so there is no position ${from.position} in it. Choose one below ${count}.`,
    );
  }
  let state = cache.get(taken).select('batch', 0).select('pos', from.position);
  if (from.head !== undefined) state = state.select('head', from.head);
  const select = { positions: to.position, ...(to.head !== undefined && { heads: to.head }) };
  const base = await model.run(target, options);
  const changed = await model.run(target, { edits: [edit.patch(put, state, select)], ...options });
  return {
    source: model.topTokens(logits, top),
    target: model.topTokens(base.logits, top),
    patched: model.topTokens(changed.logits, top),
  };
}
