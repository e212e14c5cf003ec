// SPDX-License-Identifier: MIT
import type { WeightSite } from '../hooks/weight-sites.js';
import type { GraphIndex } from '../onnx/graph.js';

/** Operators that give the numbers of their first input in another type or order. */
const reshaping = new Set('Cast Identity Transpose Reshape Squeeze Unsqueeze Flatten DequantizeLinear'.split(' '));

/**
 * Where the numbers of a weight lie, as a text that two weights share exactly where they are the same numbers: W_U of a model whose
 * embeddings are tied has that of W_E, whichever of the two is turned. Nothing is read.
 *
 * @returns undefined for a bias or factor that the model leaves out
 */
export function weightPlace(index: GraphIndex, { source }: WeightSite): string | undefined {
  switch (source.kind) {
    case 'table':
      return originOf(index, source.constant);
    case 'vector':
      return source.constant && originOf(index, source.constant);
    case 'sum':
      return source.parts.map(({ constant, index: map }) => originOf(index, constant) + from(map)).join(' + ') || undefined;
    case 'product':
      return originOf(index, source.node.inputs[1] ?? '') + from(source.columns) + from(source.rows);
  }
}

/** The constants that a constant is computed from. */
function originOf(index: GraphIndex, name: string): string {
  const node = index.constant(name) ? undefined : index.producer(name)?.node;
  if (!node) return name;
  const inputs = reshaping.has(node.opType) ? node.inputs.slice(0, 1) : node.inputs;
  return inputs.map((input) => originOf(index, input)).join(' & ');
}

const from = (map: Int32Array | undefined): string => (map ? `[${map[0]}...]` : '');
