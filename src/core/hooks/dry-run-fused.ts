// SPDX-License-Identifier: MIT
import { DataType } from '../onnx/types.js';
import type { OnnxNode } from '../onnx/types.js';
import { readInt } from './attributes.js';
import type { Fact } from './dry-run-dims.js';
import { matmulDims } from './dry-run-dims.js';
import type { Dims } from './dry-run-dims.js';

/** Dims and types of the outputs of operators outside the standard domain (ONNX Runtime's fused ones) and of the standard `Attention`. */
export function fusedShapes(node: OnnxNode, inputs: Fact[]): Fact[] {
  const [first] = inputs;
  const dims = first?.dims;
  const type = first?.type ?? DataType.undefined;
  const fact = (result: Dims, resultType = type): Fact => (result ? { dims: result, type: resultType } : { type: resultType });
  switch (node.opType) {
    case 'MatMulNBits':
    case 'MatMulBnb4':
      return [fact(dims && [...dims.slice(0, -1), readInt(node, 'N', NaN)])];
    case 'FusedMatMul':
      return [fact(matmulDims(swap(dims, readInt(node, 'transA', 0)), swap(inputs[1]?.dims, readInt(node, 'transB', 0))))];
    case 'DynamicQuantizeMatMul':
      return [fact(matmulDims(dims, inputs[1]?.dims))];
    case 'MatMulIntegerToFloat':
      return [fact(matmulDims(dims, inputs[1]?.dims), inputs[2]?.type)];
    case 'FusedGemm':
      return [fact(matmulDims(swap(dims, readInt(node, 'transA', 0)), swap(inputs[1]?.dims, readInt(node, 'transB', 0))))];
    case 'SkipLayerNormalization':
    case 'SkipSimplifiedLayerNormalization':
      return node.outputs.map(() => fact(dims));
    case 'EmbedLayerNormalization': {
      const width = inputs[2]?.dims?.at(-1);
      const embedded = dims && width !== undefined ? [...dims, width] : undefined;
      const floats = inputs[2]?.type ?? DataType.float32;
      return [fact(embedded, floats), fact(dims?.slice(0, 1), DataType.int32), fact(embedded, floats)];
    }
    case 'GatherBlockQuantized': {
      const table = first?.dims;
      const scales = inputs[2];
      const indices = inputs[1]?.dims;
      const packed = table && scales?.dims ? scales.dims.at(-1)! * readInt(node, 'block_size', 128) : NaN;
      return [fact(indices && [...indices, packed], scales?.type)];
    }
    case 'GroupQueryAttention':
      return groupQueryShapes(node, inputs);
    case 'MultiHeadAttention':
      return [fact(dims?.length === 3 ? dims : undefined), ...node.outputs.slice(1).map(() => fact(undefined))];
    case 'Attention':
    case 'QAttention': {
      const sizes = node.attributes.get('qkv_hidden_sizes')?.ints;
      const width = sizes?.[2] ?? (inputs[1]?.dims?.at(-1) ?? NaN) / 3;
      const floats = node.opType === 'QAttention' ? (inputs[3]?.type ?? DataType.float32) : type;
      const result = node.domain === '' ? dims : dims && [...dims.slice(0, -1), width];
      return [fact(result, floats), ...node.outputs.slice(1).map(() => fact(undefined, floats))];
    }
    default:
      // RotaryEmbedding, Gelu, BiasGelu, FastGelu, QuickGelu and others keep the shape of their first input.
      return node.outputs.map(() => fact(dims));
  }
}

function groupQueryShapes(node: OnnxNode, inputs: Fact[]): Fact[] {
  const [query, key, , pastKey] = inputs;
  const type = query?.type ?? DataType.undefined;
  const heads = readInt(node, 'num_heads', NaN);
  const kvHeads = readInt(node, 'kv_num_heads', NaN);
  const width = query?.dims?.at(-1) ?? NaN;
  const packed = !key?.dims;
  const headSize = packed ? width / (heads + 2 * kvHeads) : width / heads;
  const out = query?.dims && [...query.dims.slice(0, -1), heads * headSize];
  const past = pastKey?.dims;
  const present = past && query?.dims ? [past[0]!, past[1]!, past[2]! + query.dims[1]!, past[3]!] : undefined;
  return [out, present, present].map((dims) => (dims ? { dims, type } : { type }));
}

const swap = (dims: Dims, transposed: number): Dims => (dims && transposed ? [...dims.slice(0, -2), dims.at(-1)!, dims.at(-2)!] : dims);
