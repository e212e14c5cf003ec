// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import { headScores, type HeadScoreKind } from '../techniques/head-scores.js';
import { attentionTrace, sentencePair, type AttentionInput, type AttentionTrace } from '../trace/kinds/attention.js';
import { headKinds } from '../trace/kinds/heads.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What an `<attention-view>` asks for. */
export interface AttentionFigureOptions {
  prompt: string;
  /** The model's numbers of the layers. @defaultValue all of them */
  layers?: readonly number[];
  /** How exactly the weights are stored: see {@link AttentionInput.dtype}. @defaultValue 'uint16' */
  dtype?: AttentionInput['dtype'];
  /**
   * A number for each head, said under its pattern: how much it does this on random repeated tokens (see `headScores`, convention
   * `diagonal`). What the patterns of the prompt themselves show, an `<attention-view>` computes without it.
   */
  scores?: HeadScoreKind;
}

export type AttentionFigure = FigureKind<AttentionFigureOptions, AttentionTrace>;

/** Attention patterns of one prompt. @throws VitrineError `unsupported-model` where no pattern was found in the model; what `headScores` throws */
export async function recordAttention(
  model: HookedModel,
  { prompt, layers, dtype, scores: kind }: AttentionFigureOptions,
  context: FigureContext,
): Promise<AttentionTrace> {
  const found = model.hooks.names.filter((name) => name.endsWith('.attn.hook_pattern'));
  const names = layers?.map((layer) => `blocks.${layer}.attn.hook_pattern`) ?? found;
  if (names.length === 0) throw noPattern(model);
  if (kind !== undefined && !headKinds.includes(kind))
    throw new VitrineError('invalid-option', `Heads are not scored for "${String(kind)}". Choose ${headKinds.join(', ')}.`);
  const { cache, tokens } = await model.runWithCache(prompt, { names, logits: false, ...techniqueOptions(context) });
  const { causal } = model.hooks.architecture;
  const shown = names.map((name) => Number(/^blocks\.(\d+)\./.exec(name)![1]));
  const cut = tokens?.tokens?.[0] ?? [];
  const segments = causal ? undefined : sentencePair(cut);
  return attentionTrace({
    provenance: provenanceOf(model),
    prompt,
    tokens: cut,
    layers: shown,
    patterns: names.map((name) => cache.get(name)),
    causal,
    ...(segments && { segments }),
    ...(kind && { scores: { kind, values: await scoresOf(model, kind, shown, context) } }),
    ...(dtype && { dtype }),
  });
}

/** [layer, head], of the shown layers. */
async function scoresOf(model: HookedModel, kind: HeadScoreKind, layers: readonly number[], context: FigureContext): Promise<Float32Array> {
  const scores = (await headScores(model, techniqueOptions(context)))[kind];
  const heads = scores.length('head');
  return Float32Array.from(layers.flatMap((layer) => [...scores.data.subarray(layer * heads, (layer + 1) * heads)]));
}

function noPattern({ info, hooks }: HookedModel): VitrineError {
  const why = hooks.missing.find(({ name }) => name.endsWith('hook_pattern'))?.because;
  return new VitrineError(
    'unsupported-model',
    `No attention pattern was found in ${info.name}${why ? `: ${why}` : ''}. Choose a file of this model without fused attention (such as dtype fp32), or another model.`,
  );
}
