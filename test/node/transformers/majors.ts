// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { loadedOrt } from '../../../src/core/transformers/loaded-ort.js';
import { type TransformersLibrary, loadTransformers } from '../../../src/core/transformers/library.js';
import type { StageRunner } from '../../../src/core/transformers/session.js';
import type { OrtModule, OrtSession } from '../../../src/core/runtime/types.js';

process.env['ORT_DISABLE_TELEMETRY'] = '1';

export type Major = 2 | 3 | 4;
const PACKAGES: Record<Major, string> = { 2: '@xenova/transformers', 3: 'transformers-v3', 4: '@huggingface/transformers' };

/** One major version of transformers.js. Only one per process: each brings a native library of its own. */
export async function openMajor(major: Major): Promise<TransformersLibrary> {
  return loadTransformers({ module: await import(PACKAGES[major]) });
}

/** ONNX Runtime for our side: the newest, or the one that version 3 has loaded (the two do not go together in one process). */
export async function openOrt(library: TransformersLibrary): Promise<OrtModule> {
  if (library.major === 3) return (await loadedOrt()) as OrtModule;
  const ort: unknown = await import('onnxruntime-node');
  return ((ort as { default?: OrtModule }).default ?? ort) as OrtModule;
}

/** The simplest runner: a session of the whole file. `log` collects the names of each run's feeds. */
export async function wholeFileRunner(ort: OrtModule, path: string, log: Record<string, unknown>[] = []): Promise<StageRunner> {
  const session = (await ort.InferenceSession.create(path, { logSeverityLevel: 4, intraOpNumThreads: 1 })) as OrtSession & {
    inputMetadata?: { name: string; type: string; shape: (number | string)[] }[];
  };
  return {
    inputs: session.inputNames.map((name, index) => session.inputMetadata?.[index] ?? { name, type: 'float32', shape: [] }),
    outputs: session.outputNames,
    async run(feeds) {
      log.push(feeds);
      const own = Object.entries(feeds).map(([name, { type, data, dims }]) => [name, new ort.Tensor(type, data, dims)] as const);
      return session.run(Object.fromEntries(own), [...session.outputNames]);
    },
    release: () => session.release(),
  };
}

/** The int64 entries of a safetensors file. */
export function readIntegers(path: string): Map<string, number[]> {
  const file = readFileSync(path);
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<string, { dtype: string; data_offsets: [number, number] }>;
  const found = new Map<string, number[]>();
  for (const [name, { dtype, data_offsets: place }] of Object.entries(header)) {
    if (dtype !== 'I64') continue;
    const bytes = file.subarray(8 + length + place[0], 8 + length + place[1]);
    found.set(
      name,
      Array.from({ length: bytes.length / 8 }, (_, index) => Number(bytes.readBigInt64LE(index * 8))),
    );
  }
  return found;
}
