// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedPath } from './shared.js';

/** A tensor of a safetensors file. */
export interface StoredTensor {
  dims: number[];
  data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
}

const ARRAYS = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array, I32: Int32Array, U8: Uint8Array };

/** Reads a safetensors file: 8 bytes of header length, a JSON header, the tensors. */
export function readSafetensors(path: string): Map<string, StoredTensor> {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString()) as Record<
    string,
    { dtype: keyof typeof ARRAYS; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const start = bytes.byteOffset + 8 + headerLength;
    const [from, to] = entry.data_offsets;
    tensors.set(name, { dims: entry.shape, data: new ARRAYS[entry.dtype](bytes.buffer.slice(start + from, start + to) as ArrayBuffer) });
  }
  return tensors;
}

/** A fixture's folder, the ONNX file's reference activations, and what was observed for that file. */
export interface Fixture {
  folder: string;
  file: string;
  reference: Map<string, StoredTensor>;
  /** Largest error of the logits of this file against PyTorch, as seen when the fixture was made. */
  observedError: number;
}

/** Opens what is known of one ONNX file of a fixture. */
export function readFixture(name: string, file: string): Fixture {
  const folder = sharedPath('fixtures', name);
  const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Record<string, unknown>;
  const stems = json('fixture.json')['reference'] as Record<string, string>;
  const stem = join(folder, stems[file] ?? stems['*']!);
  const observed = (json('verify.json')[file] as { full_logits_maxerr?: number } | undefined)?.full_logits_maxerr;
  return {
    folder,
    file,
    reference: readSafetensors(`${join(dirname(stem), stem.slice(dirname(stem).length + 1))}.safetensors`),
    observedError: observed ?? 1e-5,
  };
}

/** Names of the activations that a fixture's hook map lists for a file. */
export function hookMapNames(fixture: string, map: string): string[] {
  return Object.keys(JSON.parse(readFileSync(sharedPath('fixtures', fixture, 'hookmap', `${map}.json`), 'utf8')) as object);
}

/** Largest difference between two arrays where the expected value is finite. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    if (!Number.isFinite(expected[index]!)) continue;
    const difference = Math.abs(actual[index]! - expected[index]!);
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Infinity : difference;
  }
  return worst;
}
