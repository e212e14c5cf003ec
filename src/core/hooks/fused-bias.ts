// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import { readFloat } from './attributes.js';
import type { BiasPart } from './weight-sites.js';

/** Which input of a product is its bias. */
const biasInput: Readonly<Record<string, number>> = {
  Gemm: 2,
  FusedGemm: 2,
  MatMulNBits: 5,
  DynamicQuantizeMatMul: 4,
  MatMulIntegerToFloat: 6,
};

/** The bias that a product adds by itself. */
export function productBias(node: OnnxNode): BiasPart[] {
  const constant = node.inputs[biasInput[node.opType] ?? -1];
  if (!constant) return [];
  return [{ constant, factor: node.opType === 'Gemm' || node.opType === 'FusedGemm' ? readFloat(node, 'beta', 1) : 1 }];
}

/** The bias that a node after a product adds to it inside: a residual norm, or an activation. */
export function skipNormBias(node: OnnxNode, operand: string): string | undefined {
  const place = node.inputs.indexOf(operand);
  if (node.opType === 'SkipLayerNormalization' && place <= 1) return node.inputs[4] || undefined;
  if (node.opType === 'SkipSimplifiedLayerNormalization' && place <= 1) return node.inputs[3] || undefined;
  if ((node.opType === 'BiasGelu' || node.opType === 'FastGelu') && place === 0) return node.inputs[1] || undefined;
  return undefined;
}
