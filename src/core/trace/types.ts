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

/**
 * Numbers in memory, as a figure that was just computed holds them; {@link storable} writes them as an {@link EncodedArray}.
 * Everything that reads an encoded array reads this too.
 */
export interface RawArray {
  shape: number[];
  /** Row-major, as many as `shape` multiplies to. */
  values: Float32Array | Int32Array;
  /** How the numbers are written into JSON. @defaultValue float32 for Float32Array, int32 for Int32Array */
  store?: EncodeOptions;
}

/** How an array is stored in JSON. */
export interface EncodeOptions {
  /**
   * `float32` and `int32` keep every bit; `uint16` errs by at most (max - min) / 131070 and `uint8` by (max - min) / 510.
   * @defaultValue 'float32'
   */
  dtype?: EncodedArray['dtype'];
  /** `causal` drops the cells whose key comes after the query; the last two axes must be [query, key] of equal length. */
  packing?: 'causal';
}

/** Numbers of a trace: encoded, as they come from JSON, or in memory. */
export type TraceArray = EncodedArray | RawArray;

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

/** What every recorded figure has. */
export interface TraceBase {
  format: 'vitrine-trace';
  version: 1;
  provenance: Provenance;
  prompt: string;
  tokens: TraceToken[];
}
