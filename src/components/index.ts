// SPDX-License-Identifier: MIT
// The classes of all elements, not registered; define/<name>.js registers one, define/all.js all of them.
export { AttentionViewElement } from './attention-view/attention-view.js';
export type { AttentionData, AttentionWeights } from './attention-view/attention-data.js';
export { ColoredTokensElement } from './colored-tokens/colored-tokens.js';
export type { TokensData, TokenValues, ValueRow } from './colored-tokens/tokens-data.js';
export { LogitAttributionElement } from './logit-attribution/logit-attribution.js';
export type { AttributionData } from './logit-attribution/attribution-data.js';
export { LogitLensElement } from './logit-lens/logit-lens.js';
export type { LensData, LensTarget } from './logit-lens/lens-data.js';
export { HeadFinderElement } from './head-finder/head-finder.js';
export type { HeadsData } from './head-finder/heads-data.js';
export { NextTokenElement } from './next-token/next-token.js';
export type { NextData } from './next-token/next-data.js';
export { PatchingGridElement } from './patching-grid/patching-grid.js';
export type { PatchingData, PlainGrid } from './patching-grid/patching-data.js';
export { ModelMapElement } from './model-map/model-map.js';
export type { MapData, MapValues } from './model-map/map-data.js';
export { SteeringLabElement } from './steering-lab/steering-lab.js';
export type { SteeringData } from './steering-lab/steering-data.js';
export { modelContext, VitrineModelElement } from './vitrine-model/vitrine-model.js';
export { setBundleUrl } from './shared/bundle-url.js';
export { defineElement } from './shared/define.js';
export {
  FigureErrorEvent,
  FigureLoadEvent,
  ModelProgressEvent,
  ModelStatusEvent,
  RunEvent,
  SelectionChangeEvent,
  StrengthChangeEvent,
} from './shared/events.js';
export type { LiveModel, LiveRequest, LoadModel, ModelRequest } from './shared/live-model.js';
export type { ModelStatus } from './shared/model-directory.js';
export { linkedSelection, Selection, type SelectionState } from './shared/selection.js';
export { setStrings, type Strings } from './strings.js';
export { version } from './shared/core.js';
