// SPDX-License-Identifier: MIT
export {
  fullOvCircuit,
  fullQkCircuit,
  ovCircuit,
  qkCircuit,
  skipTrigrams,
  virtualWeights,
  type SkipTrigram,
  type TokenChoice,
} from './weights/circuits.js';
export { compositionScores, type CompositionKind, type CompositionOptions, type CompositionScores } from './weights/composition.js';
export { FactoredMatrix, type Svd, type TwoAxes } from './weights/factored-matrix.js';
export type { Complex } from './numerics/eigenvalues.js';
export { foldedValueBias, processWeights, type ProcessedWeights, type ProcessOptions } from './weights/process.js';
