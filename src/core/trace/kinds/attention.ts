// SPDX-License-Identifier: MIT
import type { Tensor } from '../../model/tensor.js';
import { rawArray } from '../arrays.js';
import {
  readArray,
  readBase,
  readHead,
  readToken,
  withoutBatch,
  writeBase,
  writeToken,
  type FigureInput,
  type TokenLike,
} from '../base.js';
import { checkBoolean, checkInteger, checkList, checkObject, checkString, invalidField } from '../check.js';
import { storable } from '../store.js';
import type { RawArray, TraceArray, TraceBase, TraceToken } from '../types.js';

/** A named run of tokens, such as the first sentence of a pair: positions from `start` up to, not including, `end`. */
export interface TokenSegment {
  name: string;
  start: number;
  end: number;
}

/** A number for each head. */
export interface HeadScoresTrace {
  /** What is scored, as a reader is told: "induction". */
  kind: string;
  /** [layer, head], the layers of the pattern */
  values: TraceArray;
}

/** Attention patterns of some layers. */
export interface AttentionTrace extends TraceBase {
  kind: 'attention';
  /** Whether keys after the query are masked. */
  causal: boolean;
  /** The model's layer number of each row of `pattern`. */
  layers: number[];
  /** [layer, head, query, key], rows over keys sum to one. */
  pattern: TraceArray;
  /** What the queries look at, where that is another text than `tokens` (cross-attention: never causal). */
  keyTokens?: TraceToken[];
  /** Parts of `tokens`, such as the sentences A and B of a pair. */
  segments?: TokenSegment[];
  /** What a figure says of each head. */
  scores?: HeadScoresTrace;
  /** What the heads are called, where layer and head do not say it: one name for each head of a layer. */
  headNames?: string[];
}

/** As `readTrace`, for figures that draw attention patterns: these are read, too. @throws VitrineError `invalid-trace` for anything else */
export function readAttentionTrace(value: unknown): AttentionTrace & { pattern: RawArray } {
  const { fields, kind } = readHead(value, ['attention']);
  const base = readBase(fields);
  const causal = checkBoolean(fields['causal'], 'trace.causal');
  const layers = checkList(fields['layers'], 'trace.layers', (layer, at) => checkInteger(layer, at));
  const keyTokens = fields['keyTokens'] === undefined ? undefined : checkList(fields['keyTokens'], 'trace.keyTokens', readToken);
  if (keyTokens && causal) throw invalidField('trace.causal', 'false where keyTokens are another text', causal);
  const shape = [layers.length, undefined, base.tokens.length, (keyTokens ?? base.tokens).length];
  const pattern = readArray(fields['pattern'], 'trace.pattern', 'layer, head, query, key', shape);
  const names = fields['headNames'];
  const headNames = names === undefined ? undefined : checkList(names, 'trace.headNames', checkString, pattern.shape[1]);
  return {
    ...base,
    kind,
    causal,
    layers,
    pattern,
    ...(keyTokens && { keyTokens }),
    ...(fields['segments'] !== undefined && { segments: readSegments(fields['segments'], base.tokens.length) }),
    ...(fields['scores'] !== undefined && { scores: readScores(fields['scores'], pattern.shape) }),
    ...(headNames && { headNames }),
  };
}

function readSegments(value: unknown, tokens: number): TokenSegment[] {
  return checkList(value, 'trace.segments', (entry, path) => {
    const { name, start, end } = checkObject(entry, path);
    const from = checkInteger(start, `${path}.start`, 0, tokens);
    return { name: checkString(name, `${path}.name`), start: from, end: checkInteger(end, `${path}.end`, from, tokens) };
  });
}

function readScores(value: unknown, pattern: readonly number[]): HeadScoresTrace {
  const { kind, values } = checkObject(value, 'trace.scores');
  return {
    kind: checkString(kind, 'trace.scores.kind'),
    values: readArray(values, 'trace.scores.values', 'layer, head', pattern.slice(0, 2)),
  };
}

/** What {@link writeAttentionTrace} needs. */
export interface AttentionInput extends FigureInput {
  /** One pattern of axes [head, query, key] (a batch axis of length 1 is dropped) per entry of `layers`. */
  patterns: readonly Tensor[];
  /** The model's number of each of these layers; 0, 1, 2... where it is left out. */
  layers?: readonly number[];
  /** Whether keys after the query are masked. */
  causal: boolean;
  /** What the queries look at, where that is another text. */
  keyTokens?: readonly TokenLike[];
  /** Parts of the prompt: {@link sentencePair} finds them. */
  segments?: readonly TokenSegment[];
  /** A number for each head: `values` is [layer, head], as many layers as `patterns`. */
  scores?: { kind: string; values: Float32Array };
  /**
   * `uint16` errs by less than 1e-5 and is right where numbers are quoted; `uint8` halves the file for a picture; `float32` is exact.
   * @defaultValue 'uint16'
   */
  dtype?: 'float32' | 'uint16' | 'uint8';
}

/**
 * Attention patterns as a trace with its numbers in memory.
 *
 * @throws VitrineError `invalid-trace` for patterns of different shapes, and for scores of another number of heads
 */
export function attentionTrace(input: AttentionInput): AttentionTrace {
  const { patterns, causal, dtype = 'uint16', layers = patterns.map((_, layer) => layer) } = input;
  const { keyTokens, segments, scores } = input;
  const [queries, keys] = [input.tokens.length, (keyTokens ?? input.tokens).length];
  const all = patterns.map((pattern) => withoutBatch(pattern));
  const heads = all[0]?.dims[0] ?? 0;
  const values = new Float32Array(all.length * heads * queries * keys);
  all.forEach(({ data, dims }, layer) => {
    if (dims.length !== 3 || dims[0] !== heads || dims[1] !== queries || dims[2] !== keys) {
      throw invalidField(`patterns[${layer}]`, `dims [${heads}, ${queries}, ${keys}] (head, query, key)`, `[${dims.join(', ')}]`);
    }
    values.set(data, layer * heads * queries * keys);
  });
  if (scores && scores.values.length !== all.length * heads) {
    throw invalidField('scores.values', `${all.length * heads} numbers (layer, head)`, [...scores.values]);
  }
  const store = { dtype, ...(causal && { packing: 'causal' as const }) };
  return {
    ...writeBase(input),
    kind: 'attention',
    causal,
    layers: [...layers],
    pattern: rawArray(values, [all.length, heads, queries, keys], store),
    ...(keyTokens && { keyTokens: keyTokens.map(writeToken) }),
    ...(segments && { segments: [...segments] }),
    ...(scores && { scores: { kind: scores.kind, values: rawArray(scores.values, [all.length, heads]) } }),
  };
}

/**
 * The sentences A and B of a pair, as BERT and its kin are given one: the special token that ends the prompt also stands between the two.
 * Each sentence holds the separator after it, A the token that begins the prompt.
 *
 * @returns undefined where the tokens are no pair
 */
export function sentencePair(tokens: readonly TokenLike[]): TokenSegment[] | undefined {
  const last = tokens.at(-1);
  const between = last?.special ? tokens.findIndex(({ id }, at) => at > 0 && id === last.id) + 1 : 0;
  if (between < 2 || between >= tokens.length) return undefined;
  return [
    { name: 'A', start: 0, end: between },
    { name: 'B', start: between, end: tokens.length },
  ];
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
