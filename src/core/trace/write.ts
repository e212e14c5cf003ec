// SPDX-License-Identifier: MIT
import type { Tensor } from '../model/tensor.js';
import { encodeArray } from './arrays.js';
import { invalidField } from './check.js';
import type { AttentionTrace, LogitLensTrace, Provenance, TraceToken } from './types.js';

/** A token as `HookedModel.tokenize` gives it; a {@link TraceToken} fits too. */
export interface TokenLike {
  id: number;
  text: string;
  bytes?: ArrayLike<number> | undefined;
  special?: boolean | undefined;
}

interface FigureInput {
  provenance: Provenance;
  prompt: string;
  tokens: readonly TokenLike[];
}

/** What {@link writeAttentionTrace} needs. */
export interface AttentionInput extends FigureInput {
  /** One pattern of axes [head, query, key] (a batch axis of length 1 is dropped) per entry of `layers`. */
  patterns: readonly Tensor[];
  /** The model's number of each of these layers; 0, 1, 2... where it is left out. */
  layers?: readonly number[];
  /** Whether keys after the query are masked. */
  causal: boolean;
  /**
   * `uint16` errs by less than 1e-5 and is right where numbers are quoted; `uint8` halves the file for a picture; `float32` is exact.
   * @defaultValue 'uint16'
   */
  dtype?: 'float32' | 'uint16' | 'uint8';
}

/** What {@link writeLogitLensTrace} needs; the tensors may carry a batch axis of length 1. */
export interface LogitLensInput extends FigureInput {
  norm: LogitLensTrace['norm'];
  points: readonly string[];
  labels: readonly string[];
  /** [point, position, k] */
  topIds: Tensor | Tensor<Int32Array>;
  /** [point, position, k] */
  topProbabilities: Tensor;
  /** [point, position], nats */
  entropy: Tensor;
  /** [point, position], nats */
  klToFinal: Tensor;
  /** The text of a token id; asked for every id that occurs. */
  textOf: (id: number) => string;
  target?: { id: number; probability: Tensor; rank: Tensor | Tensor<Int32Array> } | undefined;
}

/**
 * The recorded form of attention patterns, ready for `JSON.stringify`.
 *
 * @example
 * const layers = [0, 1, 2, 3];
 * const patterns = layers.map((layer) => cache.get('pattern', layer));
 * writeAttentionTrace({ provenance, prompt, tokens: await model.tokenize(prompt), patterns, layers, causal: true });
 */
export function writeAttentionTrace(input: AttentionInput): AttentionTrace {
  const { patterns, causal, dtype = 'uint16', layers = patterns.map((_, layer) => layer) } = input;
  const tokens = input.tokens.length;
  const all = patterns.map((pattern) => withoutBatch(pattern));
  const heads = all[0]?.dims[0] ?? 0;
  const values = new Float32Array(all.length * heads * tokens * tokens);
  all.forEach(({ data, dims }, layer) => {
    if (dims.length !== 3 || dims[0] !== heads || dims[1] !== tokens || dims[2] !== tokens) {
      throw invalidField(`patterns[${layer}]`, `dims [${heads}, ${tokens}, ${tokens}] (head, query, key)`, `[${dims.join(', ')}]`);
    }
    values.set(data, layer * heads * tokens * tokens);
  });
  const pattern = encodeArray(values, [all.length, heads, tokens, tokens], { dtype, ...(causal && { packing: 'causal' as const }) });
  return { ...base(input), kind: 'attention', causal, layers: [...layers], pattern };
}

/** The recorded form of a logit lens, ready for `JSON.stringify`. Probabilities are exact to float32. */
export function writeLogitLensTrace(input: LogitLensInput): LogitLensTrace {
  const exact = (tensor: Tensor | Tensor<Int32Array>) => encodeArray(withoutBatch(tensor).data, withoutBatch(tensor).dims);
  const whole = (tensor: Tensor | Tensor<Int32Array>) =>
    encodeArray(withoutBatch(tensor).data, withoutBatch(tensor).dims, { dtype: 'int32' });
  const ids = new Set<number>(withoutBatch(input.topIds).data);
  if (input.target) ids.add(input.target.id);
  return {
    ...base(input),
    kind: 'logit-lens',
    norm: input.norm,
    points: [...input.points],
    labels: [...input.labels],
    topIds: whole(input.topIds),
    topProbabilities: exact(input.topProbabilities),
    vocabulary: Object.fromEntries([...ids].sort((a, b) => a - b).map((id) => [id, input.textOf(id)])),
    entropy: exact(input.entropy),
    klToFinal: exact(input.klToFinal),
    ...(input.target && {
      target: { id: input.target.id, probability: exact(input.target.probability), rank: whole(input.target.rank) },
    }),
  };
}

function base({ provenance, prompt, tokens }: FigureInput) {
  return { format: 'vitrine-trace' as const, version: 1 as const, provenance, prompt, tokens: tokens.map(writeToken) };
}

/** `bytes` are written only where they are not those of the text. */
function writeToken({ id, text, bytes, special }: TokenLike): TraceToken {
  const token: TraceToken = { id, text };
  if (bytes && bytes.length > 0) {
    const own = new TextEncoder().encode(text);
    if (own.length !== bytes.length || own.some((byte, index) => byte !== bytes[index])) token.bytes = Array.from(bytes);
  }
  if (special) token.special = true;
  return token;
}

/** The values and lengths of a tensor without its batch axis, which must have length 1 where it is there. */
function withoutBatch(tensor: Tensor | Tensor<Int32Array>): { data: Float32Array | Int32Array; dims: readonly number[] } {
  const batch = tensor.axes.indexOf('batch');
  if (batch < 0) return tensor;
  if (tensor.dims[batch] !== 1) throw invalidField('tensor', 'one prompt (a batch axis of length 1)', `[${tensor.dims.join(', ')}]`);
  return { data: tensor.data, dims: tensor.dims.filter((_, axis) => axis !== batch) };
}
