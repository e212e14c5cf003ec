// SPDX-License-Identifier: MIT
import { version } from '../version.js';
import type { OnProgress } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import type { Provenance } from '../trace/types.js';
import type { FigureKinds } from './index.js';

/** What goes with the work on a figure. */
export interface FigureContext<Part = never> {
  /** Gives up. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
  /** Called with each part of a figure that comes in parts: a cell of a grid, a token of a text. */
  onPart?: (part: Part) => void;
}

/** One kind of figure: what it is asked with, what it gives, and what comes on the way. */
export interface FigureKind<Options, Result, Part = never> {
  options: Options;
  result: Result;
  part: Part;
}

/** Computes the figure of one kind `K` (a {@link FigureKind}). */
export type FigureRecorder<K extends FigureKind<unknown, unknown, unknown>> = (
  model: HookedModel,
  options: K['options'],
  context: FigureContext<K['part']>,
) => Promise<K['result']>;

/** What figures ask of a model that runs on the reader's device, be it in a worker or in the page. */
export interface FigureModel {
  /** As a reader knows it: "vitrine/storyteller". */
  readonly name: string;
  /** Where it runs: `page` shares the page's own thread, so that long work makes the page wait. */
  readonly thread: 'worker' | 'page';
  /** As `recordFigure` of this model. */
  figure<Kind extends keyof FigureKinds>(
    kind: Kind,
    options: FigureKinds[Kind]['options'],
    context?: FigureContext<FigureKinds[Kind]['part']>,
  ): Promise<FigureKinds[Kind]['result']>;
  dispose(): Promise<void>;
}

/** What a figure says of its origin. */
export function provenanceOf({ info }: HookedModel): Provenance {
  return { model: info.name, revision: info.revision, dtype: info.dtype, file: info.file, vitrine: version };
}

/** The parts of a context that the techniques take. */
export function techniqueOptions({ signal, onProgress }: FigureContext<never>): { signal?: AbortSignal; onProgress?: OnProgress } {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}
