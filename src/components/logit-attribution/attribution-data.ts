// SPDX-License-Identifier: MIT
import { decodeArray, readAttributionTrace, type AttributionTrace } from '../shared/core.js';
import { displayOne, displayTokens, type DisplayToken } from '../shared/token-display.js';

/** An attribution as it is drawn. */
export interface AttributionData {
  prompt: string;
  /** Name of the model. */
  source: string;
  tokens: DisplayToken[];
  answer: DisplayToken;
  wrong: DisplayToken | undefined;
  position: number;
  /** The model's own logit (difference). */
  total: number;
  /** What belongs to no component. */
  constant: number;
  /** In the order of the forward pass. */
  components: Component[];
  layerCount: number;
  /** 0 where heads were not recorded. */
  headCount: number;
  /** [layer, head] */
  heads: ArrayLike<number> | undefined;
  /** [layer, head, key] */
  sources: ArrayLike<number> | undefined;
  neurons: NeuronData | undefined;
  /** The logit (difference) of the stream behind a component, read with its own scale: by label, "0_mid", "final_post". */
  lens: ReadonlyMap<string, number> | undefined;
}

/** What has written to the stream. */
export interface Component {
  kind: 'embed' | 'attn' | 'mlp';
  label: string;
  layer?: number;
  value: number;
}

export interface NeuronData {
  /** Neurons of a layer. */
  count: number;
  /** How many are kept of a layer at most. */
  k: number;
  /** [layer, k]; -1 is none. */
  indices: ArrayLike<number>;
  /** [layer, k] */
  values: ArrayLike<number>;
  /** [layer] */
  rest: ArrayLike<number>;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function attributionFromTrace(value: unknown): AttributionData {
  const trace = readAttributionTrace(value);
  const { heads, sources, neurons, wrong, lens } = trace;
  const components = componentsOf(trace);
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    tokens: displayTokens(trace.tokens),
    answer: displayOne(trace.answer.text),
    wrong: wrong && displayOne(wrong.text),
    position: trace.position,
    total: trace.total,
    constant: trace.constant,
    components,
    layerCount: components.reduce((most, { layer = -1 }) => Math.max(most, layer + 1), 0),
    headCount: heads?.shape[1] ?? 0,
    heads: heads && decodeArray(heads).data,
    sources: sources && decodeArray(sources).data,
    neurons: neurons && {
      count: neurons.count,
      k: neurons.indices.shape[1]!,
      indices: decodeArray(neurons.indices).data,
      values: decodeArray(neurons.values).data,
      rest: decodeArray(neurons.rest).data,
    },
    lens: lens && lensOf(lens.labels, decodeArray(lens.values).data),
  };
}

function componentsOf({ labels, components }: AttributionTrace): Component[] {
  const values = decodeArray(components).data;
  return labels.map((label, index) => {
    const [, layer, part] = /^(\d+)_(attn|mlp)_out$/.exec(label) ?? [];
    const value = values[index]!;
    return part ? { kind: part as 'attn' | 'mlp', label, layer: Number(layer), value } : { kind: 'embed', label, value };
  });
}

function lensOf(labels: readonly string[], values: ArrayLike<number>): Map<string, number> {
  return new Map(labels.map((label, index) => [label, values[index]!]));
}

/** What a layer's attention or MLP adds; 0 where it has none. */
export function componentValue({ components }: AttributionData, kind: 'attn' | 'mlp', layer: number): number {
  return components.find((component) => component.kind === kind && component.layer === layer)?.value ?? 0;
}

export function headValue({ heads, headCount }: AttributionData, layer: number, head: number): number {
  return heads?.[layer * headCount + head] ?? 0;
}

/** What a head adds by each token that it reads from; undefined where that was not recorded. */
export function sourceValues({ sources, headCount, tokens }: AttributionData, layer: number, head: number): number[] | undefined {
  const from = (layer * headCount + head) * tokens.length;
  return sources && tokens.map((_, key) => sources[from + key]!);
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
