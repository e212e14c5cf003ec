// SPDX-License-Identifier: MIT
import type { AttributionTrace } from '../trace/kinds/attribution.js';
import type { RawArray } from '../trace/types.js';
import type { TableCell, TablesOf } from './types.js';

export const attributionTables: TablesOf<AttributionTrace> = {
  parts: (trace) => ({
    columns: ['level', 'name', 'layer', 'head', 'neuron', 'key', 'key_token', 'value'],
    rows: parts(trace),
  }),
  lens: ({ lens }) =>
    lens && { columns: ['point', 'value'], rows: lens.labels.map((label, at) => [label, (lens.values as RawArray).values[at]]) },
};

/** The rows of a level sum to what they are parts of: components with the constant to the total, sources to their head. */
function* parts({ total, constant, labels, components, heads, sources, neurons, tokens }: AttributionTrace): Iterable<TableCell[]> {
  const row = (level: string, name: string, value: number, place: { [column in 'layer' | 'head' | 'neuron' | 'key']?: number } = {}) => {
    const { layer, head, neuron, key } = place;
    return [level, name, layer, head, neuron, key, key === undefined ? undefined : tokens[key]!.text, value];
  };
  yield row('total', 'total', total);
  yield row('constant', 'constant', constant);
  for (const [at, label] of labels.entries()) {
    const layer = /^(\d+)_/.exec(label)?.[1];
    yield row('component', label, (components as RawArray).values[at]!, layer === undefined ? {} : { layer: Number(layer) });
  }
  if (heads) {
    const [layers, count] = heads.shape as [number, number];
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < count; head++) {
        yield row('head', `L${layer}H${head}`, (heads as RawArray).values[layer * count + head]!, { layer, head });
      }
    }
  }
  if (sources) {
    const [layers, count, keys] = sources.shape as [number, number, number];
    for (let at = 0; at < layers * count * keys; at++) {
      const [layer, head, key] = [Math.floor(at / keys / count), Math.floor(at / keys) % count, at % keys];
      yield row('source', `L${layer}H${head}`, (sources as RawArray).values[at]!, { layer, head, key });
    }
  }
  if (neurons) {
    const { indices, values, rest } = neurons as { [field in 'indices' | 'values' | 'rest']: RawArray };
    const k = indices.shape[1]!;
    for (let at = 0; at < indices.values.length; at++) {
      const [layer, neuron] = [Math.floor(at / k), indices.values[at]!];
      if (neuron >= 0) yield row('neuron', `L${layer}N${neuron}`, values.values[at]!, { layer, neuron });
    }
    for (const [layer, value] of rest.values.entries()) yield row('other neurons', `L${layer}`, value, { layer });
  }
}
