// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { GraphIndex } from '../onnx/graph.js';
import type { ExternalResolver } from '../onnx/tensor-data.js';
import type { OnnxGraph } from '../onnx/types.js';
import { describeArchitecture } from './architecture.js';
import { addBlockSites } from './block-sites.js';
import { findCores } from './cores.js';
import { DryRun } from './dry-run.js';
import { completeMissing } from './expected-names.js';
import { addEmbeddingSites } from './embedding-sites.js';
import type { AttentionCore } from './cores.js';
import { Flow, isSkipNorm, skipSum } from './flow.js';
import { addHeadSites, mainOutputs } from './head-sites.js';
import { SiteBook } from './site-book.js';
import { findStream } from './stream.js';
import type { Stream } from './stream.js';
import type { HookTable } from './types.js';

/** Options of {@link findHooks}. */
export interface FindOptions {
  /** The model's config.json: a hint for what the graph leaves open (image size, head counts). The graph decides. */
  config?: Record<string, unknown>;
  /** Bytes of constants that lie in another file. Without it a few scales and epsilons may stay unknown; weights are never read. */
  resolve?: ExternalResolver;
}

/**
 * Finds every place in a graph that has a TransformerLens name, by structure alone: attention is where a softmax weighs a second
 * activation, the residual stream is what everything between embedding and output passes through, and each name follows from
 * how it lies between the two. Names of nodes and tensors are not looked at; those of graph inputs and outputs are, for they
 * are the interface to transformers.js.
 *
 * What a model has not, or hides inside a fused operator, is listed in `missing` with the reason. A graph is never changed.
 *
 * @param graph - with `If` on `use_cache_branch` inlined (`inlineIf`), if it had one
 * @throws VitrineError `unsupported-model` where no attention feeds a residual stream
 * @example
 * const table = findHooks(readModel(bytes).graph, { config });
 * table.sites.get('blocks.3.attn.hook_pattern')?.tensor;
 */
export function findHooks(graph: OnnxGraph, options: FindOptions = {}): HookTable {
  const index = new GraphIndex(graph);
  const dry = new DryRun(index, options.config, options.resolve);
  const flow = new Flow(graph, index, dry);
  const cores = findCores(flow);
  const best = bestStream(flow, cores);
  const first = best?.stream.blocks[0];
  if (!best || !first) throw noAttention(graph, cores.length);
  const { output, stream } = best;

  const dims = dry.dims(first.input);
  const dModel = dims?.at(-1) ?? 0;
  const { batch, position } = extentOf(dims, dry.sizes.batch);
  const book = new SiteBook(flow, { batch, position });
  const embedding = addEmbeddingSites(flow, book, first.input, dModel);
  const blocks = stream.blocks.map((block, layer) => addBlockSites({ flow, book, stream, block, layer, dModel, batch, position }));
  const head = addHeadSites({ flow, book, stream, blocks, output, dModel, position });
  completeMissing(book, stream, blocks);
  const architecture = describeArchitecture({ flow, stream, blocks, embedding, head, dModel, output, config: options.config ?? {} });
  const table = { architecture, sites: book.sites, missing: book.missing, cuts: head.cuts, ...(head.head ? { head: head.head } : {}) };
  flows.set(table, flow);
  return table;
}

const flows = new WeakMap<HookTable, Flow>();

/** The flow that a table was found in. It is kept as long as its table, since weights are looked for in it later. */
export function flowOf(table: HookTable): Flow | undefined {
  return flows.get(table);
}

/**
 * The stream with the most blocks: that of an output (of several towers, as in CLIP, the likeliest one), or, where outputs mix what
 * several blocks give (depth estimation, weighted layers), that of an addition inside.
 */
function bestStream(flow: Flow, cores: readonly AttentionCore[]): { output: string; stream: Stream } | undefined {
  const outputs = mainOutputs(flow, cores).slice(0, 8);
  const longest = (targets: readonly string[]): { output: string; stream: Stream } | undefined => {
    const streams = targets.map((output) => ({ output, stream: findStream(flow, cores, output) }));
    return streams.reduce<(typeof streams)[number] | undefined>(
      (best, one) => (one.stream.blocks.length > (best?.stream.blocks.length ?? 0) ? one : best),
      undefined,
    );
  };
  const best = longest(outputs);
  const blocks = best?.stream.blocks.length ?? 0;
  if (blocks >= cores.filter(({ cross }) => !cross).length) return best;
  const inner = longest(lastAdditions(flow, cores));
  return inner && inner.stream.blocks.length > blocks ? inner : best;
}

/** Additions of two activations, the last ones of the graph first. */
function lastAdditions(flow: Flow, cores: readonly AttentionCore[]): string[] {
  const last = cores.at(-1);
  const sums = [...flow.index.topologicalOrder()]
    .reverse()
    .filter((node) => (node.opType === 'Add' && node.inputs.every((operand) => flow.isContent(operand))) || isSkipNorm(node))
    .map((node) => (node.opType.startsWith('Skip') ? skipSum(node) : node.outputs[0]!));
  // The two additions after the last attention are enough; there are others around them.
  const at = last ? sums.findIndex((sum) => flow.depth(sum) < flow.depth(last.z)) : -1;
  return sums.slice(0, Math.max(40, at));
}

/** Lengths of batch and position in the stream: [batch, pos, d], [pos, batch, d], or flattened. */
function extentOf(dims: readonly number[] | undefined, batch: number): { batch: number; position: number } {
  const [one = 0, two = 0] = dims ?? [];
  if (dims?.length === 3) return { batch, position: one !== batch && two === batch ? one : two };
  // Rows that are no multiple of the batch are one long sequence (packed image patches).
  return one % batch === 0 && one !== batch ? { batch, position: one / batch } : { batch: 1, position: one };
}

function noAttention(graph: OnnxGraph, cores: number): VitrineError {
  const operators = [...new Set(graph.nodes.map(({ opType }) => opType))].slice(0, 8).join(', ');
  const found = cores > 0 ? `${cores} attentions, but none that adds to a residual stream` : 'none';
  const branches = graph.nodes.some(({ opType }) => opType === 'If')
    ? ' There are If nodes: inline the branch to look into (inlineIf) first.'
    : '';
  return new VitrineError(
    'unsupported-model',
    'Looked for attention (a Softmax of queries times keys that weighs values, or a fused attention operator) between an embedding of ' +
      `input_ids, inputs_embeds or pixel_values and an output, and found ${found}. The graph has ${graph.nodes.length} nodes (${operators}, ...). ` +
      'Open a file that holds the transformer itself, such as onnx/model.onnx or onnx/decoder_model_merged.onnx (with its If inlined).' +
      branches,
  );
}
