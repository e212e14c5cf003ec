// SPDX-License-Identifier: MIT
import type { Tensor } from '../../model/tensor.js';
import { rawArray } from '../arrays.js';
import { readArray, readBase, readHead, withoutBatch, writeBase, type FigureInput } from '../base.js';
import { checkBoolean, checkInteger, checkList, invalidField } from '../check.js';
import { storable } from '../store.js';
import type { TraceArray, TraceBase } from '../types.js';

/** Attention patterns of some layers. */
export interface AttentionTrace extends TraceBase {
  kind: 'attention';
  /** Whether keys after the query are masked. */
  causal: boolean;
  /** The model's layer number of each row of `pattern`. */
  layers: number[];
  /** [layer, head, query, key], rows over keys sum to one. */
  pattern: TraceArray;
}

/** As `readTrace`, for figures that draw attention patterns. @throws VitrineError `invalid-trace` for anything else */
export function readAttentionTrace(value: unknown): AttentionTrace {
  const { fields, kind } = readHead(value, ['attention']);
  const base = readBase(fields);
  const causal = checkBoolean(fields['causal'], 'trace.causal');
  const layers = checkList(fields['layers'], 'trace.layers', (layer, at) => checkInteger(layer, at));
  const shape = [layers.length, undefined, base.tokens.length, base.tokens.length];
  return { ...base, kind, causal, layers, pattern: readArray(fields['pattern'], 'trace.pattern', 'layer, head, query, key', shape) };
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

/**
 * Attention patterns as a trace with its numbers in memory.
 *
 * @throws VitrineError `invalid-trace` for patterns of different shapes
 */
export function attentionTrace(input: AttentionInput): AttentionTrace {
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
  const store = { dtype, ...(causal && { packing: 'causal' as const }) };
  const pattern = rawArray(values, [all.length, heads, tokens, tokens], store);
  return { ...writeBase(input), kind: 'attention', causal, layers: [...layers], pattern };
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
  return storable(attentionTrace(input));
}
