// SPDX-License-Identifier: MIT

/**
 * How a graph tensor holds a hook's activation, in the notation of einops: axes in the tensor's own order, parentheses where
 * several axes share one dimension. Letters: `b` batch, `s` position, `d` width of the last axis, `h` head, `q` query, `k` key,
 * `1` an axis of length one. "b s (h d)" for a hook [batch, pos, head, d_head] means that the heads lie side by side.
 */
export type Layout = string;

/** A place in a model where an activation can be read, and mostly changed, under its TransformerLens name. */
export interface HookSite {
  /** TransformerLens name, such as `blocks.3.attn.hook_q`. */
  name: string;
  /** Axis names of what the user sees: ['batch', 'pos', 'head', 'd_head']. */
  axes: string[];
  /** Length of each axis where the graph or the weights fix it; null for batch, pos, query and key. */
  dims: (number | null)[];
  /** One letter per entry of `axes`, as `layout` uses them: ['b', 's', 'h', 'd']. */
  letters: string[];
  /** Name of the graph tensor. For a derived hook, of the tensor that it is computed from. */
  tensor: string;
  layout: Layout;
  /** `DataType` of the tensor in the file (float32, float16). */
  dataType: number;
  /** Whether replacing `tensor` in the graph changes everything downstream that the activation feeds. */
  editable: boolean;
  /** Why it cannot be edited. */
  notEditableBecause?: string;
  /** Head-wise slice of a wider tensor: this hook is `tensor` from `start` to `end` of its last axis (packed or interleaved q, k, v). */
  slice?: { start: number; end: number };
  /** Computed by us from `tensor` rather than found in the graph. */
  derived?: Derivation;
}

export type Derivation =
  /** sqrt(var + epsilon) (layer norm) or sqrt(mean square + epsilon) (RMS norm) of `tensor` over its last axis. */
  | { kind: 'norm-scale'; centred: boolean; epsilon: number }
  /** (x - mean) / scale, before weight and bias. */
  | { kind: 'norm-normalized'; centred: boolean; epsilon: number }
  /** z[h] W_O[h] of every head from hook_z; `weight` names the initializer, `transposed` says it is [out, in]. */
  | { kind: 'head-result'; weight: string; transposed: boolean; nHead: number; dHead: number; dModel: number }
  /** `tensor` + `bias`: an activation that the graph adds up inside a fused node. */
  | { kind: 'constant-multiple'; factor: number };

/** A name that people will look for and that this model has not, or that we could not locate. */
export interface MissingHook {
  name: string;
  /** A sentence: "the blocks are parallel: attention and MLP read the same stream, so there is no resid_mid". */
  because: string;
}

/** What the structure of the graph says of the model. */
export interface Architecture {
  /** decoder: causal language model; encoder: BERT and the like; vision: patches in. */
  family: 'decoder' | 'encoder' | 'vision';
  nLayer: number;
  nHead: number;
  nKeyValueHead: number;
  dHead: number;
  dModel: number;
  /** null where the MLP was not found. */
  dMlp: number | null;
  /** Length of the last axis of the logits. */
  dVocab: number | null;
  norm: 'layer' | 'rms' | 'none';
  /** post: the stream goes through the norm after each addition (BERT). */
  normPosition: 'pre' | 'post';
  /** gelu-erf, gelu-tanh, silu, relu, quick-gelu, ... */
  activation: string;
  gated: boolean;
  /** Attention and MLP read the same stream (GPT-NeoX). */
  parallel: boolean;
  position: 'learned' | 'rotary' | 'relative' | 'none';
  causal: boolean;
}

/** Everything that the finder knows of one graph. */
export interface HookTable {
  architecture: Architecture;
  /** By name, in the order of the forward pass. */
  sites: Map<string, HookSite>;
  missing: MissingHook[];
  /**
   * Tensors at which the graph can be cut into stages: what enters block 0, ..., block nLayer - 1, and last what enters the
   * final norm (or the head). Every path from the embedding to the logits crosses each of them.
   */
  cuts: string[];
  /** Final norm and unembedding; absent for models without a vocabulary head. */
  head?: {
    /** What the final norm reads (equals the last cut). */
    input: string;
    /** What the unembedding matrix reads. */
    normalized: string;
    logits: string;
    /** Epsilon and kind of the final norm; undefined where there is none. */
    norm?: { centred: boolean; epsilon: number };
  };
}
