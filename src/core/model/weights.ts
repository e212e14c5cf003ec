// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { tensorFloats } from '../onnx/tensor-data.js';
import type { ExternalLocation, OnnxTensor } from '../onnx/types.js';
import type { WeightFile } from '../runtime/types.js';
import { openForReading, sizeOf } from './node-files.js';

/**
 * Reads single weight matrices from where they lie: from the bytes that a page holds, or from the part of a file that they take up.
 */
export class WeightReader {
  readonly #files: ReadonlyMap<string, WeightFile>;

  constructor(files: readonly WeightFile[]) {
    this.#files = new Map(files.map((file) => [file.location, file]));
  }

  /** The values of a weight tensor as float32. @throws VitrineError `file-missing` */
  async read(tensor: OnnxTensor): Promise<Float32Array> {
    if (!tensor.external) return tensorFloats(tensor);
    const bytes = await this.bytes(tensor.external);
    return tensorFloats(tensor, () => bytes);
  }

  /** The bytes of one external location. */
  async bytes(place: ExternalLocation): Promise<Uint8Array> {
    const file = this.#files.get(place.location);
    if (file?.bytes) return file.bytes.subarray(place.offset, place.length === undefined ? undefined : place.offset + place.length);
    if (file?.path) return readPart(file.path, place.offset, place.length);
    throw new VitrineError('file-missing', `The model points to the weight file "${place.location}", which was not opened with it.`);
  }
}

async function readPart(path: string, offset: number, length: number | undefined): Promise<Uint8Array> {
  const file = await openForReading(path);
  try {
    return await file.read(offset, length ?? (await sizeOf(path)) - offset);
  } finally {
    await file.close();
  }
}
