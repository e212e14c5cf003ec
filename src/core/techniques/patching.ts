// SPDX-License-Identifier: MIT
export { ablationSweep, type AblationSweepOptions } from './patching/ablation-sweep.js';
export { activationPatching, type ActivationPatchingOptions, type SweepOptions } from './patching/activation-patching.js';
export { patchSites, type PatchSite, type SweepRange } from './patching/patch-sites.js';
export { Sweep, type SweepCell, type SweepResult } from './patching/sweep.js';
export { causalTracing, type CausalTracingOptions, type CausalTracingResult, type TracedState } from './patching/causal-tracing.js';
export { directPathPatching, type DirectPathPatchingOptions } from './patching/direct-path-patching.js';
export { pathPatching, type PathPatchingOptions } from './patching/path-patching.js';
export type { PathOptions, PathReceiver } from './patching/path-plan.js';
