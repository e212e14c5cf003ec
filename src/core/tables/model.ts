// SPDX-License-Identifier: MIT
import { nameInLayer, type LayeredName, type ModelTrace } from '../trace/kinds/model.js';
import type { TableCell, TablesOf } from './types.js';

export const modelTables: TablesOf<ModelTrace> = {
  names: (trace) => ({ columns: ['what', 'name', 'layer', 'axes', 'dims', 'parameters', 'note'], rows: names(trace) }),
  values: ({ values, headValues }) =>
    (values || headValues) && {
      columns: ['part', 'layer', 'head', 'value'],
      rows: [
        ...Object.entries(values ?? {}).map(([part, value]) => [part, layerOf(part), undefined, value]),
        ...(headValues ?? []).flatMap((row, layer) => row.map((value, head) => [`blocks.${layer}.attn`, layer, head, value])),
      ],
    },
};

/** `parameters` sum to those of the file: numbers that two weights share are counted with the first. */
function* names({ architecture, weights, hooks, hidden }: ModelTrace): Iterable<TableCell[]> {
  const each = (entry: LayeredName): { name: string; layer: number | undefined }[] => {
    if (!entry.name.includes('{layer}')) return [{ name: entry.name, layer: undefined }];
    const layers = entry.layers ?? Array.from({ length: architecture.nLayer }, (_, layer) => layer);
    return layers.map((layer) => ({ name: nameInLayer(entry.name, layer), layer }));
  };
  for (const weight of weights) {
    const { axes, dims, same } = weight;
    const parameters = same === undefined ? dims.reduce((product, dim) => product * dim, 1) : undefined;
    for (const { name, layer } of each(weight)) {
      const note = same === undefined ? undefined : `the numbers of ${nameInLayer(same, layer ?? 0)}`;
      yield ['weight', name, layer, axes.join(' '), dims.join(' '), parameters, note];
    }
  }
  for (const hook of hooks) {
    for (const { name, layer } of each(hook)) {
      yield ['activation', name, layer, hook.axes.join(' '), hook.dims.map((dim) => dim ?? '?').join(' '), undefined, hook.fixed];
    }
  }
  for (const hook of hidden) {
    for (const { name, layer } of each(hook)) yield ['hidden activation', name, layer, undefined, undefined, undefined, hook.because];
  }
}

function layerOf(part: string): number | undefined {
  const [, layer] = /^blocks\.(\d+)\./.exec(part) ?? [];
  return layer === undefined ? undefined : Number(layer);
}
