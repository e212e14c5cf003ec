// SPDX-License-Identifier: MIT
import { exported, type TransformersLibrary } from './library.js';
import type { RunnerTensor } from './session.js';

/**
 * A feed from the library: its own tensor (version 2) or a tensor of its copy of ONNX Runtime. Tensors of two copies do not mix, so the
 * values are taken out (not copied); a tensor on the GPU is one that a runner made, and goes back as it is.
 */
export function fromLibrary(feed: unknown): RunnerTensor {
  const tensor = feed as RunnerTensor;
  if (tensor.location === 'gpu-buffer') return tensor;
  return { type: tensor.type, data: tensor.data, dims: tensor.dims };
}

type LibraryTensor = new (type: string, data: unknown, dims: readonly number[]) => object;

/**
 * An output for the library, as its own `Tensor`. The library looks through every enumerable property of an output for tensors of its
 * ONNX Runtime to wrap; what it must not find (its own tensor inside, or each of a million values) is made non-enumerable.
 */
export function toLibrary(library: TransformersLibrary, output: RunnerTensor): object {
  const Tensor = exported<LibraryTensor>(library, 'Tensor');
  const onGpu = output.location === 'gpu-buffer';
  const tensor = onGpu ? new Tensor('float32', new Float32Array(0), [0]) : new Tensor(output.type, output.data, [...output.dims]);
  const hidden = library.major === 2 ? 'data' : 'ort_tensor';
  const value: unknown = onGpu ? output : (tensor as Record<string, unknown>)[hidden];
  Object.defineProperty(tensor, hidden, { value, enumerable: false, writable: true, configurable: true });
  return tensor;
}
