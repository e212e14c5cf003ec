// SPDX-License-Identifier: MIT
import type { BlockFacts } from './block-context.js';
import type { AttentionCore } from './cores.js';
import type { EmbeddingFacts } from './embedding-sites.js';
import type { Flow } from './flow.js';
import type { HeadFacts } from './head-sites.js';
import type { Architecture } from './types.js';
import type { Stream } from './stream.js';

/** What the structure says of the model as a whole. */
export function describeArchitecture(context: {
  flow: Flow;
  stream: Stream;
  blocks: readonly BlockFacts[];
  embedding: EmbeddingFacts;
  head: HeadFacts;
  dModel: number;
  output: string;
  config: Record<string, unknown>;
}): Architecture {
  const { flow, stream, blocks, embedding, head, dModel } = context;
  const first = blocks.find((block) => block.nHead > 0) ?? blocks[0];
  const norm = first!.norm ?? head.norm ?? stream.blocks[0]!.attention.norm;
  const causal = isCausal(flow, stream);
  const vision = flow.index.graph.inputs.some(({ name }) => name === 'pixel_values');
  const hasCache = flow.index.graph.outputs.some(({ name }) => /^present/.test(name));
  const mlp = blocks.find((block) => block.mlp)?.mlp;
  const rotary = blocks.some((block) => block.rotary);
  return {
    family: vision ? 'vision' : causal && (hasCache || head.head) ? 'decoder' : 'encoder',
    nLayer: blocks.length,
    nHead: first!.nHead,
    nKeyValueHead: first!.nKeyValueHead,
    dHead: first!.dHead,
    dModel,
    dMlp: blocks.find((block) => block.dMlp !== undefined)?.dMlp ?? null,
    dVocab: head.dVocab,
    norm: norm ? (norm.centred ? 'layer' : 'rms') : 'none',
    normPosition: first!.postNorm ? 'post' : 'pre',
    activation: mlp?.activation ?? 'none',
    gated: mlp?.linear !== undefined,
    parallel: stream.blocks[0]!.parallel,
    position: rotary ? 'rotary' : embedding.learned ? 'learned' : hasRelativeBias(flow, stream, first!.nHead) ? 'relative' : 'none',
    causal,
  };
}

const firstCore = (stream: Stream): AttentionCore | undefined => stream.blocks.find(({ core }) => core)?.core;

/** One step of the making of a mask. */
interface MaskNode {
  opType: string;
  inputs: string[];
}

/** Everything that the scores of the first attention are computed from and that is not content: masks and biases. */
function maskNodes(flow: Flow, stream: Stream): MaskNode[] {
  const core = firstCore(stream);
  if (core?.scores === undefined) return [];
  const product = flow.chain(core.scores).find((tensor) => ['MatMul', 'FusedMatMul', 'Einsum'].includes(flow.node(tensor)?.opType ?? ''));
  const found: MaskNode[] = [];
  const seen = new Set<string>();
  const queue: string[] = [];
  for (const tensor of flow.chain(core.scores, product)) {
    if (tensor !== product) queue.push(...(flow.node(tensor)?.inputs ?? []).filter((name) => !flow.isContent(name)));
  }
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === '' || seen.has(at)) continue;
    seen.add(at);
    const node = flow.node(at);
    const table = flow.index.constant(at);
    if (table) {
      const [rows, columns] = table.dims.slice(-2);
      found.push({ opType: table.dims.length >= 2 && rows === columns && rows! > 1 ? 'SquareTable' : 'Constant', inputs: [] });
    } else if (node) {
      found.push(node);
      // Distances that a table of biases is looked up by are compared too, but mask nothing.
      const lookUp = node.opType === 'Gather' && !flow.isVarying(node.inputs[0] ?? '') && flow.dry.dims(node.inputs[0] ?? '')?.length === 2;
      if (node.opType !== 'Shape' && !lookUp) queue.push(...node.inputs);
    }
  }
  return found;
}

const comparisons = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);

/** A step that makes a triangle: of query and key positions compared with each other, cut out, or stored. */
function isTriangular(flow: Flow, { opType, inputs }: MaskNode): boolean {
  if (opType === 'Trilu' || opType === 'SquareTable') return true;
  return comparisons.has(opType) && inputs.every((operand) => (flow.dry.size(operand) ?? 2) > 1);
}

/** Whether positions are kept from seeing later ones. */
function isCausal(flow: Flow, stream: Stream): boolean {
  const core = firstCore(stream);
  if (core?.fused) {
    const causalOnly = ['GroupQueryAttention', 'SparseAttention', 'PagedAttention'].includes(core.fused.opType);
    return causalOnly || ['unidirectional', 'is_causal'].some((name) => core.fused?.attributes.get(name)?.int === 1);
  }
  if (flow.index.graph.outputs.some(({ name }) => /^present/.test(name))) return true;
  return maskNodes(flow, stream).some((node) => isTriangular(flow, node));
}

/** A bias of its own for every head is added to the scores, by distance (T5, MPNet, ALiBi). */
function hasRelativeBias(flow: Flow, stream: Stream, nHead: number): boolean {
  const scores = firstCore(stream)?.scores;
  if (scores === undefined || nHead < 2) return false;
  return flow
    .chain(scores)
    .slice(0, 12)
    .some((tensor) => {
      const node = flow.node(tensor);
      const bias = node?.opType === 'Add' ? node.inputs.find((operand) => !flow.isContent(operand)) : undefined;
      const rows = bias === undefined ? undefined : flow.dry.dims(bias)?.at(-3);
      return rows === nHead || rows === nHead * flow.dry.sizes.batch;
    });
}
