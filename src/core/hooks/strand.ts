// SPDX-License-Identifier: MIT
import type { AttentionCore } from './cores.js';
import { skipSum } from './flow.js';
import type { Flow } from './flow.js';
import { normOf } from './norm.js';
import { biased, isPassing, projectionOf, strip } from './projection.js';
import type { Projection } from './projection.js';

/** Where queries, keys or values can be found, from the projection on. */
export interface Strand {
  projection: Projection;
  /** The projection with its bias, as far as it is q's (k's, v's) alone: after a packed projection is split; then reshaped. */
  forms: string[];
  /** After a norm of each head. */
  normed?: string;
  normInput?: string;
  /** After the rotation by position. */
  rotated?: string;
}

const narrowing = new Set(['Split', 'Slice', 'Gather', 'SplitToSequence']);

/**
 * The steps of q, k or v between its projection and the product it enters. Every step is a dominator of `end`, so that
 * changing it changes all that comes after.
 */
export function strandOf(flow: Flow, end: string, stop: string): Strand | undefined {
  const back = flow.chain(end, stop);
  const from = back.findIndex((tensor) => projectionOf(flow, tensor) !== undefined);
  if (from < 0) return undefined;
  const projection = projectionOf(flow, back[from]!)!;
  const forth = back.slice(0, from + 1).reverse();
  const strand: Strand = { projection, forms: [forth[0]!] };
  let at = 1;
  for (; at < forth.length; at++) {
    const tensor = forth[at]!;
    const node = flow.node(tensor);
    if (!node) break;
    if (narrowing.has(node.opType) || biased(flow, tensor) === forth[at - 1]) strand.forms = [tensor];
    else if (isPassing(node) || node.opType === 'Transpose') strand.forms.push(tensor);
    else break;
  }
  for (; at < forth.length; at++) {
    const tensor = forth[at]!;
    const norm = normOf(flow, tensor);
    if (norm && forth.includes(norm.input)) {
      strand.normed = tensor;
      strand.normInput ??= norm.input;
    } else if (isRotation(flow, forth[at - 1]!, tensor)) strand.rotated ??= tensor;
  }
  return strand;
}

/** x turned by position: a part of x is moved, and products with tables that are not single numbers are summed. */
export function isRotation(flow: Flow, from: string, to: string): boolean {
  const node = flow.node(to);
  if (node?.opType === 'RotaryEmbedding') return true;
  if (flow.dominator(to) !== from || flow.parents(to).length === 0) return false;
  const inside = flow.between(from, to);
  let tables = 0;
  let moves = 0;
  for (const tensor of inside) {
    const step = flow.node(tensor);
    if (!step) continue;
    if (step.opType === 'Mul') {
      const table = step.inputs.find((operand) => !flow.isContent(operand));
      if (table !== undefined && (flow.dry.size(table) ?? 2) > 1) tables++;
    }
    if (['Concat', 'Slice', 'Split', 'Neg', 'Gather', 'ScatterND', 'Sub', 'RotaryEmbedding'].includes(step.opType)) moves++;
    if (step.opType === 'Reduce' || step.opType.startsWith('Reduce')) return false;
  }
  return (tables >= 2 && moves >= 1) || inside.some((tensor) => flow.node(tensor)?.opType === 'RotaryEmbedding');
}

/** Forms of z between the mix of values and the output projection, nearest to the projection first. */
export function mixForms(flow: Flow, core: AttentionCore, projectionInput: string): string[] {
  const chain = flow.chain(projectionInput, core.z);
  if (chain.at(-1) !== core.z) return [core.z];
  const shaping = (tensor: string): boolean => {
    const node = flow.node(tensor);
    return isPassing(node) || node?.opType === 'Transpose';
  };
  // Only forms that no arithmetic separates from z itself.
  const forth = [...chain].reverse();
  const end = forth.findIndex((tensor, at) => at > 0 && !shaping(tensor));
  return (end < 0 ? forth : forth.slice(0, end)).reverse();
}

/** What an attention's own projections read, without reshapes: the output of ln1, or the stream. */
export function attentionInput(flow: Flow, strand: Strand): string {
  return strip(flow, strand.projection.input);
}

/** The sum that a fused residual norm of this tensor makes. */
export const sumOf = (flow: Flow, tensor: string): string | undefined => {
  const node = flow.node(tensor);
  return node && node.opType.startsWith('Skip') ? skipSum(node) : undefined;
};
