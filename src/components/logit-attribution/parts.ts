// SPDX-License-Identifier: MIT
import { formatNumber } from '../shared/format.js';
import { componentValue, headValue, sumOf, type AttributionData } from './attribution-data.js';
import type { Place } from './place.js';

/** One bar: what a part adds. */
export interface Part {
  kind: 'embed' | 'attn' | 'mlp' | 'final' | 'unexplained' | 'head' | 'neuron' | 'rest' | 'bias';
  /** Name of an embedding, as the trace has it. */
  label?: string;
  layer?: number;
  /** Head or neuron. */
  index?: number;
  /** How many neurons a rest stands for. */
  count?: number;
  value: number;
  /** What its parts are; nothing where it has none. */
  opens?: Place;
  /** The running sum behind this part. */
  running?: number;
}

/** The parts of a place, which sum to `total`. */
export interface Level {
  parts: Part[];
  total: number;
}

/** The bars of a place; not for the map of heads nor for the sources of one, which are no bars. */
export function levelOf(figure: AttributionData, { view, layer }: Place, top: number, norm: 'cached' | 'recompute'): Level {
  if (view === 'components') return componentLevel(figure, norm);
  if (view === 'heads') return running(headLevel(figure, layer!));
  return layer === undefined ? allNeurons(figure, top) : neuronLevel(figure, layer, top);
}

function componentLevel(figure: AttributionData, norm: 'cached' | 'recompute'): Level {
  const { components, constant, total, heads, neurons, lens } = figure;
  const parts: Part[] = components.map(({ kind, label, layer, value }) => ({
    kind,
    label,
    value,
    ...(layer !== undefined && { layer }),
    ...(kind === 'attn' && heads && { opens: { view: 'heads' as const, layer: layer! } }),
    ...(kind === 'mlp' && neurons && { opens: { view: 'neurons' as const, layer: layer! } }),
  }));
  const level = { parts: withRest([...parts, { kind: 'final', value: constant }], total, { kind: 'unexplained' }), total };
  return norm === 'recompute' && lens ? readOnTheWay(level, lens) : running(level);
}

/** What the sum of the parts leaves of the total, as a part of its own where a reader could see it: a value, or sums that differ. */
function withRest(parts: Part[], total: number, rest: Omit<Part, 'value'>): Part[] {
  const sum = sumOf(parts.map((part) => part.value));
  const value = total - sum;
  const unseen = formatNumber(value) === '0.00' && formatNumber(sum) === formatNumber(total);
  return unseen ? parts : [...parts, { ...rest, value }];
}

function running(level: Level): Level {
  let sum = 0;
  for (const part of level.parts) part.running = sum += part.value;
  return level;
}

/** The line of a logit lens: what the stream says behind each part, by its own scale. */
function readOnTheWay({ parts, total }: Level, lens: ReadonlyMap<string, number>): Level {
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    const behind =
      part.kind === 'attn' && lens.has(`${part.layer}_mid`)
        ? `${part.layer}_mid`
        : next?.layer !== undefined && next.layer !== part.layer
          ? `${next.layer}_pre`
          : next === undefined || next.kind === 'final' || part.kind === 'final'
            ? 'final_post'
            : '';
    const value = lens.get(behind);
    if (value !== undefined) part.running = value;
  });
  return { parts, total };
}

function headLevel(figure: AttributionData, layer: number): Level {
  const total = componentValue(figure, 'attn', layer);
  const heads = Array.from({ length: figure.headCount }, (_, head): Part => ({
    kind: 'head',
    layer,
    index: head,
    value: headValue(figure, layer, head),
    ...(figure.sources && { opens: { view: 'heads' as const, layer, head } }),
  }));
  return { parts: withRest(heads, total, { kind: 'bias', layer }), total };
}

function neuronLevel(figure: AttributionData, layer: number, top: number): Level {
  const total = componentValue(figure, 'mlp', layer);
  const found = neuronsOf(figure, layer);
  const parts = strongest(found, top, sumOf(found.map(({ value }) => value)) + figure.neurons!.rest[layer]!, figure.neurons!.count);
  return { parts: withRest(parts, total, { kind: 'bias', layer }), total };
}

function allNeurons(figure: AttributionData, top: number): Level {
  const layers = Array.from({ length: figure.layerCount }, (_, layer) => layer);
  const total = sumOf(layers.map((layer) => componentValue(figure, 'mlp', layer)));
  const found = layers.flatMap((layer) => neuronsOf(figure, layer));
  const sum = sumOf(found.map(({ value }) => value)) + sumOf(Array.from(figure.neurons!.rest));
  const parts = strongest(found, top, sum, figure.neurons!.count * figure.layerCount);
  return { parts: withRest(parts, total, { kind: 'bias' }), total };
}

function neuronsOf({ neurons }: AttributionData, layer: number): Part[] {
  const { k, indices, values } = neurons!;
  return Array.from({ length: k }, (_, place) => layer * k + place)
    .filter((at) => indices[at]! >= 0)
    .map((at) => ({ kind: 'neuron' as const, layer, index: indices[at]!, value: values[at]! }));
}

/** The strongest of either sign, from the most raising to the most lowering, with the sum of all others between. */
function strongest(found: readonly Part[], top: number, sum: number, count: number): Part[] {
  const ranked = [...found].sort((one, other) => other.value - one.value);
  const raising = ranked.filter(({ value }) => value > 0).slice(0, top);
  const lowering = ranked.filter(({ value }) => value < 0).slice(-top);
  const shown = [...raising, ...lowering];
  const rest: Part = { kind: 'rest', count: count - shown.length, value: sum - sumOf(shown.map(({ value }) => value)) };
  return rest.count === 0 ? shown : [...raising, rest, ...lowering];
}
