// SPDX-License-Identifier: MIT
import type { BlockFacts } from './block-sites.js';
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
    position: rotary ? 'rotary' : embedding.learned ? 'learned' : hasRelativeBias(flow, stream) ? 'relative' : 'none',
    causal,
  };
}

const firstCore = (stream: Stream): AttentionCore | undefined => stream.blocks.find(({ core }) => core)?.core;

/** Everything that the scores of the first attention are computed from and that is not content: masks and biases. */
function maskNodes(flow: Flow, stream: Stream): { opType: string; outputs: string[] }[] {
  const core = firstCore(stream);
  if (core?.scores === undefined) return [];
  const product = flow.chain(core.scores).find((tensor) => ['MatMul', 'FusedMatMul', 'Einsum'].includes(flow.node(tensor)?.opType ?? ''));
  const found: { opType: string; outputs: string[] }[] = [];
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
      found.push({ opType: table.dims.length >= 2 && rows === columns && rows! > 1 ? 'SquareTable' : 'Constant', outputs: [at] });
    } else if (node) {
      found.push(node);
      // Distances that a table of biases is looked up by are compared too, but mask nothing.
      const lookUp = node.opType === 'Gather' && !flow.isVarying(node.inputs[0] ?? '') && flow.dry.dims(node.inputs[0] ?? '')?.length === 2;
      if (node.opType !== 'Shape' && !lookUp) queue.push(...node.inputs);
    }
  }
  return found;
}

const triangular = new Set(['Trilu', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'SquareTable']);

/** Whether positions are kept from seeing later ones. */
function isCausal(flow: Flow, stream: Stream): boolean {
  const core = firstCore(stream);
  if (core?.fused) {
    const causalOnly = ['GroupQueryAttention', 'SparseAttention', 'PagedAttention'].includes(core.fused.opType);
    return causalOnly || ['unidirectional', 'is_causal'].some((name) => core.fused?.attributes.get(name)?.int === 1);
  }
  if (flow.index.graph.outputs.some(({ name }) => /^present/.test(name))) return true;
  return maskNodes(flow, stream).some(({ opType }) => triangular.has(opType));
}

/** A table looked up by distance and added to the scores. */
function hasRelativeBias(flow: Flow, stream: Stream): boolean {
  return maskNodes(flow, stream).some(({ opType, outputs }) => {
    const node = opType === 'Gather' ? flow.node(outputs[0]!) : undefined;
    const table = node ? flow.dry.dims(node.inputs[0] ?? '') : undefined;
    return table?.length === 2 && table[1] === flow.dry.dims(firstCore(stream)?.scores ?? '')?.at(-3);
  });
}
