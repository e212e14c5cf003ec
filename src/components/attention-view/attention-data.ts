// SPDX-License-Identifier: MIT
import { decodeArray, readAttentionTrace, VitrineError, type AttentionTrace, type TraceToken } from '../shared/core.js';
import type { CellGrid } from '../shared/heatmap.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';
import { attentionStrings } from './strings.js';

/** Attention patterns as they are drawn. */
export interface AttentionData {
  prompt: string;
  /** Name of the model. */
  source: string;
  tokens: DisplayToken[];
  causal: boolean;
  /** The model's number of each layer. */
  layers: number[];
  headCount: number;
  /** Names of the heads of a layer; "2.5" (layer, head) where there are none. */
  headNames?: readonly string[] | undefined;
  /** [layer, head, query, key] */
  pattern: Float32Array;
}

/** What `attention` may be: nested lists [head][query][key] as CircuitsVis takes them, or a tensor [head, query, key] (or [layer, head, query, key]). */
export type AttentionWeights = readonly (readonly (readonly number[])[])[] | { data: Float32Array; dims: readonly number[] };

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function attentionFromTrace(value: unknown): AttentionData {
  return fromTrace(readAttentionTrace(value));
}

function fromTrace(trace: AttentionTrace): AttentionData {
  const { data, shape } = decodeArray(trace.pattern, 'trace.pattern');
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    tokens: displayTokens(trace.tokens),
    causal: trace.causal,
    layers: trace.layers,
    headCount: shape[1]!,
    pattern: data instanceof Float32Array ? data : Float32Array.from(data),
  };
}

/** Reads bare numbers and tokens, as CircuitsVis takes them. @throws VitrineError `invalid-trace` */
export function attentionFromArrays(
  attention: AttentionWeights,
  tokens: readonly (string | TraceToken)[],
  options: { causal: boolean; headNames?: readonly string[] | undefined; layer?: number | undefined },
): AttentionData {
  const { values, dims } = flatten(attention);
  const [layers, headCount, queries, keys] = dims;
  if (queries !== tokens.length || keys !== tokens.length) {
    throw new VitrineError(
      'invalid-trace',
      `attention: expected [head][query][key] with ${tokens.length} queries and keys, one per token, got [${dims.slice(1).join(', ')}]. ` +
        'Set tokens and attention of the same prompt.',
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new VitrineError('invalid-trace', `attention: expected finite numbers, got ${values[bad]} at value ${bad}. Correct the data.`);
  return {
    prompt: tokens.map((token) => (typeof token === 'string' ? token : token.text)).join(''),
    source: '',
    tokens: displayTokens(tokens.map((token) => (typeof token === 'string' ? { id: 0, text: token } : token))),
    causal: options.causal,
    layers: Array.from({ length: layers! }, (_, index) => (options.layer ?? 0) + index),
    headCount: headCount!,
    headNames: options.headNames,
    pattern: values,
  };
}

function flatten(attention: AttentionWeights): { values: Float32Array; dims: number[] } {
  if ('data' in attention) {
    const dims = attention.dims.length === 3 ? [1, ...attention.dims] : [...attention.dims];
    return { values: attention.data, dims };
  }
  const dims = [1, attention.length, attention[0]?.length ?? 0, attention[0]?.[0]?.length ?? 0];
  const values = new Float32Array(dims[1]! * dims[2]! * dims[3]!);
  attention.forEach((head, h) =>
    head.forEach((row, query) => {
      if (head.length !== dims[2] || row.length !== dims[3]) {
        throw new VitrineError(
          'invalid-trace',
          `attention[${h}][${query}]: expected ${dims[3]} keys as in the first row, got ${row.length}.`,
        );
      }
      values.set(row, (h * dims[2]! + query) * dims[3]!);
    }),
  );
  return { values, dims };
}

/** The matrix of one head; `layer` is an index into `layers`. */
export function headGrid(data: AttentionData, layer: number, head: number): CellGrid {
  const count = data.tokens.length;
  const offset = (layer * data.headCount + head) * count * count;
  return { values: data.pattern, offset, rows: count, columns: count, causal: data.causal };
}

/** "2.5", or the author's name of a head. */
export function headName(data: AttentionData, layer: number, head: number): string {
  return data.headNames?.[head] ?? `${data.layers[layer]}.${head}`;
}

/** The weight from a query to a key; undefined where masked. */
export function weightAt(grid: CellGrid, query: number, key: number): number | undefined {
  if (grid.causal && key > query) return undefined;
  return grid.values[grid.offset + query * grid.columns + key];
}

/** The keys that a query attends to most, strongest first. */
export function topKeys(grid: CellGrid, query: number, count: number): { key: number; weight: number }[] {
  const seen = grid.causal ? query + 1 : grid.columns;
  return Array.from({ length: seen }, (_, key) => ({ key, weight: weightAt(grid, query, key)! }))
    .sort((a, b) => b.weight - a.weight || a.key - b.key)
    .slice(0, count);
}

/** Mean over the queries of the entropy of their rows, nats. */
export function meanEntropy(grid: CellGrid): number {
  let sum = 0;
  for (let query = 0; query < grid.rows; query++) {
    const seen = grid.causal ? query + 1 : grid.columns;
    for (let key = 0; key < seen; key++) {
      const weight = weightAt(grid, query, key)!;
      if (weight > 0) sum -= weight * Math.log(weight);
    }
  }
  return grid.rows > 0 ? sum / grid.rows : 0;
}

/** One head's cell as a sentence that could be quoted. */
export function attentionSentence(data: AttentionData, layer: number, head: number, query: number, key: number): string {
  const weight = weightAt(headGrid(data, layer, head), query, key);
  const [from, to] = [data.tokens[query]!.quoted, data.tokens[key]!.quoted];
  if (weight === undefined) return attentionStrings.maskedCell(to, from);
  return attentionStrings.attends(headName(data, layer, head), from, weight.toFixed(2), to, key);
}
