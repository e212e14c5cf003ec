// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import { attentionTrace, type AttentionInput, type AttentionTrace } from '../trace/kinds/attention.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What an `<attention-view>` asks for. */
export interface AttentionFigureOptions {
  prompt: string;
  /** The model's numbers of the layers. @defaultValue all of them */
  layers?: readonly number[];
  /** How exactly the weights are stored: see {@link AttentionInput.dtype}. @defaultValue 'uint16' */
  dtype?: AttentionInput['dtype'];
}

export type AttentionFigure = FigureKind<AttentionFigureOptions, AttentionTrace>;

/** Attention patterns of one prompt. @throws VitrineError `unsupported-model` where no pattern was found in the model */
export async function recordAttention(
  model: HookedModel,
  { prompt, layers, dtype }: AttentionFigureOptions,
  context: FigureContext,
): Promise<AttentionTrace> {
  const found = model.hooks.names.filter((name) => name.endsWith('.attn.hook_pattern'));
  const names = layers?.map((layer) => `blocks.${layer}.attn.hook_pattern`) ?? found;
  if (names.length === 0) throw noPattern(model);
  const { cache, tokens } = await model.runWithCache(prompt, { names, logits: false, ...techniqueOptions(context) });
  return attentionTrace({
    provenance: provenanceOf(model),
    prompt,
    tokens: tokens?.tokens?.[0] ?? [],
    layers: names.map((name) => Number(/^blocks\.(\d+)\./.exec(name)![1])),
    patterns: names.map((name) => cache.get(name)),
    causal: model.hooks.architecture.causal,
    ...(dtype && { dtype }),
  });
}

function noPattern({ info, hooks }: HookedModel): VitrineError {
  const why = hooks.missing.find(({ name }) => name.endsWith('hook_pattern'))?.because;
  return new VitrineError(
    'unsupported-model',
    `No attention pattern was found in ${info.name}${why ? `: ${why}` : ''}. Choose a file of this model without fused attention (such as dtype fp32), or another model.`,
  );
}
