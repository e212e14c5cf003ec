// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { bytesPerElement, elementCount, tensorBytes, tensorFloats } from '../onnx/tensor-data.js';
import { DataType, type ExternalLocation, type OnnxTensor } from '../onnx/types.js';
import { halfToFloat } from '../runtime/float16.js';
import type { WeightFile } from '../runtime/types.js';
import { openForReading, sizeOf, type OpenFile } from './node-files.js';

/** Buffers that are kept for the next read in blocks: two matrices are read at once at most. */
const SPARE_BUFFERS = 4;

/** Some of the values of a tensor, row-major, from the `first`-th on. */
export interface ValueBlock {
  first: number;
  values: Float32Array;
}

/**
 * Reads weights from where they lie: from the bytes that a page holds, or from the part of a file that they take up; whole, in blocks, or
 * single values.
 */
export class WeightReader {
  readonly #files: ReadonlyMap<string, WeightFile>;
  #spare: Uint8Array[] = [];

  constructor(files: readonly WeightFile[]) {
    this.#files = new Map(files.map((file) => [file.location, file]));
  }

  /** The values of a weight tensor as float32. @throws VitrineError `file-missing` */
  async read(tensor: OnnxTensor): Promise<Float32Array> {
    const path = this.#pathOf(tensor);
    if (path === undefined) return this.#atHand(tensor)(0, elementCount(tensor.dims));
    const { offset, length } = tensor.external!;
    return floats(tensor, tensor.dims, await inFile(path, async (file) => file.read(offset, length ?? (await sizeOf(path)) - offset)));
  }

  /** `count` values from the `first`-th on. */
  async stretch(tensor: OnnxTensor, first: number, count: number): Promise<Float32Array> {
    const path = this.#pathOf(tensor);
    if (path === undefined) return this.#atHand(tensor)(first, count);
    const size = bytesPerElement(tensor.dataType);
    return floats(tensor, [count], await inFile(path, (file) => file.read(tensor.external!.offset + first * size, count * size)));
  }

  /** The `first`-th value and every `step`-th after it, `count` in all. What lies between them is not read. */
  async every(tensor: OnnxTensor, first: number, step: number, count: number): Promise<Float32Array> {
    const path = this.#pathOf(tensor);
    if (path === undefined) {
      const part = this.#atHand(tensor);
      return Float32Array.from({ length: count }, (_, at) => part(first + at * step, 1)[0]!);
    }
    const size = bytesPerElement(tensor.dataType);
    const place = tensor.external!.offset + first * size;
    return floats(tensor, [count], await inFile(path, (file) => file.every(place, step * size, size, count)));
  }

  /**
   * All values in order, `count` at a time. A file is read one block ahead, into two buffers in turn, so that memory stays at two blocks
   * however large the tensor is; what was given out is overwritten two blocks later.
   */
  async *blocks(tensor: OnnxTensor, count: number): AsyncGenerator<ValueBlock, void, void> {
    const total = elementCount(tensor.dims);
    const lengthAt = (first: number): number => Math.min(count, total - first);
    const path = this.#pathOf(tensor);
    if (path === undefined) {
      const part = this.#atHand(tensor);
      for (let first = 0; first < total; first += count) yield { first, values: part(first, lengthAt(first)) };
      return;
    }
    const size = bytesPerElement(tensor.dataType);
    const buffers = [0, 1].map(() => this.#takeBuffer(lengthAt(0) * size));
    const file = await openForReading(path);
    const start = (first: number): Promise<Uint8Array> => {
      const buffer = buffers[(first / count) % 2]!.subarray(0, lengthAt(first) * size);
      return file.fill(buffer, tensor.external!.offset + first * size);
    };
    let coming: Promise<Uint8Array> | undefined;
    try {
      if (total > 0) coming = start(0);
      for (let first = 0; first < total; first += count) {
        const bytes = (await coming)!;
        coming = first + count < total ? start(first + count) : undefined;
        yield { first, values: floats(tensor, [lengthAt(first)], bytes) };
      }
    } finally {
      await coming?.catch(() => undefined);
      await file.close();
      this.#spare = [...buffers, ...this.#spare].slice(0, SPARE_BUFFERS);
    }
  }

  /** A buffer of an earlier read where there is one: fresh ones for every matrix would keep the garbage collector busier than the reads are. */
  #takeBuffer(bytes: number): Uint8Array {
    const spare = this.#spare.pop();
    return spare && spare.length >= bytes ? spare : new Uint8Array(bytes);
  }

  /** Path of the file that a tensor must be read from; undefined where its bytes or values are at hand. */
  #pathOf(tensor: OnnxTensor): string | undefined {
    if (tensor.raw !== undefined || !tensor.external) return undefined;
    const file = this.#file(tensor.external);
    return file.bytes ? undefined : file.path;
  }

  /** For a tensor that no file must be read for: gives `count` of its values from the `first`-th on. */
  #atHand(tensor: OnnxTensor): (first: number, count: number) => Float32Array {
    if (tensor.raw === undefined && !tensor.external) {
      const values = tensorFloats(tensor);
      return (first, count) => values.subarray(first, first + count);
    }
    const size = bytesPerElement(tensor.dataType);
    const bytes = tensorBytes(tensor, (place) => {
      const end = place.length === undefined ? undefined : place.offset + place.length;
      return this.#file(place).bytes?.subarray(place.offset, end);
    });
    return (first, count) => floats(tensor, [count], bytes.subarray(first * size, (first + count) * size));
  }

  #file(place: ExternalLocation): WeightFile {
    const file = this.#files.get(place.location);
    if (file?.bytes ?? file?.path) return file!;
    throw new VitrineError(
      'file-missing',
      `The model points to the weight file "${place.location}", which was not opened with it. Put that file beside the model.`,
    );
  }
}

async function inFile<T>(path: string, work: (file: OpenFile) => Promise<T>): Promise<T> {
  const file = await openForReading(path);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** The values in `bytes`, of a tensor's type, as float32: a view where they are aligned float32. */
function floats({ name, dataType }: OnnxTensor, dims: number[], bytes: Uint8Array): Float32Array {
  const stored: OnnxTensor = { name, dims, dataType, raw: bytes, unknown: [] };
  if (dataType !== DataType.float16) return tensorFloats(stored);
  const checked = tensorBytes(stored);
  const { buffer, byteOffset, length } = checked.byteOffset % 2 === 0 ? checked : new Uint8Array(checked);
  return halfToFloat(new Uint16Array(buffer, byteOffset, length / 2));
}
