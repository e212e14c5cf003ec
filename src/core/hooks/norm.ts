// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import { readFloat } from './attributes.js';
import { isSkipNorm, skipSum } from './flow.js';
import type { Flow } from './flow.js';
import { constantOperand, source } from './projection.js';

/** A layer norm or RMS norm. */
export interface Norm {
  /** What is normalised. */
  input: string;
  /** Normalised, with weight and bias. */
  output: string;
  /** Layer norm: the mean is taken off first. */
  centred: boolean;
  epsilon: number;
}

const single = new Map([
  ['LayerNormalization', true],
  ['SkipLayerNormalization', true],
  ['SimplifiedLayerNormalization', false],
  ['SkipSimplifiedLayerNormalization', false],
  ['RMSNormalization', false],
]);

/** The norm that `tensor` is the output of, in whichever form; undefined for anything else. */
export function normOf(flow: Flow, tensor: string): Norm | undefined {
  let at = source(flow, tensor);
  // Bias, then weight, then the quotient; each of the first two may be missing.
  for (const op of ['Add', 'Mul']) {
    const node = flow.node(at);
    const pair = node?.opType === op ? constantOperand(flow, node) : undefined;
    if (pair && isVector(flow, pair.constant)) at = source(flow, pair.content);
  }
  const node = flow.node(at);
  if (!node) return undefined;
  const centred = single.get(node.opType);
  // The sum that a fused residual norm gives out beside its norm is none.
  if (centred !== undefined && isSkipNorm(node) && at !== node.outputs[0]) return undefined;
  if (centred !== undefined) return singleNorm(node, tensor, centred);
  return quotientNorm(flow, node, at, tensor);
}

/** The norm that reads `input`, among tensors that lie after it on a chain of dominators (nearest first); its outermost form. */
export function normAfter(flow: Flow, input: string, later: readonly string[]): Norm | undefined {
  const from = source(flow, input);
  let found: Norm | undefined;
  for (const tensor of later.slice(0, 16)) {
    const norm = normOf(flow, tensor);
    if (norm && source(flow, norm.input) === from) found = { ...norm, input };
    else if (found) break;
  }
  return found;
}

function singleNorm(node: OnnxNode, output: string, centred: boolean): Norm {
  const input = node.opType.startsWith('Skip') ? skipSum(node) : (node.inputs[0] ?? '');
  return { input, output, centred, epsilon: readFloat(node, 'epsilon', 1e-5) };
}

/** x / sqrt(mean(x^2) + epsilon), as Div by a Sqrt or Mul with its reciprocal. */
function quotientNorm(flow: Flow, node: OnnxNode, at: string, output: string): Norm | undefined {
  if (node.opType !== 'Div' && node.opType !== 'Mul') return undefined;
  const numerator = source(flow, flow.dominator(at) ?? '');
  const operands = node.inputs.map((operand) => source(flow, operand));
  const recentred = operands.some((operand) => source(flow, centredFrom(flow, operand) ?? '') === numerator);
  if (!numerator || !(recentred || operands.includes(numerator))) return undefined;
  let epsilon: number | undefined;
  let squared = false;
  let rooted = false;
  let meaned = false;
  for (const tensor of flow.between(numerator, at)) {
    const step = flow.node(tensor);
    if (!step) continue;
    if (step.opType === 'Pow' || step.opType === 'Mul') squared = true;
    if (step.opType === 'Sqrt' || step.opType === 'Rsqrt' || step.opType === 'Pow') rooted = true;
    if (step.opType === 'ReduceMean' || step.opType === 'ReduceSum' || step.opType === 'ReduceL2') meaned = true;
    if (step.opType === 'Add') epsilon = step.inputs.map((operand) => flow.dry.scalar(operand)).find((value) => value !== undefined);
  }
  if (!squared || !rooted || !meaned) return undefined;
  if (recentred) return { input: numerator, output, centred: true, epsilon: epsilon ?? 0 };
  const centre = centredFrom(flow, numerator);
  return { input: centre ?? numerator, output, centred: centre !== undefined, epsilon: epsilon ?? 0 };
}

/** For `x - mean(x)`: x. */
function centredFrom(flow: Flow, tensor: string): string | undefined {
  const node = flow.node(tensor);
  if (node?.opType !== 'Sub') return undefined;
  const [x = '', mean = ''] = node.inputs;
  const reduce = flow.node(source(flow, mean));
  return reduce?.opType === 'ReduceMean' && source(flow, reduce.inputs[0] ?? '') === source(flow, x) ? x : undefined;
}

function isVector(flow: Flow, constant: string): boolean {
  const size = flow.dry.size(constant);
  return size === undefined || size > 1;
}
