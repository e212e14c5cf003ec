// SPDX-License-Identifier: MIT
import { createLibraryModel, type LibraryModel } from '../transformers/session.js';
import type { OpenedModel } from './open.js';
import { stageRunner, type RunnerOptions } from './stage-runner.js';
import type { WeightReader } from './weights.js';

/** An open model as an object of transformers.js, whose passes run through the stages. */
export function libraryModel(opened: OpenedModel, weights: WeightReader, options: RunnerOptions = {}): LibraryModel {
  const { library, files, backend } = opened;
  return createLibraryModel(library, {
    config: files.config,
    generationConfig: files.generationConfig,
    runner: stageRunner(opened, weights, options),
    dtype: files.dtype,
    device: backend.device,
  });
}
