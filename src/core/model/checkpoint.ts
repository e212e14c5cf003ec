// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { typeName } from '../runtime/element-types.js';
import { floatToHalf } from '../runtime/float16.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { Chain } from '../stages/chain.js';
import type { BatchShape } from './materialise.js';
import type { PreparedInput } from './model-input.js';
import type { Tensor } from './tensor.js';
import type { Tokens } from './tokens.js';

/** A run that stands before a block, to be continued any number of times: see `HookedModel.checkpoint`. */
export interface Checkpoint {
  /** The block that runs next; nLayer is the head. */
  layer: number;
  tokens: Tokens | undefined;
  /** Frees what is on a GPU; nothing else needs it. */
  dispose(): void;
  /** @internal */
  readonly known: ReadonlyMap<string, RuntimeTensor>;
  /** @internal */
  readonly shape: BatchShape;
}

/** A checkpoint of these tensors. */
export function makeCheckpoint(
  layer: number,
  input: Pick<PreparedInput, 'tokens' | 'shape'>,
  known: ReadonlyMap<string, RuntimeTensor>,
): Checkpoint {
  const dispose = (): void => {
    for (const tensor of known.values()) if (tensor.location === 'gpu-buffer') tensor.dispose?.();
  };
  return { layer, tokens: input.tokens, shape: input.shape, known, dispose };
}

/**
 * What a run from block `layer` on needs besides the stream (masks, rotary tables), computed without running the blocks before.
 * Undefined where something needed depends on the earlier stream, as shapes do in some exports.
 */
export async function boundaryWithoutStream(
  chain: Chain,
  { feeds }: PreparedInput,
  layer: number,
): Promise<ReadonlyMap<string, RuntimeTensor> | undefined> {
  const { graph } = chain;
  const needed = graph.boundaryBefore(layer + 1).filter((tensor) => tensor !== graph.cuts[layer]);
  if (needed.some((tensor) => graph.partition.dependsOnStream(tensor))) return undefined;
  if (needed.length === 0) return new Map();
  return chain.runFree(needed, feeds);
}

/**
 * Refuses to go on with another stream where more than the stream carries it past the cut: a fused node that gives out a sum and its norm
 * has computed the norm of the old stream already.
 *
 * @throws VitrineError `unsupported-model`
 */
export function requireCleanCut(chain: Chain, layer: number): void {
  const { graph } = chain;
  const besides = graph
    .boundaryBefore(layer + 1)
    .find((tensor) => tensor !== graph.table.cuts[layer] && graph.partition.carriesStream(tensor));
  if (besides === undefined) return;
  throw new VitrineError(
    'unsupported-model',
    `This file computes a part of block ${layer} together with the block before it (${besides}), so that no other stream can be put in between. ` +
      'Use an edit of a whole run, or a file that is not fused.',
  );
}

/**
 * The stream as the graph's tensor at a cut.
 *
 * @throws VitrineError `invalid-input` where the sizes do not fit
 */
export function streamTensor(chain: Chain, layer: number, resid: Tensor, shape: BatchShape): RuntimeTensor {
  const { graph, backend } = chain;
  const cut = graph.table.cuts[layer]!;
  const { dModel } = graph.table.architecture;
  if (resid.dims.at(-1) !== dModel || resid.size !== shape.batch * shape.pos * dModel) {
    throw new VitrineError(
      'invalid-input',
      `A residual stream of [batch ${shape.batch}, pos ${shape.pos}, d_model ${dModel}] is needed; got dims [${resid.dims.join(', ')}].`,
    );
  }
  const flat = [...graph.table.sites.values()].some((site) => site.tensor === cut && site.layout.startsWith('('));
  const type = typeName(graph.elementTypes.get(cut) ?? 1);
  const dims = flat ? [shape.batch * shape.pos, dModel] : [shape.batch, shape.pos, dModel];
  return backend.tensor(type, type === 'float16' ? floatToHalf(resid.data) : resid.data, dims);
}
