// SPDX-License-Identifier: MIT
import type { AttentionCore } from './cores.js';
import type { Flow } from './flow.js';
import type { MlpParts } from './mlp-parts.js';
import type { Norm } from './norm.js';
import type { SiteBook } from './site-book.js';
import type { Block, Stream } from './stream.js';

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

/** How many heads of a given width a tensor of keys or values holds. */
export function headsOf({ flow, batch, position }: BlockContext, tensor: string | undefined, width: number): number | undefined {
  const size = tensor === undefined ? undefined : flow.dry.size(tensor);
  const heads = size === undefined ? NaN : size / (batch * position * width);
  return Number.isInteger(heads) && heads > 0 ? heads : undefined;
}
