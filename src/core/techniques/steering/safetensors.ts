// SPDX-License-Identifier: MIT

/**
 * Steering vectors as safetensors: 8 bytes of header length, a JSON header, float32 values. Every layer is a tensor `direction.<layer>`; what
 * else is to know stands in `__metadata__`. (https://github.com/huggingface/safetensors#format)
 */
import { VitrineError } from '../../errors.js';
import { bad, fields, integer, list } from '../../model/edits/json-checks.js';
import { Tensor } from '../../model/tensor.js';
import { layerNumber, readLabels } from './json.js';
import type { SteeringVectorInit } from './types.js';

export function toSafetensors({ place, method, model, directions }: SteeringVectorInit): Uint8Array {
  const header: Record<string, unknown> = {
    __metadata__: { format: 'vitrine-steering-vector', place, ...(method ? { method } : {}), ...(model ? { model } : {}) },
  };
  let size = 0;
  for (const [layer, { data, dims }] of directions) {
    header[`direction.${layer}`] = { dtype: 'F32', shape: dims, data_offsets: [size, size + data.length * 4] };
    size += data.length * 4;
  }
  const text = JSON.stringify(header);
  // Readers that map the file want the values at a multiple of eight.
  const json = new TextEncoder().encode(text + ' '.repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8));
  const bytes = new Uint8Array(8 + json.length + size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const { data } of directions.values()) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** @throws VitrineError `invalid-input` for bytes that are no such file */
export function fromSafetensors(bytes: Uint8Array): SteeringVectorInit {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? view.getBigUint64(0, true) : -1n;
  if (length < 2n || length > BigInt(bytes.length - 8)) {
    throw new VitrineError('invalid-input', `A safetensors file starts with the length of its header; these ${bytes.length} bytes do not.`);
  }
  const start = 8 + Number(length);
  const header = fields(parse(bytes.subarray(8, start)), 'header');
  const directions = new Map<number, Tensor>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [, layer] = /^direction\.(\d+)$/.exec(name) ?? [];
    if (layer === undefined) throw bad('header', 'tensors named direction.<layer>', name);
    directions.set(layerNumber(layer, 'header'), readTensor(view, start, value, name));
  }
  return { ...readLabels(fields(header['__metadata__'], '__metadata__')), directions };
}

function readTensor(view: DataView, start: number, value: unknown, name: string): Tensor {
  const entry = fields(value, name);
  if (entry['dtype'] !== 'F32') throw bad(`${name}.dtype`, '"F32"', entry['dtype']);
  const dims = list(entry['shape'], `${name}.shape`, (length, at) => integer(length, at, 1));
  const [from = 0, to = 0] = list(entry['data_offsets'], `${name}.data_offsets`, (offset, at) => integer(offset, at, 0));
  const size = dims.reduce((product, n) => product * n, 1);
  if (to - from !== size * 4 || start + to > view.byteLength)
    throw bad(`${name}.data_offsets`, `a range of ${size * 4} bytes inside the file`, [from, to]);
  const data = Float32Array.from({ length: size }, (_, index) => view.getFloat32(start + from + index * 4, true));
  return new Tensor(data, dims, dims.length === 1 ? ['d_model'] : ['pos', 'd_model', ...dims.slice(2).map(String)]);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new VitrineError('invalid-input', 'The header of this safetensors file is not JSON.', { cause: error });
  }
}
