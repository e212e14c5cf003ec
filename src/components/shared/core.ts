// SPDX-License-Identifier: MIT
// What figures need of the core to draw recorded data: no model, no runtime. The rest is imported when a reader asks for a live model.
export * from '../../core/trace/index.js';
export type { TableOptions } from '../../core/tables/index.js';
export { configure } from '../../core/environment.js';
export { isVitrineError, reasonOf, VitrineError } from '../../core/errors.js';
export type { Progress, VitrineErrorCode } from '../../core/errors.js';
export type { FigureKinds, FigureModel, PatchedOutput, PatchingPart } from '../../core/figures/index.js';
export { masksOf, type Mask } from '../../core/techniques/heads/masks.js';
export { version } from '../../core/version.js';
