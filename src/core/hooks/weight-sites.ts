// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';

/** Constants that are added to a product: value `at` of the result is that at `index[at]` of the constant (undefined: at `at`). */
export interface BiasPart {
  constant: string;
  index?: Int32Array;
  factor: number;
}

/** Where the numbers of a weight lie. */
export type WeightSource =
  /** The matrix [in, out] that a node multiplies by, from `first` to `last` of its columns where it holds several. */
  | { kind: 'product'; node: OnnxNode; columns?: Int32Array; rows?: Int32Array }
  /** A table of embeddings, of the given ONNX constant, dequantised by the node `dequantise` where there is one, times `factor`. */
  | { kind: 'table'; constant: string; dequantise?: OnnxNode; factor: number }
  /** Sum of constants, or zeros where there are none. */
  | { kind: 'sum'; parts: BiasPart[] }
  /** One constant vector, or ones where the graph leaves the factor out. */
  | { kind: 'vector'; constant?: string };

/** How the matrix [in, out] is given to the user. */
export type WeightForm = 'in-out' | 'head-in-out' | 'head-out';

/** A weight under its TransformerLens name. */
export interface WeightSite {
  /** `blocks.3.attn.W_Q`, `embed.W_E`, `ln_final.w`. */
  name: string;
  axes: string[];
  dims: number[];
  form: WeightForm;
  source: WeightSource;
}
