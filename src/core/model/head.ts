// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { DataType } from '../onnx/types.js';
import { toFloat32, typeName, type NumericArray } from '../runtime/element-types.js';
import { floatToHalf } from '../runtime/float16.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { Chain } from '../stages/chain.js';
import { feedsOfTokens } from './feeds.js';
import { Tensor } from './tensor.js';

/** Which part of the head to run: final norm and unembedding, only the norm, or only the unembedding. */
export type HeadPart = 'head' | 'norm' | 'unembed';

/**
 * Runs the head on a stack of vectors, all rows as one long sequence: the head treats every position alike, and what it reads of the
 * graph's inputs is at most their shape.
 *
 * @param vectors - [..., d_model]: residual stream, or normalised vectors for `unembed`
 */
export async function runHead(chain: Chain, vectors: Tensor, part: HeadPart): Promise<{ logits?: Tensor; normalized?: Tensor }> {
  const { graph, backend } = chain;
  const { head, architecture, sites } = graph.table;
  if (!head) {
    throw new VitrineError(
      'unsupported-model',
      'This model has no vocabulary head, so residual vectors cannot be read as tokens. A causal or masked language model has one.',
    );
  }
  const width = architecture.dModel;
  if (vectors.dims.at(-1) !== width) {
    throw new VitrineError(
      'invalid-input',
      `Vectors for the head need ${width} values each (d_model); got dims [${vectors.dims.join(', ')}].`,
    );
  }
  const from = part === 'unembed' ? head.normalized : head.input;
  const to = part === 'norm' ? head.normalized : head.logits;
  const rows = vectors.size / width;
  const flat = [...sites.values()].some((site) => site.tensor === from && site.layout.startsWith('('));
  const dataType = graph.elementTypes.get(from) ?? DataType.float32;
  const values = dataType === DataType.float16 ? floatToHalf(vectors.data) : vectors.data;
  const given = backend.tensor(typeName(dataType), values, flat ? [rows, width] : [1, rows, width]);

  const inputs = (names: readonly string[]): ReadonlyMap<string, RuntimeTensor> => {
    if (names.length === 0) return new Map();
    const row = new Array<number>(rows).fill(0);
    return feedsOfTokens({ graph, backend }, { ids: [row], mask: [row.map(() => 1)] });
  };
  const raw = await chain.runFrom({ name: from, value: given }, to, inputs);
  if (!raw) {
    throw new VitrineError(
      'unsupported-model',
      'The head of this model reads more than the final residual stream, so it cannot be run on its own.',
    );
  }
  const data = toFloat32(raw.type, (raw.location === 'gpu-buffer' ? await raw.getData!(true) : raw.data) as NumericArray);
  const outer = vectors.dims.slice(0, -1);
  const outerAxes = vectors.axes.slice(0, -1);
  if (part === 'norm') return { normalized: new Tensor(data, [...outer, width], [...outerAxes, 'd_model']) };
  return { logits: new Tensor(data, [...outer, data.length / rows], [...outerAxes, 'd_vocab']) };
}
