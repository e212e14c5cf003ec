// SPDX-License-Identifier: MIT
import type { HookedModel } from '../model/hooked-model.js';
import { findHeads, headScoresBy, type HeadScores } from '../techniques/head-scores.js';
import { repeatedTokens } from '../techniques/heads/repeated-tokens.js';
import { scoreConventions, type ScoreConvention } from '../techniques/heads/masks.js';
import { rawArray } from '../trace/arrays.js';
import { writeBase } from '../trace/base.js';
import { headKinds, type HeadKind, type HeadsTrace } from '../trace/kinds/heads.js';
import type { RawArray } from '../trace/types.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What a `<head-finder>` asks for. */
export interface HeadsFigureOptions {
  /** A text to score the heads on, instead of random tokens that are repeated. */
  prompt?: string;
  /** The one that is shown first; the scores by the others are kept too. @defaultValue 'diagonal' on random tokens, 'rows' on a text */
  convention?: ScoreConvention;
  /** Random tokens before they are repeated. @defaultValue 24 */
  length?: number;
  /** Rows of random tokens. @defaultValue 4 */
  rows?: number;
  /** The same seed draws the same tokens. @defaultValue 0 */
  seed?: number;
  /** How many heads of each kind are kept with their pattern. @defaultValue 8 */
  top?: number;
}

export type HeadsFigure = FigureKind<HeadsFigureOptions, HeadsTrace>;

/** Kinds of which a high score is a habit; low entropy is one too, but every sharp head has it. */
const shown: readonly HeadKind[] = ['previous', 'duplicate', 'induction', 'self'];

/** Scores every head, and keeps the patterns of the best of each kind on the first row of tokens. */
export async function recordHeads(model: HookedModel, options: HeadsFigureOptions, context: FigureContext): Promise<HeadsTrace> {
  const { prompt = '', length = 24, rows = 4, seed = 0, top = 8 } = options;
  const { convention = prompt ? 'rows' : 'diagonal' } = options;
  const random = { length, rows, seed };
  const others = scoreConventions.filter((one) => one !== convention && !(prompt && one === 'diagonal'));
  const all = await headScoresBy(model, [convention, ...others], {
    ...(prompt ? { texts: [prompt] } : { random }),
    ...techniqueOptions(context),
  });
  const [scores, ...byOthers] = all as [HeadScores, ...HeadScores[]];
  const { architecture } = model.hooks;
  const { nLayer, nHead } = architecture;
  const arrayOf = (found: HeadScores): RawArray => {
    const values = new Float32Array(headKinds.length * nLayer * nHead);
    headKinds.forEach((kind, index) => values.set(found[kind].data, index * nLayer * nHead));
    return rawArray(values, [headKinds.length, nLayer, nHead]);
  };

  const chosen = new Map<string, [number, number]>();
  for (const found of all)
    for (const kind of shown) for (const { label, layer, head } of findHeads(found, kind, { top })) chosen.set(label, [layer, head]);
  const patternHeads = [...chosen.values()].sort(([a, b], [c, d]) => a - c || b - d);
  const ids = prompt ? undefined : repeatedTokens(architecture.dVocab ?? 0, random).rows[0]!;
  const names = [...new Set(patternHeads.map(([layer]) => `blocks.${layer}.attn.hook_pattern`))];
  const { cache, tokens } = await model.runWithCache(ids ? [ids] : prompt, { names, logits: false, ...techniqueOptions(context) });
  const count = cache.get(names[0]!).length('query');
  const patterns = new Float32Array(patternHeads.length * count * count);
  patternHeads.forEach(([layer, head], index) => {
    patterns.set(cache.get('pattern', layer).select('batch', 0).select('head', head).data, index * count * count);
  });
  const store = { dtype: 'uint8' as const, ...(architecture.causal && { packing: 'causal' as const }) };
  return {
    ...writeBase({
      provenance: provenanceOf(model),
      prompt,
      tokens: ids ? ids.map((id) => ({ id, text: model.tokenText(id) })) : (tokens?.tokens?.[0] ?? []),
    }),
    kind: 'heads',
    convention: scores.convention,
    on: scores.on,
    period: ids ? length : 0,
    causal: architecture.causal,
    kinds: [...headKinds],
    scores: arrayOf(scores),
    others: byOthers.map((found) => ({ convention: found.convention, scores: arrayOf(found) })),
    patternHeads,
    patterns: rawArray(patterns, [patternHeads.length, count, count], store),
  };
}
