// SPDX-License-Identifier: MIT
import type { FigureKinds, FigureModel, Progress } from './core.js';

/** What figures ask of a model that runs on the reader's device. The real one is opened by `live-engine.ts`; a test makes a small one. */
export type LiveModel = FigureModel;

/** What a live figure has computed: a kind of trace, and the options of that kind. */
export type LiveRequest = { [Kind in keyof FigureKinds]: { kind: Kind; options: FigureKinds[Kind]['options'] } }[keyof FigureKinds];

/** Which model, and how it is run. */
export interface ModelRequest {
  name: string;
  revision?: string | undefined;
  dtype?: string | undefined;
  device?: string | undefined;
  /** Base URL of the runtime files. */
  vendor?: string | undefined;
  /** `page` runs on the page's own thread; a worker is taken otherwise, where one can be had. */
  thread?: 'worker' | 'page' | undefined;
}

/** Opens a model. `signal` cancels; `onProgress` counts bytes while loading. */
export type LoadModel = (
  request: ModelRequest,
  options: { signal: AbortSignal; onProgress: (progress: Progress) => void },
) => Promise<LiveModel>;
