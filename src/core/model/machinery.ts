// SPDX-License-Identifier: MIT

/**
 * What only an open model needs: the reading of ONNX files, the finder of hooks and weights, the splitting into stages, generation. Imported
 * by {@link HookedModel.fromPretrained}, so that a page or an app that offers a model pays for it when somebody opens one.
 */
export { findWeights } from '../hooks/weights.js';
export { generateSteps } from './generation/generate.js';
export { libraryModel } from './library-model.js';
export { MatrixProducts } from './matmul.js';
export { ModelWeights } from './model-weights.js';
export { openModel } from './open.js';
export { WeightValues } from './weight-values.js';
