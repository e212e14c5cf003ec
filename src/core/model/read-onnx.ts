// SPDX-License-Identifier: MIT
import { pointIntoFile } from '../onnx/external.js';
import { readModel } from '../onnx/read.js';
import { readSkeleton } from '../onnx/skeleton.js';
import type { OnnxModel } from '../onnx/types.js';
import type { WeightFile } from '../runtime/types.js';
import type { OnnxSource } from '../transformers/files.js';

/**
 * Reads an ONNX file so that its weights stay where they are: on disk in Node, where ONNX Runtime maps them into memory, and in the one
 * array that was downloaded elsewhere.
 */
export async function readOnnx(source: OnnxSource, location: string): Promise<{ model: OnnxModel; file: WeightFile }> {
  if (source.path) {
    const skeleton = await skeletonOf(source.path, source.size, location);
    // A damaged file is read again as a whole: that reader names the byte.
    const model = skeleton ? readModel(skeleton) : readModel(await source.bytes());
    return { model, file: { location, path: source.path } };
  }
  const bytes = await source.bytes();
  return { model: pointIntoFile(readModel(bytes), bytes, location), file: { location, bytes } };
}

async function skeletonOf(path: string, size: number, location: string): Promise<Uint8Array | undefined> {
  const name = 'node:fs/promises';
  const { open } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof import('node:fs/promises');
  const file = await open(path, 'r');
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    };
    return await readSkeleton({ size, read }, location);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
