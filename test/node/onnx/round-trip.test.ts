// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readModel } from '../../../src/core/onnx/read.js';
import type { OnnxModel } from '../../../src/core/onnx/types.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { repositoryPath, skipWithoutShared } from '../shared.js';
import { feedsFor, fixture, fixtureFiles, largestDifference, run } from './run-onnx.js';

function assertSame(model: OnnxModel): void {
  const written = writeModel(model);
  const again = readModel(written);
  assert.deepEqual(comparable(again), comparable(model));
  assert.equal(Buffer.compare(writeModel(again), written), 0, 'writing twice gives the same bytes');
}

/** A value without what may rightly differ: the old encoding of an attribute with a graph, and how unknown fields are grouped. */
function comparable(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, comparable(item)]));
  if (Array.isArray(value)) return value.map(comparable);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !(key === 'source' && ('graph' in value || 'graphs' in value)));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, key === 'unknown' ? new Uint8Array(Buffer.concat(item as Uint8Array[])) : comparable(item)]),
  );
}

test('the embedded model is the same after writing and reading', () => {
  assertSame(readModel(readFileSync(repositoryPath('models', 'storyteller', 'onnx', 'model.onnx'))));
});

test('every fixture is the same after writing and reading', skipWithoutShared('fixtures'), () => {
  const files = fixtureFiles();
  for (const [folder, file] of files) assertSame(fixture(folder, file).model);
  console.log(`# ${files.length} files`);
});

for (const [folder, file] of [
  ['gpt2-v2', 'decoder_model.onnx'],
  ['gpt2-v3', 'model_quantized.onnx'],
  ['gpt2-op17', 'model.onnx'],
  ['llama-v3', 'model_q4.onnx'],
  ['stories260K-gqa', 'model.onnx'],
  ['bert-v3', 'model.onnx'],
  ['vit-v3', 'model.onnx'],
  ['t5-v2', 'decoder_model_merged.onnx'],
] as const) {
  test(`ONNX Runtime gives the same numbers for ${folder}/${file} as rewritten`, skipWithoutShared('fixtures', folder), async () => {
    const { bytes, model } = fixture(folder, file);
    const feeds = feedsFor(model.graph.inputs, { past: 2, sequence: 6 });
    const difference = largestDifference(await run(bytes, feeds), await run(writeModel(model), feeds));
    console.log(`# largest difference ${difference}`);
    assert.equal(difference, 0);
  });
}
