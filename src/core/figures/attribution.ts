// SPDX-License-Identifier: MIT
import type { HookedModel } from '../model/hooked-model.js';
import type { Tensor } from '../model/tensor.js';

import { answerId, type Answer } from '../techniques/answer.js';
import { accumulatedLogits, logitAttribution, topContributions } from '../techniques/attribution.js';
import { rawArray } from '../trace/arrays.js';
import { attributionTrace, type AttributionNeurons, type AttributionTrace } from '../trace/kinds/attribution.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** What a `<logit-attribution>` asks for. */
export interface AttributionFigureOptions {
  prompt: string;
  /** Text of the token whose logit is explained, or its id. */
  answer: Answer;
  /** The token that it is compared with; left out, the logit itself is explained. */
  wrong?: Answer;
  /** Position to explain; negative numbers count from the end. @defaultValue -1 */
  position?: number;
  /** `recompute` also reads the stream at every point with its own scale, which takes a second run. @defaultValue 'cached' */
  norm?: 'cached' | 'recompute';
  /** @defaultValue true where the model has what it takes */
  heads?: boolean;
  /** Heads by the token that they read from. @defaultValue true where the model has what it takes */
  sources?: boolean;
  /** @defaultValue true where the model has what it takes */
  neurons?: boolean;
  /** Neurons kept of each layer and sign. @defaultValue 20 */
  topNeurons?: number;
}

export type AttributionFigure = FigureKind<AttributionFigureOptions, AttributionTrace>;

/** Direct logit attribution at one position. @throws VitrineError as `logitAttribution` */
export async function recordAttribution(
  model: HookedModel,
  options: AttributionFigureOptions,
  context: FigureContext,
): Promise<AttributionTrace> {
  const { prompt, answer, wrong, position = -1, norm = 'cached', topNeurons = 20 } = options;
  const question = { answer, ...(wrong !== undefined && { wrong }), positions: [position], ...techniqueOptions(context) };
  const found = await logitAttribution(model, prompt, { ...question, ...partsOf(model, options) });
  const lens = norm === 'recompute' ? await accumulatedLogits(model, prompt, { ...question, norm }) : undefined;
  const { heads, sources, neurons, components, labels } = found;
  const only = (tensor: Tensor): { data: Float32Array; shape: readonly number[] } => {
    const at = tensor.select('batch', 0).select('pos', 0);
    return { data: at.data, shape: at.dims };
  };
  return attributionTrace({
    provenance: provenanceOf(model),
    prompt,
    tokens: found.tokens?.tokens?.[0] ?? [],
    answer: await tokenOf(model, answer),
    wrong: wrong === undefined ? undefined : await tokenOf(model, wrong),
    position: found.positions[0]![0]!,
    total: found.total.data[0]!,
    constant: found.constant.data[0]!,
    labels,
    components: only(components).data,
    lens: lens && { labels: lens.labels, values: only(lens.values).data },
    heads: heads && only(heads),
    sources: sources && only(sources),
    neurons: neurons && strongest(neurons, topNeurons),
  });
}

/** What is asked for, else what the model has activations and weights for. */
function partsOf(model: HookedModel, { heads, sources, neurons }: AttributionFigureOptions) {
  const { nLayer } = model.hooks.architecture;
  const has = (...names: string[]): boolean =>
    names.every((name) =>
      Array.from({ length: nLayer }, (_, layer) => `blocks.${layer}.${name}`).every((hook) => model.hooks.sites.has(hook)),
    );
  const byHead = heads ?? (has('attn.hook_z') && model.weights.has('W_O', 0) && !model.weights.has('ln1_post.w', 0));
  return {
    heads: byHead,
    sources: sources ?? (byHead && has('attn.hook_pattern', 'attn.hook_v')),
    neurons: neurons ?? (has('mlp.hook_post') && model.weights.has('W_out', 0) && !model.weights.has('ln2_post.w', 0)),
  };
}

async function tokenOf(model: HookedModel, answer: Answer): Promise<{ id: number; text: string }> {
  const id = await answerId(model, answer);
  return { id, text: model.tokenText(id) };
}

/** The strongest neurons of each layer and sign, and the sum of the others: in float64, so that sums hold. */
function strongest(neurons: Tensor, most: number): AttributionNeurons {
  const [layers, count] = neurons.dims as [number, number];
  const k = Math.min(count, 2 * most);
  const indices = new Int32Array(layers * k).fill(-1);
  const values = new Float32Array(layers * k);
  const rest = new Float32Array(layers);
  for (let layer = 0; layer < layers; layer++) {
    const own = neurons.slice('layer', layer, layer + 1);
    const raising = topContributions(own, most, { by: 'positive' }).filter(({ value }) => value > 0);
    const lowering = topContributions(own, most, { by: 'negative' }).filter(({ value }) => value < 0);
    const kept = [...raising, ...lowering.reverse()];
    kept.forEach(({ index, value }, at) => {
      indices[layer * k + at] = index;
      values[layer * k + at] = value;
    });
    rest[layer] = own.data.reduce((sum, value) => sum + value, 0) - kept.reduce((sum, { value }) => sum + value, 0);
  }
  const shape = [layers, k];
  return { count, indices: rawArray(indices, shape), values: rawArray(values, shape), rest: rawArray(rest, [layers]) };
}
