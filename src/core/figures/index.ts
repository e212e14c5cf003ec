// SPDX-License-Identifier: MIT
export { recordFigure, type FigureKinds } from './record.js';
export type { FigureContext, FigureKind, FigureModel } from './types.js';
export type { AttentionFigureOptions } from './attention.js';
export type { AttributionFigureOptions } from './attribution.js';
export type { SteeringPrompts } from './steering-vector.js';
export type { SteeringFigureOptions, SteeringPart } from './steering.js';
export type { LensFigureOptions } from './logit-lens.js';
export type { ModelFigureOptions } from './model-map.js';
export type { TokenValue, TokenValuesOptions } from './token-values.js';
export type { HeadsFigureOptions } from './heads.js';
export type { NextTokenFigureOptions } from './next-token.js';
export type { PatchingFigureOptions, PatchingPart } from './patching.js';
export type { PatchedOutput, PatchedOutputOptions, PatchingPair } from './patched-output.js';
