// SPDX-License-Identifier: MIT
import { DataType } from '../onnx/types.js';
import type { AttentionContext } from './block-context.js';
import { findLayout } from './find-layout.js';
import type { Projection } from './projection.js';
import { mixForms } from './strand.js';

const isFloat = (type: number): boolean => ![DataType.uint8, DataType.int8, DataType.int32].includes(type as never);

/** z, in the form nearest to the hook's axes. */
export function addMix(context: AttentionContext, out: Projection | undefined, nHead: number, dHead: number): void {
  const { flow, book, core, layer } = context;
  const name = `blocks.${layer}.attn.hook_z`;
  const forms = out ? mixForms(flow, core, out.input) : [core.z];
  const lengths = { h: nHead, d: dHead };
  const atoms = book.atoms(['b', 's', 'h', 'd'], lengths);
  const wanted = ['b s h d', 'b s (h d)', 'b h s d'];
  const ranked = forms
    .filter((tensor) => isFloat(flow.dry.fact(tensor).type))
    .map((tensor) => ({ tensor, rank: wanted.indexOf(findLayout(flow.dry.dims(tensor) ?? [], atoms) ?? '') }))
    .filter(({ rank }) => rank >= 0)
    .sort((one, two) => one.rank - two.rank);
  book.add(name, ranked[0]?.tensor ?? core.z, { lengths });
}

/** What each head adds to the stream: z times its rows of the output matrix. */
export function addResult(context: AttentionContext, out: Projection | undefined, nHead: number, dHead: number, dModel: number): void {
  const { flow, book, core, layer } = context;
  const name = `blocks.${layer}.attn.hook_result`;
  const mix = book.sites.get(`blocks.${layer}.attn.hook_z`);
  if (!mix || !out) {
    book.lack(name, 'the output projection of the attention was not found');
    return;
  }
  if (!mixForms(flow, core, out.input).includes(out.input)) {
    book.lack(name, 'something other than a reshape lies between z and the output projection');
    return;
  }
  if (out.packed || !out.weight) {
    book.lack(name, `the output matrix is stored quantised (${out.packed ?? 'packed'}), so that it cannot be split by head here`);
    return;
  }
  book.sites.set(name, {
    ...mix,
    name,
    axes: ['batch', 'pos', 'head', 'd_model'],
    dims: [null, null, nHead, dModel],
    editable: false,
    notEditableBecause: 'it is computed from hook_z and the output matrix; edit hook_z instead',
    derived: { kind: 'head-result', weight: out.weight, transposed: out.transposed, nHead, dHead, dModel },
  });
}
