// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { readModel } from '../../../src/core/onnx/read.js';
import { DataType, type OnnxModel, type OnnxValueInfo } from '../../../src/core/onnx/types.js';
import { sharedPath } from '../shared.js';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const ort = await import('onnxruntime-node');

export type Feeds = Record<string, Tensor>;

/** Sizes of the dimensions that a graph leaves open. */
export interface Sizes {
  sequence?: number;
  past?: number;
  /** Value of a bool input: which branch a merged model takes. */
  useCache?: boolean;
}

/** A fixture's file, read. */
export function fixture(folder: string, file: string): { bytes: Uint8Array; model: OnnxModel; folder: string } {
  const path = sharedPath('fixtures', folder, 'onnx');
  const bytes = readFileSync(`${path}/${file}`);
  return { bytes, model: readModel(bytes), folder: path };
}

/** Every .onnx file of the fixtures, as [folder, file]. */
export function fixtureFiles(): [string, string][] {
  const files: [string, string][] = [];
  for (const folder of [...readdirSync(sharedPath('fixtures')), 'real-graphs/qwen3_5-0.8B']) {
    try {
      for (const file of readdirSync(sharedPath('fixtures', folder, 'onnx'))) if (file.endsWith('.onnx')) files.push([folder, file]);
    } catch {
      // a file, or a folder without an onnx folder
    }
  }
  return files;
}

/** A session on one thread, so that two runs can be compared to the last bit. */
export async function createSession(model: Uint8Array | string, options: InferenceSession.SessionOptions = {}): Promise<InferenceSession> {
  const all: InferenceSession.SessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4, ...options };
  return typeof model === 'string' ? ort.InferenceSession.create(model, all) : ort.InferenceSession.create(model, all);
}

/** Runs a model once. */
export async function run(model: Uint8Array | string, feeds: Feeds, options: InferenceSession.SessionOptions = {}): Promise<Feeds> {
  const session = await createSession(model, options);
  const wanted = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
  const outputs = await session.run(wanted);
  await session.release();
  return outputs as Feeds;
}

/** The largest difference over all outputs that both have; NaN and infinities must agree. Fails on different shapes. */
export function largestDifference(a: Feeds, b: Feeds): number {
  let largest = 0;
  for (const [name, tensor] of Object.entries(a)) {
    const other = b[name];
    if (other === undefined) continue;
    if (tensor.dims.join() !== other.dims.join()) throw new Error(`${name}: dims [${tensor.dims}] and [${other.dims}]`);
    for (let index = 0; index < tensor.data.length; index++) {
      const left = Number(tensor.data[index]);
      const right = Number(other.data[index]);
      if (!Object.is(left, right) && left !== right)
        largest = Math.max(largest, Number.isNaN(left - right) ? Infinity : Math.abs(left - right));
    }
  }
  return largest;
}

/** Plausible inputs for a transformer's graph, always the same ones. A graph without past keys has no past. */
export function feedsFor(inputs: readonly OnnxValueInfo[], sizes: Sizes = {}): Feeds {
  const past = inputs.some(({ name }) => name.startsWith('past')) ? (sizes.past ?? 0) : 0;
  const { sequence = 6, useCache = past > 0 } = sizes;
  const random = mulberry(7);
  const feeds: Feeds = {};
  for (const { name, elementType, dims = [] } of inputs) {
    const shape = dims.map((length, axis) => (typeof length === 'number' ? length : lengthOf(name, String(length), axis, sequence, past)));
    const size = shape.reduce((product, length) => product * length, 1);
    if (elementType === DataType.bool) feeds[name] = new ort.Tensor('bool', [useCache], [1]);
    else if (elementType === DataType.int64) {
      feeds[name] = new ort.Tensor(
        'int64',
        BigInt64Array.from({ length: size }, (_, at) => BigInt(integer(name, at, past))),
        shape,
      );
    } else if (elementType === DataType.float32) {
      feeds[name] = new ort.Tensor(
        'float32',
        Float32Array.from({ length: size }, () => random() * 2 - 1),
        shape,
      );
    } else throw new Error(`no feed for ${name} of type ${elementType}`);
  }
  return feeds;
}

function integer(name: string, at: number, past: number): number {
  if (/mask/.test(name)) return 1;
  if (/position/.test(name)) return past + at;
  if (/token_type|num_logits/.test(name)) return 0;
  return 3 + ((at * 5) % 17);
}

function lengthOf(name: string, symbol: string, axis: number, sequence: number, past: number): number {
  if (axis === 0) return 1;
  if (/encoder/.test(name)) return 5;
  if (/^past/.test(name)) return past;
  if (/attention_mask/.test(name)) return past + sequence;
  if (/channels/.test(symbol)) return 3;
  if (/height|width/.test(symbol)) return 32;
  return sequence;
}

/** A small generator of numbers in [0, 1) that gives the same ones for the same seed. */
export function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
