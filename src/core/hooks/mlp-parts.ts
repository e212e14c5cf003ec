// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import { readString } from './attributes.js';
import type { Flow } from './flow.js';
import { biased, isPassing, projectionOf, strip } from './projection.js';
import type { Projection } from './projection.js';

/** The insides of an MLP. */
export interface MlpParts {
  /** The second matrix. */
  out: Projection;
  /** After the activation (and the gate): what the second matrix reads. */
  post: string;
  /** Before the activation. */
  pre?: string;
  /** The branch without activation of a gated MLP. */
  linear?: string;
  /** What the first matrix reads, without reshapes: the output of ln2, or the stream. */
  input?: string;
  /** gelu-erf, gelu-tanh, silu, relu, quick-gelu, ... */
  activation: string;
  /** Why `pre` cannot be seen: a fused operator. */
  hidden?: string;
}

const arithmetic = new Set(
  (
    'Add Sub Mul Div Pow Min Max Neg Abs Sqrt Exp Log Erf Tanh Sigmoid Relu LeakyRelu Elu Selu Celu Clip Softplus Softsign Gelu FastGelu ' +
    'BiasGelu QuickGelu HardSwish HardSigmoid Mish Swish Where Sign Reciprocal PRelu ThresholdedRelu'
  ).split(' '),
);
const hidesBias = new Set(['BiasGelu', 'FastGelu']);

/** Takes an MLP apart, from what it adds to the stream back to `stop`, the stream that it reads. */
export function mlpParts(flow: Flow, term: string, stop: string): MlpParts | undefined {
  const outward = flow.chain(term, stop);
  const out = outward.map((tensor) => projectionOf(flow, tensor)).find((projection) => projection !== undefined);
  if (!out) return undefined;
  const post = strip(flow, out.input);
  const { roots, inner } = rootsOf(flow, post, stop);
  const hidden = inner.find(biasInside);
  const fused = roots.map((root) => flow.node(strip(flow, root))).find((node) => node?.opType === 'FusedGemm');
  const parts: MlpParts = { out, post, activation: activationKind(flow, inner) };
  if (hidden) parts.hidden = `the bias before the activation is added inside the fused node ${hidden.opType}`;
  const activated = fused && readString(fused, 'activation', '');
  if (activated) {
    parts.hidden = `the activation ${activated} is applied inside the fused node FusedGemm`;
    parts.activation = activated.toLowerCase();
  }
  const gate = gateOf(flow, post, roots);
  if (gate) {
    parts.pre = gate.pre;
    parts.linear = gate.linear;
  } else if (roots.length === 1 && roots[0] !== post) parts.pre = roots[0]!;
  else if (roots.length === 1 && projectionBehindBias(flow, post)) parts.pre = post;
  const first = parts.pre === undefined ? undefined : firstProjection(flow, parts.pre, stop);
  if (first) parts.input = strip(flow, first.input);
  else if (parts.pre !== undefined) return undefined;
  return parts;
}

const biasInside = (node: OnnxNode): boolean => hidesBias.has(node.opType) && Boolean(node.inputs[1]);

function firstProjection(flow: Flow, pre: string, stop: string): Projection | undefined {
  for (const tensor of flow.chain(pre, stop)) {
    const projection = projectionOf(flow, tensor);
    if (projection) return projection;
  }
  return undefined;
}

/** The tensors that elementwise arithmetic makes `tensor` from: projections with their biases, or parts of one. */
function rootsOf(flow: Flow, tensor: string, stop: string): { roots: string[]; inner: OnnxNode[] } {
  const roots = new Set<string>();
  const inner: OnnxNode[] = [];
  const seen = new Set<string>();
  const visit = (at: string): void => {
    if (seen.has(at)) return;
    seen.add(at);
    const node = flow.node(at);
    if (!node || at === stop || projectionBehindBias(flow, at) || !arithmetic.has(node.opType)) {
      const bare = node && isPassing(node) && !projectionBehindBias(flow, at) ? strip(flow, at) : at;
      if (bare !== at && arithmetic.has(flow.node(bare)?.opType ?? '') && bare !== stop) visit(bare);
      else roots.add(at);
      return;
    }
    inner.push(node);
    for (const parent of flow.parents(at)) visit(parent);
  };
  visit(tensor);
  return { roots: [...roots], inner };
}

/** Whether a tensor is a projection, reshaped, cast and biased as may be. */
function projectionBehindBias(flow: Flow, tensor: string): boolean {
  const bare = strip(flow, tensor);
  if (projectionOf(flow, bare)) return true;
  const content = biased(flow, bare);
  return content !== undefined && projectionOf(flow, strip(flow, content)) !== undefined;
}

/** For a product of two branches: the one with the activation, and the other. */
function gateOf(flow: Flow, post: string, roots: readonly string[]): { pre: string; linear: string } | undefined {
  if (roots.length !== 2) return undefined;
  const [one = '', two = ''] = roots;
  const node = flow.node(post);
  if (node?.opType !== 'Mul') return undefined;
  const operands = node.inputs.map((operand) => strip(flow, operand));
  const direct = [one, two].map((root) => operands.includes(strip(flow, root)));
  return direct[0] && !direct[1] ? { pre: two, linear: one } : { pre: one, linear: two };
}

/** The kind of the activation, from the arithmetic between the first matrix and the second. */
function activationKind(flow: Flow, nodes: OnnxNode[]): string {
  const ops = new Set(nodes.map(({ opType }) => opType));
  const gelu = nodes.find(({ opType }) => opType === 'Gelu');
  if (gelu) return readString(gelu, 'approximate', 'none') === 'tanh' ? 'gelu-tanh' : 'gelu-erf';
  if (ops.has('FastGelu')) return 'gelu-tanh';
  if (ops.has('BiasGelu') || ops.has('Erf')) return 'gelu-erf';
  if (ops.has('QuickGelu')) return 'quick-gelu';
  if (ops.has('Tanh')) return ops.has('Pow') || nodes.filter(({ opType }) => opType === 'Mul').length > 2 ? 'gelu-tanh' : 'tanh';
  if (ops.has('Sigmoid')) return scalarsOf(flow, nodes).some((value) => Math.abs(value - 1.702) < 0.01) ? 'quick-gelu' : 'silu';
  if (ops.has('Relu')) return ops.has('Pow') || squares(nodes) ? 'relu-squared' : 'relu';
  const named = ['Swish', 'HardSwish', 'Mish', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'Softplus', 'PRelu'].find((op) => ops.has(op));
  return named?.toLowerCase() ?? 'none';
}

const squares = (nodes: OnnxNode[]): boolean => nodes.some(({ opType, inputs }) => opType === 'Mul' && inputs[0] === inputs[1]);

const scalarsOf = (flow: Flow, nodes: OnnxNode[]): number[] =>
  nodes.flatMap(({ inputs }) => inputs.flatMap((operand) => flow.dry.scalar(operand) ?? []));
