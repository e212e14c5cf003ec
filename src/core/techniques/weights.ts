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
export { bigramTable, type Bigram } from './weights/bigrams.js';
export { copyingScores } from './weights/copying.js';
export { neuronMemory, subUpdates, type NeuronMemory, type SubUpdate, type SubUpdates } from './weights/memories.js';
export { mlpSvd, ovSvd, svd } from './weights/svd.js';
export {
  vocabularyProjection,
  vocabularyProjections,
  type DirectionToken,
  type VocabularyProjection,
  type VocabularyProjectionOptions,
} from './weights/vocabulary.js';
export { saturation, type SaturationResult } from './saturation.js';
