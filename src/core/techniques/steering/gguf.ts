// SPDX-License-Identifier: MIT

/**
 * Control vectors in GGUF, as repeng writes and llama.cpp reads them: architecture `controlvector`, one float32 tensor `direction.<layer>`
 * per block, added behind it. (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md)
 */
import { VitrineError } from '../../errors.js';
import { bad } from '../../model/edits/json-checks.js';
import { Tensor } from '../../model/tensor.js';
import { layerNumber } from './json.js';
import type { SteeringVectorInit } from './types.js';

const ALIGNMENT = 32;
/** Numbers of GGUF's value types, with the size of those that have one. */
const UINT32 = 4;
const STRING = 8;
const ARRAY = 9;
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];

/**
 * @param modelHint - what kind of model it is for, such as 'llama'; llama.cpp does not check it
 * @throws VitrineError `invalid-option` for vectors that the format cannot hold
 */
export function toGguf({ place, directions }: SteeringVectorInit, modelHint: string): Uint8Array {
  if (place !== 'resid_post' || [...directions.values()].some(({ dims }) => dims.length !== 1)) {
    throw new VitrineError(
      'invalid-option',
      'GGUF control vectors hold one direction per layer, added behind the block (hook: resid_post). Save this vector as safetensors or JSON.',
    );
  }
  const out = new Writer();
  out.raw(new TextEncoder().encode('GGUF'));
  out.uint32(3);
  out.uint64(directions.size);
  out.uint64(3);
  for (const [key, value] of [
    ['general.architecture', 'controlvector'],
    ['controlvector.model_hint', modelHint],
    ['controlvector.layer_count', directions.size],
  ] as const) {
    out.text(key);
    out.uint32(typeof value === 'string' ? STRING : UINT32);
    if (typeof value === 'string') out.text(value);
    else out.uint32(value);
  }
  let offset = 0;
  for (const [layer, { data }] of directions) {
    out.text(`direction.${layer}`);
    out.uint32(1);
    out.uint64(data.length);
    out.uint32(0); // float32
    out.uint64(offset);
    offset += aligned(data.length * 4);
  }
  for (const { data } of directions.values()) {
    out.align();
    const bytes = new Uint8Array(data.length * 4);
    const view = new DataView(bytes.buffer);
    data.forEach((value, index) => view.setFloat32(index * 4, value, true));
    out.raw(bytes);
  }
  out.align();
  return out.bytes();
}

/** @throws VitrineError `invalid-input` for bytes that are no control vector */
export function fromGguf(bytes: Uint8Array): SteeringVectorInit {
  const reader = new Reader(bytes);
  const magic = new TextDecoder().decode(reader.raw(4));
  if (magic !== 'GGUF') throw bad('the first four bytes', '"GGUF"', magic);
  const version = reader.uint32();
  if (version !== 2 && version !== 3) throw bad('the version of this GGUF file', '2 or 3', version);
  const tensorCount = reader.uint64();
  const values = new Map<string, unknown>();
  for (let left = reader.uint64(); left > 0; left--) values.set(reader.text(), reader.value(reader.uint32()));
  const architecture = values.get('general.architecture');
  if (architecture !== 'controlvector') throw bad('general.architecture', '"controlvector"', architecture);
  const infos: { layer: number; length: number; offset: number }[] = [];
  for (let left = tensorCount; left > 0; left--) infos.push(readInfo(reader));
  const alignment = values.get('general.alignment');
  const start = aligned(reader.at, typeof alignment === 'number' && alignment > 0 ? alignment : ALIGNMENT);
  const directions = new Map<number, Tensor>();
  for (const { layer, length, offset } of infos) {
    reader.at = start + offset;
    const part = reader.raw(length * 4);
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    directions.set(
      layer,
      new Tensor(
        Float32Array.from({ length }, (_, index) => view.getFloat32(index * 4, true)),
        [length],
        ['d_model'],
      ),
    );
  }
  return { place: 'resid_post', directions };
}

function readInfo(reader: Reader): { layer: number; length: number; offset: number } {
  const name = reader.text();
  const [, layer] = /^direction\.(\d+)$/.exec(name) ?? [];
  if (layer === undefined) throw bad('every tensor', 'named direction.<layer>', name);
  const rank = reader.uint32();
  const dims = Array.from({ length: Math.min(rank, 4) }, () => reader.uint64());
  const type = reader.uint32();
  if (rank !== 1 || type !== 0) throw bad(name, 'a row of float32 values (type 0)', { dims, type });
  return { layer: layerNumber(layer, name), length: dims[0]!, offset: reader.uint64() };
}

function aligned(size: number, alignment = ALIGNMENT): number {
  return Math.ceil(size / alignment) * alignment;
}

class Writer {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  uint32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.raw(bytes);
  }

  uint64(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    this.raw(bytes);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.uint64(bytes.length);
    this.raw(bytes);
  }

  align(): void {
    this.raw(new Uint8Array(aligned(this.#size) - this.#size));
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  raw(length: number): Uint8Array {
    if (!(this.at + length <= this.#bytes.length)) {
      throw new VitrineError(
        'invalid-input',
        `This GGUF file ends too early: ${length} bytes are needed at ${this.at}, and it has ${this.#bytes.length}. Download it again.`,
      );
    }
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  uint32(): number {
    this.raw(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  uint64(): number {
    this.raw(8);
    return Number(this.#view.getBigUint64(this.at - 8, true));
  }

  text(): string {
    return new TextDecoder().decode(this.raw(this.uint64()));
  }

  /** A value of the header: text and uint32 are read, others passed over. */
  value(type: number): unknown {
    if (type === STRING) return this.text();
    if (type === UINT32) return this.uint32();
    if (type === ARRAY) {
      const inner = this.uint32();
      if (inner === ARRAY) throw bad('the type inside a list in this GGUF file', 'no list again', inner);
      for (let left = this.uint64(); left > 0; left--) this.value(inner);
      return undefined;
    }
    const size = SIZES[type];
    if (size === undefined) throw bad('the type of a value in this GGUF file', 'a number from 0 to 12', type);
    this.raw(size);
    return undefined;
  }
}
