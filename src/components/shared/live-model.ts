// SPDX-License-Identifier: MIT
import type { AttentionData } from '../attention-view/attention-data.js';
import type { LensData } from '../logit-lens/lens-data.js';
import type { Progress } from './core.js';

/** What figures ask of a model that runs on the reader's device. The real one is made in `live-engine.ts`; a test makes a small one. */
export interface LiveModel {
  /** As a reader knows it: "storyteller". */
  readonly name: string;
  /** Attention patterns of every layer for one prompt. */
  attention(prompt: string, options: { signal: AbortSignal }): Promise<AttentionData>;
  /** The logit lens of one prompt; `target` is the text of a token to follow. */
  lens(prompt: string, options: LensOptions): Promise<LensData>;
  dispose(): Promise<void>;
}

export interface LensOptions {
  /** How many tokens per cell. */
  topK: number;
  norm: 'recompute' | 'cached';
  target?: string | undefined;
  signal: AbortSignal;
}

/** Which model, and how it is run. */
export interface ModelRequest {
  name: string;
  revision?: string | undefined;
  dtype?: string | undefined;
  device?: string | undefined;
  /** Base URL of the runtime files. */
  vendor?: string | undefined;
}

/** Opens a model. `signal` cancels; `onProgress` counts bytes while loading. */
export type LoadModel = (
  request: ModelRequest,
  options: { signal: AbortSignal; onProgress: (progress: Progress) => void },
) => Promise<LiveModel>;
