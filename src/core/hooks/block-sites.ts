// SPDX-License-Identifier: MIT
import { DataType } from '../onnx/types.js';
import { attentionInput, mixForms, strandOf } from './attention-sites.js';
import type { Strand } from './attention-sites.js';
import type { Flow } from './flow.js';
import { findLayout } from './find-layout.js';
import { addFusedAttention } from './fused-sites.js';
import { mlpParts } from './mlp-parts.js';
import type { MlpParts } from './mlp-parts.js';
import { normOf } from './norm.js';
import type { Norm } from './norm.js';
import { projectionOf, source, strip } from './projection.js';
import type { Projection } from './projection.js';
import type { SiteBook } from './site-book.js';
import { leadsTo } from './stream.js';
import type { Addition, Block, Stream } from './stream.js';
import type { AttentionCore } from './cores.js';

/** What is needed to name the parts of a block. */
export interface BlockContext {
  flow: Flow;
  book: SiteBook;
  stream: Stream;
  block: Block;
  layer: number;
  dModel: number;
  batch: number;
  position: number;
}

/** What one block tells of the architecture. */
export interface BlockFacts {
  nHead: number;
  nKeyValueHead: number;
  dHead: number;
  mlp?: MlpParts;
  dMlp?: number;
  norm?: Norm;
  /** The stream goes through norms after the additions. */
  postNorm: boolean;
  rotary: boolean;
  /** What leaves the block for the next: the last sum, or its norm. */
  output: string;
}

/** The context of a block that has an attention. */
export interface AttentionContext extends BlockContext {
  core: AttentionCore;
}

/** What the attention tells. */
export type AttentionFacts = Omit<BlockFacts, 'postNorm' | 'output' | 'mlp' | 'dMlp'>;

/** Names everything in one block. */
export function addBlockSites(context: BlockContext): BlockFacts {
  const { flow, book, block, layer, dModel, stream } = context;
  const prefix = `blocks.${layer}`;
  const lengths = { d: dModel };
  const isLast = stream.blocks.at(-1) === block;
  const postNorm = block.attention.norm !== undefined && !(isLast && block.parallel) && block.mlp !== undefined;
  const { core } = block;
  const attentionTerm =
    (core && block.attention.terms.find((term) => leadsTo(flow, core.z, term, block.input))) ?? block.attention.terms[0]!;

  book.add(`${prefix}.hook_resid_pre`, block.input, { lengths });
  const facts = core ? addAttention({ ...context, core }, attentionTerm) : lackAttention(context);
  if (core) addSum(context, `${prefix}.hook_attn_out`, block.attention, attentionTerm);
  if (block.parallel) {
    book.lack(`${prefix}.hook_resid_mid`, 'the blocks are parallel: attention and MLP read the same stream, so there is no resid_mid');
  } else {
    book.add(`${prefix}.hook_resid_mid`, block.attention.sum, { lengths });
    if (postNorm && block.attention.norm) addPostNorm(context, 'mid', block.attention.norm);
    else book.lack(`${prefix}.hook_normalized_resid_mid`, 'the model is pre-norm: the stream itself is never normalised');
  }
  addPostSublayerNorm(context, 'ln1_post', attentionTerm);
  if (!core) addMixerNorm(context, 'ln1', block.input, attentionTerm);

  const mlp = addMlp(context, postNorm, facts.norm);
  const end = block.mlp ?? block.attention;
  book.add(`${prefix}.hook_resid_post`, end.sum, { lengths });
  if (postNorm && block.mlp?.norm) addPostNorm(context, 'post', block.mlp.norm);
  const output = postNorm ? (end.norm?.output ?? end.sum) : end.sum;
  return { ...facts, ...mlp, postNorm, output };
}

function addPostNorm({ book, layer, dModel }: BlockContext, where: 'mid' | 'post', norm: Norm): void {
  const prefix = `blocks.${layer}`;
  const name = where === 'mid' ? 'ln1' : 'ln2';
  book.addNorm(`${prefix}.${name}`, norm, dModel);
  book.add(`${prefix}.${name}.out`, norm.output, { lengths: { d: dModel } });
  book.add(`${prefix}.hook_normalized_resid_${where}`, norm.output, { lengths: { d: dModel } });
}

/** A term of a sum; in fused residual norms its bias may hide in the node. */
function addSum({ flow, book, dModel }: BlockContext, name: string, addition: Addition, term: string): void {
  const sum = flow.node(addition.sum.split('\u0000')[0]!);
  if (sum?.opType === 'SkipLayerNormalization' && sum.inputs[4]) {
    book.lack(name, 'its bias is added inside the fused node SkipLayerNormalization');
    return;
  }
  book.add(name, term, { lengths: { d: dModel } });
}

/** Gemma 2 and the like: a norm between a sublayer and its addition to the stream. */
function addPostSublayerNorm({ flow, book, layer, dModel }: BlockContext, name: string, term: string): void {
  const norm = normOf(flow, term);
  if (!norm) return;
  book.addNorm(`blocks.${layer}.${name}`, norm, dModel);
  book.add(`blocks.${layer}.${name}.out`, term, { lengths: { d: dModel } });
}

/** The norm of the stream that a sublayer reads, whatever the sublayer is. */
function addMixerNorm({ flow, book, layer, dModel }: BlockContext, name: 'ln1' | 'ln2', base: string, term: string): void {
  const norms = flow.between(base, term).flatMap((tensor) => {
    const norm = normOf(flow, tensor);
    return norm && source(flow, norm.input) === source(flow, base) ? [{ ...norm, output: tensor }] : [];
  });
  const norm = norms.sort((one, two) => flow.depth(two.output) - flow.depth(one.output))[0];
  if (!norm) return;
  book.addNorm(`blocks.${layer}.${name}`, { ...norm, input: base }, dModel);
  book.add(`blocks.${layer}.${name}.out`, norm.output, { lengths: { d: dModel } });
}

/** A block whose mixer is not attention: linear attention, a convolution, a recurrence. */
function lackAttention({ book, layer }: BlockContext): AttentionFacts {
  const because =
    'positions are mixed by something other than softmax attention in this block (linear attention, convolution or recurrence)';
  const names = ['q', 'k', 'v', 'rot_q', 'rot_k', 'attn_scores', 'pattern', 'z', 'result'].map((name) => `attn.hook_${name}`);
  for (const name of [...names, 'hook_attn_out', 'attn.q_norm.out', 'attn.k_norm.out']) book.lack(`blocks.${layer}.${name}`, because);
  return { nHead: 0, nKeyValueHead: 0, dHead: 0, rotary: false };
}

function addAttention(context: AttentionContext, term: string): AttentionFacts {
  const { flow, book, block, layer, dModel, position, core } = context;
  const prefix = `blocks.${layer}`;
  const out = outProjection(flow, term, core.z, block.input);
  if (core.fused) return addFusedAttention(context, out, (strand) => addInputNorm(context, strand));

  const scoresDims = flow.dry.dims(core.scores!);
  const keyLength = scoresDims?.at(-1) ?? 0;
  const dHead = flow.dry.dims(core.z)?.at(-1) ?? 0;
  const dKey = flow.dry.dims(core.q)?.at(-1) ?? dHead;
  // Scores may be [b h q k], [(b h) q k] or [b (q h) k]: their size tells the number of heads in any case.
  const nHead = headsOf(context, core.scores, keyLength) ?? 0;

  const q = strandOf(flow, core.q, block.input);
  const k = core.k === undefined ? undefined : strandOf(flow, core.k, block.input);
  const v = core.v === undefined ? undefined : strandOf(flow, core.v, block.input);
  const norm = q ? addInputNorm(context, q) : undefined;
  const nKeyValueHead = headsOf(context, k?.forms[0], dKey) ?? nHead;
  const lengthsQ = { h: nHead, d: dKey };
  const lengthsK = { h: nKeyValueHead, d: dKey };
  const lengthsV = { h: headsOf(context, v?.forms[0], dHead) ?? nKeyValueHead, d: dHead };
  const attn = `${prefix}.attn`;
  const unfound = 'no projection (MatMul or Gemm with a weight) was found on its way to the scores';
  if (!book.addFirst(`${attn}.hook_q`, q?.forms, { lengths: lengthsQ })) book.lack(`${attn}.hook_q`, unfound);
  if (!book.addFirst(`${attn}.hook_k`, k?.forms, { lengths: lengthsK })) book.lack(`${attn}.hook_k`, unfound);
  if (!book.addFirst(`${attn}.hook_v`, v?.forms, { lengths: lengthsV })) book.lack(`${attn}.hook_v`, unfound);
  const steps: [string, string | undefined, Record<string, number>, string][] = [
    ['q_norm.out', q?.normed, lengthsQ, 'queries are not normalised'],
    ['k_norm.out', k?.normed, lengthsK, 'keys are not normalised'],
    ['hook_rot_q', q?.rotated, lengthsQ, 'queries are not rotated by position'],
    ['hook_rot_k', k?.rotated, lengthsK, 'keys are not rotated by position'],
  ];
  for (const [name, tensor, lengths, because] of steps) {
    if (tensor === undefined || !book.add(`${attn}.${name}`, tensor, { lengths })) book.lack(`${attn}.${name}`, because);
  }
  const square = { h: nHead, q: position, k: keyLength };
  book.add(`${attn}.hook_attn_scores`, core.scores, { lengths: square });
  book.addFirst(`${attn}.hook_pattern`, spread(flow, core.patterns ?? []), { lengths: square });
  addMix(context, out, nHead, dHead);
  addResult(context, out, nHead, dHead, dModel);
  return { nHead, nKeyValueHead, dHead, rotary: q?.rotated !== undefined, ...(norm ? { norm } : {}) };
}

/** Forms with four axes first: in "b (q h) k" the order of queries and heads cannot be told from the dims. */
const spread = (flow: Flow, tensors: readonly string[]): string[] => {
  const apart = (tensor: string): boolean => flow.dry.dims(tensor)?.length === 4;
  return [...tensors.filter(apart).reverse(), ...tensors.filter((tensor) => !apart(tensor)).reverse()];
};

/** The output projection: the first after z on the way to the term. */
function outProjection(flow: Flow, term: string, z: string, stop: string): Projection | undefined {
  return flow
    .chain(term, stop)
    .map((tensor) => projectionOf(flow, tensor))
    .filter((projection) => projection !== undefined && leadsTo(flow, z, projection.output, stop))
    .at(-1);
}

/** Names ln1 where the attention reads a norm of the stream. */
export function addInputNorm(context: BlockContext, strand: Strand): Norm | undefined {
  const { flow, book, block, layer, dModel } = context;
  const input = attentionInput(flow, strand);
  if (strip(flow, block.input) === input) return undefined;
  const norm = normOf(flow, input);
  const prefix = `blocks.${layer}.ln1`;
  if (!norm) {
    book.lack(`${prefix}.out`, 'what the attention reads is neither the stream nor a norm of it');
    return undefined;
  }
  book.addNorm(prefix, { ...norm, input: block.input }, dModel);
  book.add(`${prefix}.out`, input, { lengths: { d: dModel } });
  return norm;
}

/** How many heads of a given width a tensor of keys or values holds. */
export function headsOf({ flow, batch, position }: BlockContext, tensor: string | undefined, width: number): number | undefined {
  const size = tensor === undefined ? undefined : flow.dry.size(tensor);
  const heads = size === undefined ? NaN : size / (batch * position * width);
  return Number.isInteger(heads) && heads > 0 ? heads : undefined;
}

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
  if (!mix || !out || strip(flow, out.input) === undefined) {
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
    editable: false,
    notEditableBecause: 'it is computed from hook_z and the output matrix; edit hook_z instead',
    derived: { kind: 'head-result', weight: out.weight, transposed: out.transposed, nHead, dHead, dModel },
  });
}

function addMlp(context: BlockContext, postNorm: boolean, attentionNorm: Norm | undefined): { mlp?: MlpParts; dMlp?: number } {
  const { flow, book, block, layer, dModel } = context;
  const prefix = `blocks.${layer}`;
  const names = ['mlp.hook_pre', 'mlp.hook_post', 'hook_mlp_out', 'ln2.out'];
  const { core } = block;
  const term = block.mlp?.terms.find((candidate) => !block.parallel || !core || !leadsTo(flow, core.z, candidate, block.input));
  if (!block.mlp || term === undefined) {
    for (const name of names)
      book.lack(`${prefix}.${name}`, 'no addition to the stream follows that of the attention: this block has no MLP');
    return {};
  }
  const stop = block.parallel ? block.input : block.mlp.base;
  const parts = mlpParts(flow, term, stop);
  if (!parts) {
    addSum(context, `${prefix}.hook_mlp_out`, block.mlp, term);
    if (!block.parallel && !postNorm) addMixerNorm(context, 'ln2', block.mlp.base, term);
    for (const name of names) book.lack(`${prefix}.${name}`, 'the second sublayer is not two matrices with an activation between them');
    return {};
  }
  const dMlp = flow.dry.dims(parts.post)?.at(-1);
  if (!postNorm) addSecondNorm(context, parts, stop, attentionNorm);
  const lengths = { d: dMlp ?? 0 };
  if (parts.hidden) book.lack(`${prefix}.mlp.hook_pre`, parts.hidden);
  else if (!book.add(`${prefix}.mlp.hook_pre`, parts.pre, { lengths }))
    book.lack(`${prefix}.mlp.hook_pre`, 'what the activation reads was not found');
  if (parts.linear === undefined)
    book.lack(`${prefix}.mlp.hook_pre_linear`, 'the MLP has no gate: it is two matrices with an activation between them');
  else book.add(`${prefix}.mlp.hook_pre_linear`, parts.linear, { lengths });
  book.add(`${prefix}.mlp.hook_post`, parts.post, { lengths });
  addSum(context, `${prefix}.hook_mlp_out`, block.mlp, term);
  addPostSublayerNorm(context, 'ln2_post', term);
  return { mlp: parts, ...(dMlp === undefined ? {} : { dMlp }) };

  function addSecondNorm(at: BlockContext, mlp: MlpParts, from: string, shared: Norm | undefined): void {
    const input = mlp.input;
    const norm = input === undefined || strip(flow, from) === input ? undefined : normOf(flow, input);
    if (!norm || input === undefined) {
      at.book.lack(`${prefix}.ln2.out`, 'the MLP reads the stream without a norm of its own');
      return;
    }
    const own = at.book.sites.get(`${prefix}.ln1.out`)?.tensor;
    if (shared && own === input) {
      for (const name of ['out', 'hook_scale', 'hook_normalized']) {
        at.book.lack(`${prefix}.ln2.${name}`, 'attention and MLP read the same norm, which is ln1');
      }
      return;
    }
    at.book.addNorm(`${prefix}.ln2`, { ...norm, input: from }, dModel);
    at.book.add(`${prefix}.ln2.out`, input, { lengths: { d: dModel } });
  }
}
