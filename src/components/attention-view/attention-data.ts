// SPDX-License-Identifier: MIT
import { decodeArray, readAttentionTrace, type TokenSegment } from '../shared/core.js';
import { formatWeight } from '../shared/format.js';
import type { CellGrid } from '../shared/heatmap.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';
import { attentionStrings } from './strings.js';

/** Attention patterns as they are drawn. */
export interface AttentionData {
  prompt: string;
  /** Name of the model. */
  source: string;
  /** The queries. */
  tokens: DisplayToken[];
  /** The keys: the same list where a text attends to itself. */
  keyTokens: DisplayToken[];
  causal: boolean;
  /** The model's number of each layer. */
  layers: number[];
  headCount: number;
  /** Names of the heads of a layer; "2.5" (layer, head) where there are none. */
  headNames?: readonly string[] | undefined;
  /** [layer, head, query, key] */
  pattern: Float32Array;
  /** Named parts of the text, such as the sentences of a pair. */
  segments: readonly TokenSegment[];
  /** A recorded number for each head; `values` is [layer, head]. */
  scores?: { kind: string; values: ArrayLike<number> } | undefined;
}

/** What `attention` may be: nested lists [head][query][key] as CircuitsVis takes them, or a tensor [head, query, key] (or [layer, head, query, key]). */
export type AttentionWeights = readonly (readonly (readonly number[])[])[] | { data: Float32Array; dims: readonly number[] };

/** Queries in one part of the text and keys in another; nothing else is shown. */
export interface SegmentPair {
  from: TokenSegment;
  to: TokenSegment;
}

/** How several heads become one matrix. */
export type Combine = 'mean' | 'max';

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function attentionFromTrace(value: unknown): AttentionData {
  const trace = readAttentionTrace(value);
  const { values, shape } = trace.pattern;
  const tokens = displayTokens(trace.tokens);
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    tokens,
    keyTokens: trace.keyTokens ? displayTokens(trace.keyTokens) : tokens,
    causal: trace.causal,
    layers: trace.layers,
    headCount: shape[1]!,
    pattern: values instanceof Float32Array ? values : Float32Array.from(values),
    // They are parts of the queries; keys of another text have none.
    segments: (!trace.keyTokens && trace.segments) || [],
    headNames: trace.headNames,
    scores: trace.scores && { kind: trace.scores.kind, values: decodeArray(trace.scores.values).data },
  };
}

/** The matrix of one head; `layer` is an index into `layers`. */
export function headGrid({ tokens, keyTokens, headCount, pattern, causal }: AttentionData, layer: number, head: number): CellGrid {
  const [rows, columns] = [tokens.length, keyTokens.length];
  return { values: pattern, offset: (layer * headCount + head) * rows * columns, rows, columns, causal };
}

/**
 * The mean or the largest weights of some heads of a layer as one matrix. What a pair of segments leaves out is not a number, which is
 * painted as paper.
 */
export function headsGrid(
  data: AttentionData,
  layer: number,
  heads: readonly number[],
  combine: Combine,
  pair: SegmentPair | undefined,
): CellGrid {
  const first = headGrid(data, layer, heads[0]!);
  if (heads.length === 1 && !pair) return first;
  const values = new Float32Array(first.rows * first.columns).fill(combine === 'max' ? -Infinity : 0);
  for (const head of heads) {
    const { offset } = headGrid(data, layer, head);
    for (let cell = 0; cell < values.length; cell++) {
      const weight = data.pattern[offset + cell]!;
      values[cell] = combine === 'max' ? Math.max(values[cell]!, weight) : values[cell]! + weight / heads.length;
    }
  }
  if (pair) {
    const { from, to } = pair;
    for (let cell = 0; cell < values.length; cell++) {
      const [query, key] = [Math.floor(cell / first.columns), cell % first.columns];
      if (query < from.start || query >= from.end || key < to.start || key >= to.end) values[cell] = NaN;
    }
  }
  return { ...first, values, offset: 0 };
}

/** Every pair of segments, by its name: "A-B". */
export function pairs(segments: readonly TokenSegment[]): Map<string, SegmentPair> {
  return new Map(segments.flatMap((from) => segments.map((to) => [pairName({ from, to }), { from, to }])));
}

export function pairName({ from, to }: SegmentPair): string {
  return `${from.name}-${to.name}`;
}

/** "2.5", or the author's name of a head. */
export function headName(data: AttentionData, layer: number, head: number): string {
  return data.headNames?.[head] ?? `${data.layers[layer]}.${head}`;
}

/** How many keys a query sees. */
export function seenKeys({ causal, keyTokens }: AttentionData, query: number): number {
  return causal ? query + 1 : keyTokens.length;
}

/** The weight from a query to a key; undefined where masked or left out. */
export function weightAt(grid: CellGrid, query: number, key: number): number | undefined {
  if (grid.causal && key > query) return undefined;
  const weight = grid.values[grid.offset + query * grid.columns + key]!;
  return Number.isNaN(weight) ? undefined : weight;
}

/** A token at the other end, and the weight between. */
export interface Linked {
  at: number;
  weight: number;
}

/** The keys that a query attends to most, strongest first. */
export function topKeys(grid: CellGrid, query: number, count: number): Linked[] {
  return strongest(grid.columns, (key) => weightAt(grid, query, key), count);
}

/** The queries that attend most to a key, strongest first. */
export function topQueries(grid: CellGrid, key: number, count: number): Linked[] {
  return strongest(grid.rows, (query) => weightAt(grid, query, key), count);
}

function strongest(length: number, weightOf: (at: number) => number | undefined, count: number): Linked[] {
  const found: Linked[] = [];
  for (let at = 0; at < length; at++) {
    const weight = weightOf(at);
    if (weight === undefined || (found.length === count && weight <= (found.at(-1)?.weight ?? Infinity))) continue;
    let place = found.length;
    while (place > 0 && found[place - 1]!.weight < weight) place--;
    found.splice(place, 0, { at, weight });
    if (found.length > count) found.pop();
  }
  return found;
}

/** One cell as a sentence that could be quoted; `name` is that of the head or heads. */
export function attentionSentence(data: AttentionData, grid: CellGrid, name: string, query: number, key: number): string {
  const weight = weightAt(grid, query, key);
  const [from, to] = [data.tokens[query]!.quoted, data.keyTokens[key]!.quoted];
  if (weight !== undefined) return attentionStrings.attends(name, from, formatWeight(weight), to, key);
  return grid.causal && key > query ? attentionStrings.maskedCell(to, from) : attentionStrings.leftOut(from, to);
}
