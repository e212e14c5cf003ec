// SPDX-License-Identifier: MIT

/** ONNX element types, `TensorProto.DataType` by number. */
export const DataType = {
  undefined: 0,
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
} as const;

/** Where the bytes of an initializer lie outside the protobuf message. */
export interface ExternalLocation {
  location: string;
  offset: number;
  /** Bytes; undefined: to the end of the file. */
  length: number | undefined;
}

/**
 * A `TensorProto`. Its values are in exactly one of `raw` (a view into the file, never copied), `typed` (the bytes of
 * `float_data`, `int32_data`, ...) or `external`.
 */
export interface OnnxTensor {
  name: string;
  dims: number[];
  dataType: number;
  raw?: Uint8Array;
  /** Values that came in a typed repeated field, decoded. */
  typed?: { field: number; values: number[] | bigint[] | Float32Array | Float64Array };
  external?: ExternalLocation;
  /** Fields that this reader does not know, verbatim with their tags. */
  unknown: Uint8Array[];
}

/** An `AttributeProto`; `type` is `AttributeProto.AttributeType`. */
export interface OnnxAttribute {
  name: string;
  /** 1 float, 2 int, 3 string, 4 tensor, 5 graph, 6 floats, 7 ints, 8 strings, 9 tensors, 10 graphs. */
  type: number;
  float?: number;
  /** An int64 as a number; values outside the safe integers are clamped to +-Number.MAX_SAFE_INTEGER when read and only then (the bytes stay verbatim in `source`). */
  int?: number;
  string?: Uint8Array;
  tensor?: OnnxTensor;
  graph?: OnnxGraph;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  tensors?: OnnxTensor[];
  graphs?: OnnxGraph[];
  /** The attribute as it was in the file. Written back verbatim unless it holds a graph. Delete it after a change. */
  source?: Uint8Array;
  unknown: Uint8Array[];
}

/** A `NodeProto`. Empty strings in `inputs` and `outputs` are absent optional values. */
export interface OnnxNode {
  name: string;
  opType: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, OnnxAttribute>;
  unknown: Uint8Array[];
}

/** A `ValueInfoProto` of a tensor. A dimension is a number, a symbol, or null where nothing is said. */
export interface OnnxValueInfo {
  name: string;
  /** Element type; 0 where the file does not say. */
  elementType: number;
  /** undefined: no shape given at all. */
  dims?: (number | string | null)[];
  /** The value info as it was in the file; written back verbatim unless deleted. */
  source?: Uint8Array;
}

/** A `GraphProto`. */
export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxValueInfo[];
  outputs: OnnxValueInfo[];
  valueInfo: OnnxValueInfo[];
  unknown: Uint8Array[];
}

/** A `ModelProto`. */
export interface OnnxModel {
  irVersion: number;
  /** Version of each operator set by domain; '' is the standard domain. */
  opsets: Map<string, number>;
  graph: OnnxGraph;
  /** producer, metadata, functions... verbatim with their tags; everything but the fields above. */
  unknown: Uint8Array[];
}
