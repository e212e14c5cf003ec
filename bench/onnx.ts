// SPDX-License-Identifier: MIT
/**
 * Reading and rewriting an ONNX file, against the two things nobody can avoid: reading its bytes from disk and copying them once.
 *
 * Usage: npx tsx bench/onnx.ts [model.onnx] [rounds]
 */
import { readFileSync } from 'node:fs';
import { pointIntoFile } from '../src/core/onnx/external.js';
import { GraphIndex } from '../src/core/onnx/graph.js';
import { inferElementTypes } from '../src/core/onnx/infer-types.js';
import { readModel } from '../src/core/onnx/read.js';
import { readSkeleton } from '../src/core/onnx/skeleton.js';
import { writeModel } from '../src/core/onnx/write.js';

const path = process.argv[2] ?? 'models/storyteller/onnx/model.onnx';
const rounds = Number(process.argv[3] ?? 5);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function time<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const begin = performance.now();
  const result = await work();
  return { ms: performance.now() - begin, result };
}

const first = await time(() => readFileSync(path));
const bytes = first.result;
const resident = process.memoryUsage().rss;
const rows = new Map<string, number[]>();
const note = (row: string, ms: number): void => void rows.set(row, [...(rows.get(row) ?? []), ms]);

let rewrittenBytes = 0;
for (let round = 0; round < rounds; round++) {
  const model = await time(() => readModel(bytes));
  note('read', model.ms);
  const index = await time(() => new GraphIndex(model.result.graph));
  note('index', index.ms);
  note('topological order', (await time(() => index.result.topologicalOrder())).ms);
  note('element types', (await time(() => inferElementTypes(model.result.graph, index.result))).ms);
  const written = await time(() => writeModel(pointIntoFile(model.result, bytes, 'model.onnx')));
  note('write, weights as references', written.ms);
  rewrittenBytes = written.result.length;
  const source = { size: bytes.length, read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) };
  note('skeleton, from memory', (await time(() => readSkeleton(source, 'model.onnx'))).ms);
}
const grown = process.memoryUsage().rss - resident;
const copy = await time(() => Uint8Array.from(bytes));
const whole = await time(() => writeModel(readModel(bytes)));

console.log(`${path}: ${megabytes(bytes.length)}; rewritten with references ${megabytes(rewrittenBytes)}`);
console.log(`reading the file from disk ${first.ms.toFixed(0)} ms, copying it in memory ${copy.ms.toFixed(0)} ms`);
for (const [row, values] of rows) {
  const least = Math.min(...values);
  console.log(
    `${row.padEnd(30)} first ${values[0]!.toFixed(1)} ms, best ${least.toFixed(1)} ms = ${(least / copy.ms).toFixed(3)} of a copy`,
  );
}
console.log(`write with weights inside ${whole.ms.toFixed(0)} ms = ${(whole.ms / copy.ms).toFixed(2)} of a copy`);
console.log(`memory grew by ${megabytes(grown)} in ${rounds} rounds, without the copies`);
