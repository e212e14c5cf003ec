// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { DataType, type OnnxValueInfo } from '../onnx/types.js';
import { typeName, zeros, type NumericArray } from '../runtime/element-types.js';
import type { Backend, RuntimeTensor } from '../runtime/types.js';
import type { StagedGraph } from '../stages/staged-graph.js';
import type { Tensor } from './tensor.js';
import type { Tokens } from './tokens.js';

/** Values for a graph's inputs by name, for models that take something else than text. */
export type Feeds = Record<string, Tensor | Tensor<BigInt64Array> | Tensor<Int32Array> | Tensor<Uint8Array>>;

interface FeedContext {
  graph: StagedGraph;
  backend: Backend;
}

/** Feeds for a batch of tokens: ids, mask, positions, an empty key-value cache, and the switches that exported graphs have. */
export function feedsOfTokens(context: FeedContext, batch: Tokens): Map<string, RuntimeTensor> {
  const feeds = new Map<string, RuntimeTensor>();
  const dims = [batch.ids.length, batch.ids[0]!.length];
  const integers = (rows: number[][]): number[] => rows.flat();
  for (const info of context.graph.inputs) {
    const put = (values: number[], shape: readonly number[]): void => {
      feeds.set(info.name, context.backend.tensor(typeName(info.elementType), integerArray(info, values), shape));
    };
    if (info.name === 'input_ids' || info.name === 'decoder_input_ids') put(integers(batch.ids), dims);
    else if (info.name === 'attention_mask') put(integers(batch.mask), dims);
    else if (info.name === 'position_ids') put(batch.mask.flatMap(positionsOf), dims);
    else if (info.name === 'token_type_ids') put(new Array<number>(dims[0]! * dims[1]!).fill(0), dims);
    else {
      const rest = feedOfState(context, info, dims[0]!);
      if (rest) feeds.set(info.name, rest);
    }
  }
  return feeds;
}

/** Feeds given by name; what is left out and can be made (empty cache, switches) is added. */
export function feedsOfTensors(context: FeedContext, given: Feeds): Map<string, RuntimeTensor> {
  const feeds = new Map<string, RuntimeTensor>();
  const infos = context.graph.inputs;
  for (const name of Object.keys(given)) {
    if (infos.some((info) => info.name === name)) continue;
    throw new VitrineError(
      'invalid-input',
      `This model has no input "${name}". Its inputs are ${infos.map((info) => info.name).join(', ')}.`,
    );
  }
  const batch = Object.values(given)[0]?.dims[0] ?? 1;
  for (const info of infos) {
    const tensor = given[info.name];
    if (tensor) {
      const type = typeName(info.elementType);
      const data =
        tensor.data instanceof Float32Array ? tensor.data : integerArray(info, Array.from(tensor.data as ArrayLike<number>, Number));
      if (tensor.data instanceof Float32Array && type !== 'float32') {
        throw new VitrineError('invalid-input', `Input "${info.name}" takes ${type}; it was given float32 values.`);
      }
      feeds.set(info.name, context.backend.tensor(type, data, tensor.dims));
    } else {
      const rest = feedOfState(context, info, batch);
      if (rest) feeds.set(info.name, rest);
    }
  }
  return feeds;
}

/** Positions count the real tokens from 0; padding gets 1, as Hugging Face's own generation does. */
function positionsOf(mask: readonly number[]): number[] {
  let seen = 0;
  return mask.map((real) => (real ? seen++ : 1));
}

/** An empty cache entry, a zero recurrent state, or one of the switches; undefined for what only the caller can know. */
function feedOfState({ graph, backend }: FeedContext, info: OnnxValueInfo, batch: number): RuntimeTensor | undefined {
  const type = typeName(info.elementType);
  if (info.name === 'use_cache_branch') return backend.tensor('bool', new Uint8Array([0]), [1]);
  if (/^num_logits_to_keep$|^logits_to_keep$/.test(info.name)) return backend.tensor(type, zeros(type, 1), []);
  if (!/^past/.test(info.name) || !info.dims) return undefined;
  const { nKeyValueHead, dHead } = graph.table.architecture;
  const isKeyValue = /\.(key|value)$/.test(info.name);
  const dims = info.dims.map((length, axis) => {
    if (typeof length === 'number') return length;
    if (axis === 0) return batch;
    if (isKeyValue && axis === 1) return nKeyValueHead;
    if (isKeyValue && axis === 3) return dHead;
    return 0;
  });
  return backend.tensor(
    type,
    zeros(
      type,
      dims.reduce((product, length) => product * length, 1),
    ),
    dims,
  );
}

function integerArray(info: OnnxValueInfo, values: number[]): NumericArray {
  if (info.elementType === DataType.int32) return Int32Array.from(values);
  if (info.elementType === DataType.int64) return BigInt64Array.from(values, BigInt);
  if (info.elementType === DataType.float32) return Float32Array.from(values);
  if (info.elementType === DataType.bool) return Uint8Array.from(values);
  throw new VitrineError(
    'unsupported-model',
    `Input "${info.name}" has the element type ${typeName(info.elementType)}, which is not filled from token ids.`,
  );
}
