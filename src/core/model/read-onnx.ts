// SPDX-License-Identifier: MIT
import { externalFiles, pointIntoFile, relocateExternal } from '../onnx/external.js';
import { readModel } from '../onnx/read.js';
import { readSkeleton } from '../onnx/skeleton.js';
import type { OnnxModel } from '../onnx/types.js';
import type { WeightFile } from '../runtime/types.js';
import type { FileOptions, OnnxSource } from '../transformers/files.js';
import { openForReading, realPath } from './node-files.js';

/** A model whose weights stay where they are, and the files that they lie in. */
export interface ReadModel {
  model: OnnxModel;
  weights: WeightFile[];
  /** Bytes of all those files. */
  bytes: number;
}

/**
 * Reads an ONNX file so that its weights stay where they are: on disk in Node, where ONNX Runtime maps them into memory, and in the one
 * array that was downloaded elsewhere.
 *
 * @param fileName - path of the file inside the model's folder
 */
export async function readOnnx(
  source: OnnxSource,
  fileName: string,
  options: Pick<FileOptions, 'signal' | 'onProgress'> = {},
): Promise<ReadModel> {
  const main = fileName.slice(fileName.lastIndexOf('/') + 1);
  const { model, file } = await readMain(source, main);
  const weights = [file];
  let bytes = source.size;
  const others = externalFiles(model.graph).filter((name) => name !== main);
  for (const external of await source.openExternal(others, options)) {
    bytes += external.size;
    const { location, path } = external;
    weights.push(path ? { location, path } : { location, bytes: await external.bytes() });
  }
  return { ...(await withoutLinks(model, weights)), bytes };
}

async function readMain(source: OnnxSource, location: string): Promise<{ model: OnnxModel; file: WeightFile }> {
  if (source.path) {
    const skeleton = await skeletonOf(source.path, source.size, location);
    // A damaged file is read again as a whole: that reader names the byte.
    const model = skeleton ? readModel(skeleton) : readModel(await source.bytes());
    return { model, file: { location, path: source.path } };
  }
  const bytes = await source.bytes();
  return { model: pointIntoFile(readModel(bytes), bytes, location), file: { location, bytes } };
}

/**
 * The cache of Python's huggingface_hub is made of symbolic links, and ONNX Runtime refuses a link that leaves the folder of the weights,
 * so the model is made to name the files that the links lead to.
 */
async function withoutLinks(model: OnnxModel, weights: WeightFile[]): Promise<{ model: OnnxModel; weights: WeightFile[] }> {
  const names = new Map<string, string>();
  const real: WeightFile[] = [];
  for (const file of weights) {
    const path = file.path && (await realPath(file.path));
    if (!path || path === file.path) real.push(file);
    else {
      const location = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
      names.set(file.location, location);
      real.push({ location, path });
    }
  }
  return { model: names.size > 0 ? relocateExternal(model, names) : model, weights: real };
}

async function skeletonOf(path: string, size: number, location: string): Promise<Uint8Array | undefined> {
  const file = await openForReading(path);
  try {
    return await readSkeleton({ size, read: file.read }, location);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
