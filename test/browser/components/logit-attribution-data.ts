// SPDX-License-Identifier: MIT
import { rawArray, type AttributionTrace, type TraceToken } from '../../../src/core/index.js';
import { storable } from '../../../src/core/trace/store.js';
import { random, words } from './support.js';

/** Numbers whose sums are known: heads sum to attention less a bias, sources to heads, neurons to MLPs, components to the total. */
export interface KnownAttribution {
  trace: AttributionTrace;
  /** [layer][head] */
  heads: number[][];
  /** [layer][head][key] */
  sources: number[][][];
  attn: number[];
  mlp: number[];
  total: number;
}

export function attributionTrace({
  tokens = words.map((text, id): TraceToken => ({ id, text })),
  layers = 2,
  headCount = 3,
  wrong = true,
  lens = false,
  parts = true,
} = {}): KnownAttribution {
  const next = random(5);
  const draw = (): number => Math.fround(2 * next() - 1);
  const sum = (list: readonly number[]): number => list.reduce((all, value) => all + value, 0);
  const sources = Array.from({ length: layers }, () => Array.from({ length: headCount }, () => tokens.map(draw)));
  const heads = sources.map((layer) => layer.map(sum));
  const neurons = Array.from({ length: layers }, () => [0.9, 0.5, -0.4, -0.7]);
  const rest = neurons.map((_, layer) => (layer % 2 ? -0.15 : 0.25));
  const attn = heads.map((layer) => sum(layer) + 0.0625);
  const mlp = neurons.map((layer, index) => sum(layer) + rest[index]! + 0.5);
  const labels = ['embed', 'pos_embed', ...attn.flatMap((_, layer) => [`${layer}_attn_out`, `${layer}_mlp_out`])];
  const components = [0.25, -0.5, ...attn.flatMap((value, layer) => [value, mlp[layer]!])];
  const constant = 0.125;
  const total = sum(components) + constant;
  const array = (values: number[], shape: number[]) => rawArray(Float32Array.from(values), shape);
  const points = [...attn.flatMap((_, layer) => [`${layer}_pre`, `${layer}_mid`]), 'final_post'];
  const trace: AttributionTrace = {
    format: 'vitrine-trace',
    version: 1,
    kind: 'attribution',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: tokens.map(({ text }) => text).join(''),
    tokens,
    answer: { id: 1, text: ' Mary' },
    ...(wrong && { wrong: { id: 3, text: ' John' } }),
    position: tokens.length - 1,
    total,
    constant,
    labels,
    components: array(components, [labels.length]),
    ...(lens && {
      lens: {
        labels: points,
        values: array(
          points.map((_, index) => index - 1),
          [points.length],
        ),
      },
    }),
    ...(parts && {
      heads: array(heads.flat(), [layers, headCount]),
      sources: array(sources.flat(2), [layers, headCount, tokens.length]),
      neurons: {
        count: 100,
        indices: rawArray(Int32Array.from(neurons.flatMap(() => [7, 3, 50, 99])), [layers, 4]),
        values: array(neurons.flat(), [layers, 4]),
        rest: array(rest, [layers]),
      },
    }),
  };
  return { trace: storable(trace), heads, sources, attn, mlp, total };
}
