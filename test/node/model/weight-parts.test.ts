// SPDX-License-Identifier: MIT
/** Parts of weights, read without the rest, are those of the whole: of every layout and every storage, from a file and from bytes at hand. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { HookedModel, type ModelWeights } from '../../../src/core/index.js';
import { findHooks } from '../../../src/core/hooks/find.js';
import { findWeights } from '../../../src/core/hooks/weights.js';
import { integerCodec, plainCodec } from '../../../src/core/model/matrix-codecs.js';
import { MatrixProducts } from '../../../src/core/model/matmul.js';
import { ModelWeights as Weights } from '../../../src/core/model/model-weights.js';
import { readOnnx } from '../../../src/core/model/read-onnx.js';
import { StoredMatrix } from '../../../src/core/model/stored-matrix.js';
import { WeightValues } from '../../../src/core/model/weight-values.js';
import { WeightReader } from '../../../src/core/model/weights.js';
import { GraphIndex } from '../../../src/core/onnx/graph.js';
import { DataType, type OnnxTensor } from '../../../src/core/onnx/types.js';
import { createBackend } from '../../../src/core/runtime/backend.js';
import { floatToHalf } from '../../../src/core/runtime/float16.js';
import { splitPhases } from '../../../src/core/stages/phases.js';
import type { OnnxSource } from '../../../src/core/transformers/files.js';
import { repositoryPath, sharedPath, skipWithoutShared } from '../shared.js';
import { refuses } from '../techniques/storyteller.js';

const products = new MatrixProducts(await createBackend({ device: 'cpu' }));
after(() => products.dispose());

/** The weights of an ONNX file, which stay in the file or, as in a page, lie in bytes. */
async function weightsOf(path: string, inMemory: boolean): Promise<ModelWeights> {
  const file = (place: string): { location: string; size: number; path?: string; bytes: () => Promise<Uint8Array> } => ({
    location: place.slice(place.lastIndexOf('/') + 1),
    size: statSync(place).size,
    ...(inMemory ? {} : { path: place }),
    bytes: () => Promise.resolve(new Uint8Array(readFileSync(place))),
  });
  const openExternal = (names: readonly string[]): Promise<unknown[]> =>
    Promise.resolve(names.map((name) => ({ ...file(join(dirname(path), name)), location: name })));
  const { model, weights } = await readOnnx({ ...file(path), openExternal } as unknown as OnnxSource, path);
  const config = JSON.parse(readFileSync(join(dirname(dirname(path)), 'config.json'), 'utf8')) as Record<string, unknown>;
  const { graph } = splitPhases(model).prompt;
  const index = new GraphIndex(graph);
  const table = findHooks(graph, { config });
  return new Weights({
    architecture: table.architecture,
    table: findWeights(index, table, config),
    values: new WeightValues(index, new WeightReader(weights)),
    products,
    alive: () => undefined,
  });
}

/** How many weights were compared, and how far products were off, relative to the largest number of each. */
async function compareParts(weights: ModelWeights): Promise<{ compared: number; worst: number }> {
  let compared = 0;
  let worst = 0;
  for (const name of weights.names.filter((other) => /\.W_\w+$/.test(other) && !/blocks\.([1-9])\./.test(other))) {
    const { data, dims, axes } = await weights.get(name);
    const width = dims.at(-1)!;
    const rows = data.length / width;
    const places = [0, Math.floor(width / 3), width - 1];
    const columns = await weights.columns(name, places);
    assert.deepEqual(columns.dims, [places.length, ...dims.slice(0, -1)], name);
    assert.deepEqual(columns.axes, [axes.at(-1), ...axes.slice(0, -1)], name);
    const expected = places.flatMap((place) => Array.from({ length: rows }, (_, row) => data[row * width + place]!));
    assert.deepEqual(columns.data, Float32Array.from(expected), `columns of ${name}`);
    const vectors = [1, 2].map((seed) => Float64Array.from({ length: width }, (_, at) => Math.sin(at * seed + seed)));
    const made = await weights.times(name, vectors);
    vectors.forEach((vector, which) => {
      const sums = Float64Array.from({ length: rows }, (_, row) =>
        vector.reduce((sum, value, at) => sum + value * data[row * width + at]!, 0),
      );
      const largest = Math.max(1e-6, ...sums.map(Math.abs));
      assert.equal(made[which]!.length, rows, name);
      sums.forEach((sum, row) => {
        const error = Math.abs(sum - made[which]![row]!) / largest;
        if (!(error <= worst)) worst = Number.isNaN(error) ? Infinity : error;
      });
    });
    compared++;
  }
  return { compared, worst };
}

const FIXTURES = existsSync(sharedPath('fixtures'))
  ? readdirSync(sharedPath('fixtures')).filter((name) => existsSync(sharedPath('fixtures', name, 'onnx')) && !name.startsWith('t5'))
  : [];
const FILES: [name: string, path: string][] = [
  ['storyteller', repositoryPath('models', 'storyteller', 'onnx', 'model.onnx')],
  ...FIXTURES.flatMap((name) =>
    readdirSync(sharedPath('fixtures', name, 'onnx'))
      .filter((file) => file.endsWith('.onnx') && !file.includes('with_past'))
      .map((file): [string, string] => [`${name}/${file}`, sharedPath('fixtures', name, 'onnx', file)]),
  ),
];
const TOLERANCE = 1e-5;

test('every storage of the fixtures is among those compared', skipWithoutShared('fixtures'), () => {
  for (const storage of [/fp16/, /quantized/, /q4\./, /q4f16/, /int4/, /ortopt/, /O4/])
    assert.ok(
      FILES.some(([name]) => storage.test(name)),
      String(storage),
    );
});

for (const [name, path] of FILES) {
  test(`${name}: columns and products of parts are those of the whole`, async () => {
    const onDisk = await compareParts(await weightsOf(path, false));
    const inMemory = await compareParts(await weightsOf(path, true));
    console.log(
      `${name}: ${onDisk.compared} weights, products off by ${onDisk.worst.toExponential(1)} from a file, ${inMemory.worst.toExponential(1)} from bytes (tolerance ${TOLERANCE})`,
    );
    assert.ok(onDisk.compared >= 5 && onDisk.compared === inMemory.compared);
    assert.ok(onDisk.worst < TOLERANCE && inMemory.worst < TOLERANCE);
  });
}

test('a weight is found alone as it is among all others', async () => {
  for (const [name, path] of FILES.filter(([name]) => /storyteller|^(gpt2-v3|llama-gqa|gemma-v3|bert-v3)\/model.onnx/.test(name))) {
    const all = await weightsOf(path, false);
    const missing = all.missing.map((other) => other.name);
    for (const weight of all.names.filter((_, at) => at % 5 === 0))
      assert.deepEqual((await weightsOf(path, false)).describe(weight), all.describe(weight), name);
    const other = await weightsOf(path, false);
    for (const weight of missing) assert.equal(other.has(weight), false, `${weight} of ${name}`);
    assert.deepEqual(other.names, all.names, name);
  }
});

test('a matrix of many blocks, straight and turned, of floats and of integers', async () => {
  const [lines, width] = [1500, 1024];
  const floats = Float32Array.from({ length: lines * width }, (_, at) => Math.sin(at * 0.37));
  const bytes = Int8Array.from(floats, (value) => Math.round(100 * value));
  const scales = { data: Float32Array.from({ length: width }, (_, at) => 0.01 + at / 1e5), dims: [width], storage: 'float32' };
  const tensor = (dataType: number, raw: ArrayBufferView): OnnxTensor => ({
    name: 'w',
    dims: [lines, width],
    dataType,
    raw: new Uint8Array(raw.buffer),
    unknown: [],
  });
  for (const [stored, codec] of [
    [tensor(DataType.float32, floats), plainCodec(width)],
    [tensor(DataType.int8, bytes), integerCodec([lines, width], scales, undefined, 1)],
  ] as const) {
    for (const turned of [false, true]) {
      const matrix = new StoredMatrix({ reader: new WeightReader([]), tensor: stored, codec, turned, storage: 'test' });
      const { data, rowStride, columnStride, rows, columns } = await matrix.view();
      const vector = Float32Array.from({ length: columns }, (_, at) => Math.cos(at));
      const [made] = await matrix.times([vector], products);
      const column = await matrix.column(columns - 1);
      for (const row of [0, 1, 511, rows - 1]) {
        assert.equal(column[row], data[row * rowStride + (columns - 1) * columnStride]);
        const sum = vector.reduce((total, value, at) => total + value * data[row * rowStride + at * columnStride]!, 0);
        assert.ok(Math.abs(sum - made![row]!) < 1e-3, `row ${row}: ${sum} and ${made![row]}`);
      }
    }
  }
});

test('blocks of a tensor are the tensor, whatever its type and where it lies', async () => {
  const values = Float32Array.from({ length: 103 }, (_, at) => at / 8 - 5);
  const unaligned = (bytes: Uint8Array): Uint8Array => {
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    return shifted;
  };
  const whole = { name: 'w', dims: [values.length], unknown: [] };
  const tensors: Record<string, OnnxTensor> = {
    floats: { ...whole, dataType: DataType.float32, raw: unaligned(new Uint8Array(values.buffer)) },
    halves: { ...whole, dataType: DataType.float16, raw: unaligned(new Uint8Array(floatToHalf(values).buffer)) },
    typed: { ...whole, dataType: DataType.float32, typed: { field: 4, values } },
  };
  const reader = new WeightReader([]);
  for (const [kind, tensor] of Object.entries(tensors)) {
    const found: number[] = [];
    for await (const block of reader.blocks(tensor, 10)) {
      assert.equal(block.first, found.length);
      found.push(...block.values);
    }
    assert.deepEqual(found, [...values], kind);
    assert.deepEqual(await reader.stretch(tensor, 7, 20), values.slice(7, 27), kind);
    assert.deepEqual(
      [...(await reader.every(tensor, 3, 25, 4))],
      [3, 28, 53, 78].map((at) => values[at]),
      kind,
    );
  }
});

test('places and vectors that do not fit are refused', async () => {
  const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
  const { dVocab, dModel } = model.hooks.architecture;
  await refuses(() => model.weights.columns('W_U', [dVocab!]), 'invalid-option', /whole numbers from 0 to/);
  await refuses(() => model.weights.times('W_out', [new Float64Array(dModel + 1)], 0), 'invalid-input', /vectors along d_model/);
  await refuses(() => model.weights.columns('W_nothing', [0]), 'weight-not-found', /Near it are/);
  await model.dispose();
  await refuses(() => model.weights.columns('W_U', [0]), 'disposed', /fromPretrained/);
});
