// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { externalFiles, pointIntoFile, relocateExternal } from '../../../src/core/onnx/external.js';
import { inlineIf } from '../../../src/core/onnx/passes/inline-if.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { readSkeleton } from '../../../src/core/onnx/skeleton.js';
import { tensorValues } from '../../../src/core/onnx/tensor-data.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { repositoryPath, sharedPath, skipWithoutShared } from '../shared.js';
import { feedsFor, fixture, largestDifference, run } from './run-onnx.js';

const storyteller = repositoryPath('models', 'storyteller', 'onnx');

for (const [name, folder, file, skip] of [
  ['the embedded model', storyteller, 'model.onnx', {}],
  ['gpt2-v3 fp32', sharedPath('fixtures', 'gpt2-v3', 'onnx'), 'model.onnx', skipWithoutShared('fixtures')],
  ['llama-v3 q4', sharedPath('fixtures', 'llama-v3', 'onnx'), 'model_q4.onnx', skipWithoutShared('fixtures')],
  ['gpt2-v2 merged', sharedPath('fixtures', 'gpt2-v2', 'onnx'), 'decoder_model_merged.onnx', skipWithoutShared('fixtures')],
] as const) {
  test(`${name} runs with its weights as references into its file`, skip, async () => {
    const bytes = readFileSync(join(folder, file));
    const model = readModel(bytes);
    const before = writeModel(model).length;
    const pointed = pointIntoFile(model, bytes, file);
    const small = writeModel(pointed);
    assert.equal(writeModel(model).length, before, 'the given model is as it was');
    assert.deepEqual(externalFiles(pointed.graph), [file]);
    const feeds = feedsFor(model.graph.inputs, { past: 2, sequence: 5 });
    const expected = await run(bytes, feeds);
    const inMemory = largestDifference(expected, await run(small, feeds, { externalData: [{ path: file, data: bytes }] }));
    const mapped = await run(small, feeds, { extra: { session: { model_external_initializers_file_folder_path: folder } } });
    const fromFolder = largestDifference(expected, mapped);
    console.log(`# ${bytes.length} bytes became ${small.length}; largest difference ${inMemory} with bytes, ${fromFolder} with a folder`);
    assert.equal(inMemory, 0);
    assert.equal(fromFolder, 0);
  });
}

test('references lead to the same values, in the same bytes', () => {
  const bytes = readFileSync(join(storyteller, 'model.onnx'));
  const model = readModel(bytes);
  const again = readModel(writeModel(pointIntoFile(model, bytes, 'model.onnx')));
  const resolve = ({ offset, length }: { offset: number; length: number | undefined }) => bytes.subarray(offset, offset + length!);
  model.graph.initializers.forEach((tensor, at) => {
    assert.deepEqual(tensorValues(again.graph.initializers[at]!, resolve), tensorValues(tensor));
  });
});

test('a minimum size keeps small tensors inside, and foreign bytes are not pointed at', () => {
  const bytes = readFileSync(join(storyteller, 'model.onnx'));
  const model = readModel(bytes);
  const sizes = (minimumBytes: number): number =>
    pointIntoFile(model, bytes, 'm', { minimumBytes }).graph.initializers.filter(({ external }) => external).length;
  const large = model.graph.initializers.filter(({ raw }) => raw !== undefined && raw.length >= 100_000).length;
  assert.ok(large > 0 && sizes(100_000) === large && sizes(1) > large);
  assert.deepEqual(externalFiles(pointIntoFile(model, Uint8Array.from(bytes), 'm').graph), []);
});

test('tensors that are external already pass through', skipWithoutShared('fixtures', 'llama-v4'), async () => {
  const { bytes, model, folder } = fixture('llama-v4', 'model.onnx');
  assert.deepEqual(externalFiles(model.graph), ['model.onnx_data']);
  const pointed = pointIntoFile(model, bytes, 'model.onnx');
  assert.ok(externalFiles(pointed.graph).includes('model.onnx_data'));
  const feeds = feedsFor(model.graph.inputs, { past: 2, sequence: 5 });
  const extra = { session: { model_external_initializers_file_folder_path: folder } };
  const difference = largestDifference(await run(`${folder}/model.onnx`, feeds), await run(writeModel(pointed), feeds, { extra }));
  console.log(`# largest difference ${difference}`);
  assert.equal(difference, 0);
});

test('both branches of a merged model share one file of weights', skipWithoutShared('fixtures', 'stories260K-v2'), async () => {
  const { bytes, model, folder } = fixture('stories260K-v2', 'decoder_model_merged.onnx');
  const pointed = pointIntoFile(model, bytes, 'decoder_model_merged.onnx');
  const extra = { session: { model_external_initializers_file_folder_path: folder } };
  for (const branch of ['then', 'else'] as const) {
    const past = branch === 'then' ? 3 : 0;
    const flat = writeModel(inlineIf(pointed, branch)!.model);
    const feeds = feedsFor(model.graph.inputs, { past, sequence: branch === 'then' ? 1 : 5 });
    assert.ok(flat.length < bytes.length / 3);
    const difference = largestDifference(await run(bytes, feeds), await run(flat, feeds, { extra }));
    console.log(`# ${branch}: ${flat.length} bytes, largest difference ${difference}`);
    assert.ok(difference <= 2e-5);
  }
});

test('a skeleton read in parts is the file with its weights left behind', async () => {
  const bytes = readFileSync(join(storyteller, 'model.onnx'));
  let read = 0;
  const source = {
    size: bytes.length,
    read: async (offset: number, length: number) => {
      read += length;
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
  const skeleton = readModel(await readSkeleton(source, 'model.onnx'));
  const pointed = readModel(writeModel(pointIntoFile(readModel(bytes), bytes, 'model.onnx')));
  assert.deepEqual(skeleton.graph.initializers, pointed.graph.initializers);
  assert.deepEqual(
    skeleton.graph.nodes.map(({ name, outputs }) => [name, outputs]),
    pointed.graph.nodes.map(({ name, outputs }) => [name, outputs]),
  );
  console.log(`# read ${read} of ${bytes.length} bytes`);
});

test(
  'weights behind a link run by the real file, since the runtime refuses links out of a folder',
  skipWithoutShared('fixtures', 'gpt2-v3'),
  async (context) => {
    const { bytes, model, folder } = fixture('gpt2-v3', 'model.onnx');
    const elsewhere = mkdtempSync(join(tmpdir(), 'vitrine-onnx-'));
    context.after(() => rmSync(elsewhere, { recursive: true }));
    symlinkSync(join(folder, 'model.onnx'), join(elsewhere, 'linked'));
    const feeds = feedsFor(model.graph.inputs, { sequence: 4 });
    const linked = pointIntoFile(model, bytes, 'linked');
    const inFolder = (path: string) => ({ extra: { session: { model_external_initializers_file_folder_path: path } } });
    await assert.rejects(run(writeModel(linked), feeds, inFolder(elsewhere)), /escapes model directory/);
    const real = realpathSync(join(elsewhere, 'linked'));
    const relocated = relocateExternal(linked, new Map([['linked', basename(real)]]));
    const outputs = await run(writeModel(relocated), feeds, inFolder(dirname(real)));
    assert.equal(largestDifference(await run(bytes, feeds), outputs), 0);
  },
);

test('a model that points out of its folder is refused', () => {
  const model = readModel(readFileSync(join(storyteller, 'model.onnx')));
  const [tensor] = model.graph.initializers;
  for (const location of ['../secret', '/etc/passwd', 'C:\\secret', 'data/../../x', 'file:///x', '..']) {
    const { raw: _, ...rest } = tensor!;
    const pointed = { ...rest, external: { location, offset: 0, length: 4 } };
    const bytes = writeModel({ ...model, graph: { ...model.graph, initializers: [pointed] } });
    assert.throws(() => readModel(bytes), /outside the model's folder/, location);
  }
});
