// SPDX-License-Identifier: MIT

/** A numeric array inside JSON: little-endian bytes in base64. `uint8` and `uint16` are affine: value = min + code / maxCode * (max - min). */
export interface EncodedArray {
  shape: number[];
  dtype: 'float32' | 'int32' | 'uint16' | 'uint8';
  data: string;
  /** Value of code 0 (`uint8`, `uint16`). */
  min?: number;
  /** Value of the largest code (`uint8`, `uint16`). */
  max?: number;
  /** `causal`: the last two axes are [query, key] and only key <= query is stored, row by row. */
  packing?: 'causal';
}

/** One token of the input, as the model's tokenizer cut it. */
export interface TraceToken {
  id: number;
  /** The text of this token; for a token that ends inside a character, what can be shown of it. */
  text: string;
  /** UTF-8 bytes, present where they are not those of `text` (a character split over tokens). */
  bytes?: number[];
  /** A control token such as `<|endoftext|>`, not literal text of that spelling. */
  special?: boolean;
}

/** Where the numbers come from. */
export interface Provenance {
  model: string;
  revision?: string;
  dtype?: string;
  file?: string;
  /** Version of Vitrine that wrote the trace. */
  vitrine: string;
}

interface TraceBase {
  format: 'vitrine-trace';
  version: 1;
  provenance: Provenance;
  prompt: string;
  tokens: TraceToken[];
}

/** Attention patterns of some layers. */
export interface AttentionTrace extends TraceBase {
  kind: 'attention';
  /** Whether keys after the query are masked. */
  causal: boolean;
  /** The model's layer number of each row of `pattern`. */
  layers: number[];
  /** [layer, head, query, key], rows over keys sum to one. */
  pattern: EncodedArray;
}

/** A logit lens: what the model would say at every point of the residual stream. */
export interface LogitLensTrace extends TraceBase {
  kind: 'logit-lens';
  norm: 'recompute' | 'cached';
  /** Hook name of each row, from the embedding upward. */
  points: string[];
  /** Short label of each row: "0_pre", "0_mid", ..., "final_post". */
  labels: string[];
  /** Token ids, most likely first: [point, position, k]. */
  topIds: EncodedArray;
  /** Their probabilities: [point, position, k]. */
  topProbabilities: EncodedArray;
  /** Text of every id that occurs in `topIds` or `target`. */
  vocabulary: Record<string, string>;
  /** Entropy of the whole distribution in nats: [point, position]. */
  entropy: EncodedArray;
  /** KL(final || point) in nats: [point, position]. */
  klToFinal: EncodedArray;
  /** A chosen token followed through the layers. */
  target?: { id: number; probability: EncodedArray; rank: EncodedArray };
}

export type Trace = AttentionTrace | LogitLensTrace;
