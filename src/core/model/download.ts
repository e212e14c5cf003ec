// SPDX-License-Identifier: MIT
import type { NumericArray } from '../runtime/element-types.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { RawActivation } from './materialise.js';

/** Values of a tensor wherever they are; `release` frees the GPU's copy. */
export async function download(tensor: RuntimeTensor, release: boolean): Promise<RawActivation> {
  if (tensor.location !== 'gpu-buffer') return { type: tensor.type, dims: tensor.dims, data: tensor.data as NumericArray };
  const data = (await tensor.getData!(release)) as NumericArray;
  return { type: tensor.type, dims: tensor.dims, data };
}
