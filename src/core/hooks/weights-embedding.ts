// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';
import type { WeightBook } from './weight-book.js';
import { addNormWeights } from './weights-norm.js';
import { isPassing } from './projection.js';

/** W_E [d_vocab, d_model], W_pos [n_ctx, d_model], W_token_type, and the norm of the embedding. */
export function addEmbeddingWeights(book: WeightBook): void {
  const fused = fusedEmbedding(book);
  const tables = [
    ['embed.W_E', 'hook_embed', 'd_vocab', 2],
    ['pos_embed.W_pos', 'hook_pos_embed', 'pos', 3],
    ['token_type_embed.W_token_type', 'hook_token_type_embed', 'token_type', 4],
  ] as const;
  for (const [name, hook, axis, input] of tables) {
    const site = book.hook(hook);
    const found = fused ? { constant: fused.inputs[input] ?? '', factor: 1 } : site ? tableBehind(book, site.tensor) : undefined;
    const dims = found && book.flow.dry.dims(found.constant);
    if (found && dims && dims.length >= 2) {
      book.add(name, [axis, 'd_model'], [dims.at(-2)!, dims.at(-1)!], { kind: 'table', ...found });
    } else if (axis !== 'token_type') book.lack(name, site ? 'the table that it is looked up in was not found' : book.whyNo(hook));
  }
  addNormWeights(book, 'embed.ln', 'hook_full_embed');
}

function fusedEmbedding(book: WeightBook): OnnxNode | undefined {
  const site = book.hook('hook_full_embed');
  const node = site && book.flow.node(site.tensor);
  return node?.opType === 'EmbedLayerNormalization' ? node : undefined;
}

/** The table behind a look-up, what dequantises its rows, and the constant factor after it. */
function tableBehind(book: WeightBook, tensor: string): { constant: string; dequantise?: OnnxNode; factor: number } | undefined {
  const { flow } = book;
  let factor = 1;
  let dequantise: OnnxNode | undefined;
  let at = tensor;
  for (let step = 0; step < 10; step++) {
    if (!flow.isVarying(at) && flow.index.constant(at)) return { constant: at, factor, ...(dequantise ? { dequantise } : {}) };
    const node = flow.node(at);
    if (!node) return undefined;
    if (node.opType === 'DequantizeLinear') dequantise = node;
    else if (node.opType === 'Mul') {
      const scalar = node.inputs.map((operand) => flow.dry.scalar(operand)).find((value) => value !== undefined);
      const other = node.inputs.find((operand) => flow.dry.scalar(operand) === undefined);
      if (scalar === undefined || other === undefined) return undefined;
      factor *= scalar;
      at = other;
      continue;
    } else if (!isPassing(node) && !['Gather', 'Slice', 'Expand', 'Transpose'].includes(node.opType)) return undefined;
    at = node.inputs[0] ?? '';
  }
  return undefined;
}

/** W_U [d_model, d_vocab] and b_U. */
export function addHeadWeights(book: WeightBook): void {
  const site = book.hook('logits');
  const projection = site && book.productBefore(site.tensor);
  if (!projection) {
    for (const name of ['W_U', 'b_U']) book.lack(`unembed.${name}`, site ? 'no product was found before the logits' : book.whyNo('logits'));
    return;
  }
  const [dModel, dVocab] = [book.width(projection.input), book.width(projection.output)];
  book.add('unembed.W_U', ['d_model', 'd_vocab'], [dModel, dVocab], { kind: 'product', node: projection.node });
  book.add('unembed.b_U', ['d_vocab'], [dVocab], { kind: 'sum', parts: book.biasAfter(projection) });
}
