// SPDX-License-Identifier: MIT
import { projectionOf, strip } from './projection.js';
import type { Projection } from './projection.js';
import { unlessIdentity, type WeightBook } from './weight-book.js';

/** W_in and W_gate [d_model, d_mlp], W_out [d_mlp, d_model] and their biases. */
export function addMlpWeights(book: WeightBook, layer: number): void {
  const mlp = `blocks.${layer}.mlp`;
  const gated = book.hook(`${mlp}.hook_pre_linear`) !== undefined;
  if (gated) {
    addFirst(book, mlp, 'gate', `${mlp}.hook_pre`);
    addFirst(book, mlp, 'in', `${mlp}.hook_pre_linear`);
  } else {
    addFirst(book, mlp, 'in', `${mlp}.hook_pre`);
    for (const name of ['W_gate', 'b_gate']) book.lack(`${mlp}.${name}`, 'the MLP has no gate');
  }
  const post = book.hook(`${mlp}.hook_post`);
  const out = post && reader(book, post.tensor);
  if (!out) {
    for (const name of ['W_out', 'b_out'])
      book.lack(`${mlp}.${name}`, post ? 'no product reads hook_post' : book.whyNo(`${mlp}.hook_post`));
    return;
  }
  const [dMlp, dModel] = [book.width(out.input), book.width(out.output)];
  book.add(`${mlp}.W_out`, ['d_mlp', 'd_model'], [dMlp, dModel], { kind: 'product', node: out.node });
  book.add(`${mlp}.b_out`, ['d_model'], [dModel], { kind: 'sum', parts: book.biasAfter(out) });
}

function addFirst(book: WeightBook, mlp: string, name: 'in' | 'gate', hook: string): void {
  const site = book.hook(hook);
  // A fused activation hides hook_pre, but not the product before it.
  const anchor = site?.tensor ?? book.hook(`${mlp}.hook_post`)?.tensor;
  const projection = anchor === undefined ? undefined : book.productBefore(anchor);
  const found = !projection
    ? book.whyNo(hook)
    : site
      ? book.columnsOf(projection, site)
      : { columns: undefined, biases: book.biasAfter(projection) };
  if (typeof found === 'string') {
    for (const what of ['W', 'b']) book.lack(`${mlp}.${what}_${name}`, found);
    return;
  }
  const whole = book.width(projection!.output);
  const width = site?.dims.at(-1) ?? whole;
  const map = found.columns && unlessIdentity(found.columns, whole);
  book.add(`${mlp}.W_${name}`, ['d_model', 'd_mlp'], [book.width(projection!.input), width], {
    kind: 'product',
    node: projection!.node,
    ...(map ? { columns: map } : {}),
  });
  book.add(`${mlp}.b_${name}`, ['d_mlp'], [width], { kind: 'sum', parts: found.biases });
}

/** The product that reads a tensor, through casts and reshapes and the quantising of activations. */
function reader(book: WeightBook, tensor: string): Projection | undefined {
  const { flow } = book;
  const queue = [tensor];
  for (let steps = 0; steps < 20; steps++) {
    const at = queue.shift();
    if (at === undefined) return undefined;
    for (const { node } of flow.index.consumers(at)) {
      const output = node.outputs[0] ?? '';
      if (!flow.isContent(output)) continue;
      const projection = projectionOf(flow, output);
      if (projection && (strip(flow, projection.input) === strip(flow, tensor) || projection.input === tensor)) return projection;
      queue.push(output);
    }
  }
  return undefined;
}
