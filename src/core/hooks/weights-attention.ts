// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import type { Projection } from './projection.js';
import { projectionOf, strip } from './projection.js';
import { trackHeads, Untracked } from './track.js';
import type { HookSite } from './types.js';
import { unlessIdentity, type WeightBook } from './weight-book.js';
import type { BiasPart } from './weight-sites.js';
import { addNormWeights } from './weights-norm.js';

const names = ['Q', 'K', 'V'] as const;

/** W_Q, W_K, W_V [head, d_model, d_head], their biases, and the norms of queries and keys. */
export function addAttentionInputs(book: WeightBook, layer: number): void {
  const attn = `blocks.${layer}.attn`;
  const fused = fusedNode(book, layer);
  for (const [place, name] of names.entries()) {
    const site = book.hook(`${attn}.hook_${name.toLowerCase()}`);
    if (site) addStrand(book, attn, name, site);
    else if (!fused || !addFromFused(book, attn, fused, place)) {
      const because = book.whyNo(`${attn}.hook_${name.toLowerCase()}`);
      book.lack(`${attn}.W_${name}`, because);
      book.lack(`${attn}.b_${name}`, because);
    }
  }
  for (const name of ['q_norm', 'k_norm']) addNormWeights(book, `${attn}.${name}`);
}

function addStrand(book: WeightBook, attn: string, name: string, site: HookSite): void {
  const projection = book.productBefore(site.tensor);
  const found = projection ? book.columnsOf(projection, site) : 'no product with a weight was found before it';
  if (typeof found === 'string') {
    for (const what of ['W', 'b']) book.lack(`${attn}.${what}_${name}`, found);
    return;
  }
  addHeads(book, attn, name, projection!, site.dims[2]!, site.dims[3]!, found.columns, found.biases);
}

function addHeads(
  book: WeightBook,
  attn: string,
  name: string,
  projection: Pick<Projection, 'node' | 'input'>,
  heads: number,
  width: number,
  columns: Int32Array,
  parts: BiasPart[],
): void {
  const map = unlessIdentity(columns, NaN);
  const source = { kind: 'product', node: projection.node, ...(map ? { columns: map } : {}) } as const;
  book.add(`${attn}.W_${name}`, ['head', 'd_model', 'd_head'], [heads, book.width(projection.input), width], source, 'head-in-out');
  book.add(`${attn}.b_${name}`, ['head', 'd_head'], [heads, width], { kind: 'sum', parts });
}

/** The fused attention whose output hook_z shows. */
function fusedNode(book: WeightBook, layer: number): OnnxNode | undefined {
  const z = book.hook(`blocks.${layer}.attn.hook_z`);
  const node = z && book.flow.node(strip(book.flow, z.tensor));
  return node && ['Attention', 'QAttention', 'MultiHeadAttention'].includes(node.opType) && node.domain !== '' ? node : undefined;
}

/** Attention with its projections inside: one matrix [d_model, q | k | v]; MultiHeadAttention: their biases inside. */
function addFromFused(book: WeightBook, attn: string, node: OnnxNode, place: number): boolean {
  const { nHead, dHead } = book.table.architecture;
  const width = nHead * dHead;
  const columns = Int32Array.from({ length: width }, (_, at) => place * width + at);
  const name = names[place]!;
  if (node.opType === 'MultiHeadAttention') {
    const projection = projectionOf(book.flow, strip(book.flow, node.inputs[place] ?? ''));
    if (!projection) return false;
    const bias: BiasPart[] = node.inputs[3] ? [{ constant: node.inputs[3], index: columns, factor: 1 }] : [];
    addHeads(
      book,
      attn,
      name,
      projection,
      nHead,
      dHead,
      Int32Array.from({ length: width }, (_, at) => at),
      bias,
    );
    return true;
  }
  const bias: BiasPart[] = node.inputs[2] ? [{ constant: node.inputs[2], index: columns, factor: 1 }] : [];
  addHeads(book, attn, name, { node, input: node.inputs[0]! }, nHead, dHead, columns, bias);
  return true;
}

/** W_O [head, d_head, d_model] and b_O. */
export function addAttentionOutput(book: WeightBook, layer: number): void {
  const { flow } = book;
  const attn = `blocks.${layer}.attn`;
  const z = book.hook(`${attn}.hook_z`);
  const projection = z && productAfter(book, z.tensor);
  if (!z || !projection) {
    for (const name of ['W_O', 'b_O']) book.lack(`${attn}.${name}`, z ? 'no product reads hook_z' : book.whyNo(`${attn}.hook_z`));
    return;
  }
  const [heads, width] = [z.dims[2]!, z.dims[3]!];
  try {
    const rows = rowsOf(book, z, projection.input, heads * width);
    book.add(
      `${attn}.W_O`,
      ['head', 'd_head', 'd_model'],
      [heads, width, book.width(projection.output)],
      {
        kind: 'product',
        node: projection.node,
        ...(rows ? { rows } : {}),
      },
      'head-out',
    );
  } catch (error) {
    if (!(error instanceof Untracked)) throw error;
    book.lack(`${attn}.W_O`, error.message);
  }
  book.add(`${attn}.b_O`, ['d_model'], [flow.dry.dims(projection.output)?.at(-1) ?? 0], { kind: 'sum', parts: book.biasAfter(projection) });
}

/** Which row of the output matrix each value of z meets, by [head, d_head]; undefined where they are in order. */
function rowsOf(book: WeightBook, z: HookSite, input: string, size: number): Int32Array | undefined {
  return unlessIdentity(invert(trackHeads(book.flow, z, input)), size);
}

function invert(order: Int32Array): Int32Array {
  const inverse = new Int32Array(order.length);
  order.forEach((from, to) => (inverse[from] = to));
  return inverse;
}

/** The first product on the ways that lead on from a tensor, through reshapes and transposes. */
function productAfter(book: WeightBook, tensor: string): Projection | undefined {
  const { flow } = book;
  const queue = [tensor];
  for (let steps = 0; steps < 40; steps++) {
    const at = queue.shift();
    if (at === undefined) return undefined;
    for (const { node } of flow.index.consumers(at)) {
      for (const output of node.outputs) {
        if (!output || !flow.isContent(output)) continue;
        const projection = projectionOf(flow, output);
        if (projection) return projection;
        queue.push(output);
      }
    }
  }
  return undefined;
}
