// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { AttributionTrace } from '../trace/kinds/attribution.js';
import type { TableCell, TablesOf } from './types.js';

export const attributionTables: TablesOf<AttributionTrace> = {
  parts: (trace) => ({
    columns: ['level', 'name', 'layer', 'head', 'neuron', 'key', 'key_token', 'value'],
    rows: parts(trace),
  }),
  lens: ({ lens }) =>
    lens && { columns: ['point', 'value'], rows: lens.labels.map((label, at) => [label, decodeArray(lens.values).data[at]]) },
};

/** The rows of a level sum to what they are parts of: components with the constant to the total, sources to their head. */
function* parts({ total, constant, labels, components, heads, sources, neurons, tokens }: AttributionTrace): Iterable<TableCell[]> {
  const row = (level: string, name: string, value: number, place: { [column in 'layer' | 'head' | 'neuron' | 'key']?: number } = {}) => {
    const { layer, head, neuron, key } = place;
    return [level, name, layer, head, neuron, key, key === undefined ? undefined : tokens[key]!.text, value];
  };
  yield row('total', 'total', total);
  yield row('constant', 'constant', constant);
  const amounts = decodeArray(components).data;
  for (const [at, label] of labels.entries()) {
    const layer = /^(\d+)_/.exec(label)?.[1];
    yield row('component', label, amounts[at]!, layer === undefined ? {} : { layer: Number(layer) });
  }
  if (heads) {
    const { data, shape } = decodeArray(heads);
    const [layers, count] = shape as [number, number];
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < count; head++) {
        yield row('head', `L${layer}H${head}`, data[layer * count + head]!, { layer, head });
      }
    }
  }
  if (sources) {
    const { data, shape } = decodeArray(sources);
    const [, count, keys] = shape as [number, number, number];
    for (const [at, value] of data.entries()) {
      const [layer, head, key] = [Math.floor(at / keys / count), Math.floor(at / keys) % count, at % keys];
      yield row('source', `L${layer}H${head}`, value, { layer, head, key });
    }
  }
  if (neurons) {
    const [{ data: indices, shape }, values] = [decodeArray(neurons.indices), decodeArray(neurons.values).data];
    for (const [at, neuron] of indices.entries()) {
      const layer = Math.floor(at / shape[1]!);
      if (neuron >= 0) yield row('neuron', `L${layer}N${neuron}`, values[at]!, { layer, neuron });
    }
    for (const [layer, value] of decodeArray(neurons.rest).data.entries()) yield row('other neurons', `L${layer}`, value, { layer });
  }
}
