// SPDX-License-Identifier: MIT
// The core for a page without a build: models and everything that can be done with one, and the figures of the elements. What opens a model,
// and what computes each kind of figure, comes from files beside this one when it is needed. The techniques are in techniques.ts.
import './page-settings.js';

export * from '../core/model/index.js';
export { recordFigure, type FigureContext, type FigureKinds, type FigureModel } from '../core/figures/index.js';
export * from '../core/trace/index.js';
export { version } from '../core/version.js';
export { openLocal } from '../worker/local.js';
