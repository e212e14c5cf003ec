// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HookedModel, readTrace, recordFigure, type ModelTrace } from '../../../src/core/index.js';
import { isVitrineError } from '../../../src/core/errors.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { DataType } from '../../../src/core/onnx/types.js';
import { repositoryPath, sharedPath, skipWithoutShared } from '../shared.js';

const product = (dims: readonly number[]): number => dims.reduce((all, dim) => all * dim, 1);

/** All learned numbers of a map, each counted once. */
function parameters({ weights, architecture }: ModelTrace): number {
  const times = ({ name, layers }: ModelTrace['weights'][number]): number =>
    layers?.length ?? (name.includes('{layer}') ? architecture.nLayer : 1);
  return weights.filter(({ same }) => same === undefined).reduce((sum, weight) => sum + times(weight) * product(weight.dims), 0);
}

/** As it comes from a JSON file. */
const again = (trace: ModelTrace): ModelTrace => readTrace(JSON.parse(JSON.stringify(trace))) as ModelTrace;

async function mapOf(source: string, file?: string): Promise<{ map: ModelTrace; model: HookedModel }> {
  const model = await HookedModel.fromPretrained(source, { device: 'cpu', ...(file !== undefined && { file }) });
  try {
    return { map: await recordFigure(model, 'model', {}), model };
  } finally {
    await model.dispose();
  }
}

test('the storyteller: sizes, tied embeddings, and 1.09 million parameters as its config says', async (t) => {
  const { map, model } = await mapOf('vitrine/storyteller');
  const { vocab_size: v, n_positions: n, n_embd: d, n_layer: layers } = model.config as Record<string, number>;
  const block = 2 * d! + (3 * d! * d! + 3 * d!) + (d! * d! + d!) + 2 * d! + (4 * d! * d! + 4 * d!) + (4 * d! * d! + d!);
  assert.equal(parameters(map), v! * d! + n! * d! + layers! * block + 2 * d!);
  assert.equal(map.architecture.tied, true);
  assert.equal(map.architecture.nCtx, n);
  assert.deepEqual(map.hidden, []);
  assert.deepEqual(again(map), map);
  const pattern = map.hooks.find(({ name }) => name === 'blocks.{layer}.attn.hook_pattern');
  assert.deepEqual(pattern, { name: pattern!.name, axes: ['batch', 'head', 'query', 'key'], dims: [null, 8, null, null] });
  t.diagnostic(`${parameters(map)} parameters, ${JSON.stringify(map).length} characters of JSON`);
});

test('the storyteller: as many parameters as its file has floating-point numbers, less the second copy of the embedding', async (t) => {
  const { map } = await mapOf('vitrine/storyteller');
  const held = floats(repositoryPath('models', 'storyteller', 'onnx', 'model.onnx'));
  const { dVocab, dModel } = map.architecture;
  t.diagnostic(`file ${held}, map ${parameters(map)}`);
  assert.equal(parameters(map), held - dVocab! * dModel);
});

/** Floating-point numbers in the initializers of a file, constants aside. */
function floats(path: string): number {
  const { graph } = readModel(new Uint8Array(readFileSync(path)));
  return graph.initializers
    .filter(({ dataType, dims }) => dataType === DataType.float32 && product(dims) >= 10)
    .reduce((sum, { dims }) => sum + product(dims), 0);
}

const fixtures: Record<string, { parameters: number; tied: boolean | null; hidden: RegExp; kv?: number }> = {
  'gpt2-v3': { parameters: 103344, tied: true, hidden: /^$/ },
  'bert-v2': { parameters: 75824, tied: true, hidden: /^$/ },
  'distilbert-v2': { parameters: 56546, tied: false, hidden: /^$/ },
  'gemma-v3': { parameters: 100672, tied: true, hidden: /^$/, kv: 1 },
  'llama-v3': { parameters: 152000, tied: false, hidden: /^$/, kv: 2 },
  'llama-gqa': { parameters: 152000, tied: false, hidden: /attn\.hook_pattern/, kv: 2 },
  'qwen3-gqa-v4': { parameters: 131616, tied: true, hidden: /attn\.hook_pattern/, kv: 2 },
  'stories260K-v3': { parameters: 260032, tied: true, hidden: /^$/, kv: 4 },
  't5-v2': { parameters: 52464, tied: true, hidden: /cross_attn\.hook_pattern/ },
  'vit-v3': { parameters: 38506, tied: null, hidden: /hook_pos_embed/ },
};

for (const [name, expected] of Object.entries(fixtures)) {
  test(`${name}: every file has the same parameters, ties and groups`, skipWithoutShared('fixtures', name), async (t) => {
    const files = readdirSync(join(sharedPath('fixtures', name), 'onnx')).filter((file) => file.endsWith('.onnx'));
    for (const file of files.filter((one) => !/encoder/.test(one))) {
      const { map, model } = await mapOf(sharedPath('fixtures', name), `onnx/${file}`);
      assert.equal(parameters(map), expected.parameters, `${file}: parameters`);
      assert.equal(map.architecture.tied, expected.tied, `${file}: tied`);
      assert.equal(map.architecture.nKeyValueHead, expected.kv ?? map.architecture.nHead, `${file}: key and value heads`);
      const hidden = map.hidden.map((hook) => hook.name).filter((hook) => !/hook_result$/.test(hook));
      assert.match(hidden.join(' '), expected.hidden, `${file}: hidden`);
      assert.deepEqual(again(map), map);
      // Every hook is told once, under its own name.
      const told = map.hooks.flatMap((hook) =>
        hook.name.includes('{layer}')
          ? (hook.layers ?? Array.from({ length: map.architecture.nLayer }, (_, layer) => layer)).map((layer) =>
              hook.name.replace('{layer}', String(layer)),
            )
          : [hook.name],
      );
      assert.deepEqual(told.sort(), [...model.hooks.names].sort());
    }
    t.diagnostic(`${files.length} files, ${expected.parameters} parameters`);
  });
}

test('tied embeddings are equal numbers, untied ones are not', skipWithoutShared('fixtures', 'gpt2-v3'), async () => {
  for (const [name, tied] of [
    ['gpt2-v3', true],
    ['bert-v3', true],
    ['qwen2-v3-sdpa', true],
    ['llama-v3', false],
  ] as const) {
    const model = await HookedModel.fromPretrained(sharedPath('fixtures', name), { device: 'cpu', file: 'onnx/model.onnx' });
    const embedding = await model.weights.get('W_E');
    const [column] = [await model.weights.columns('W_U', [7])];
    const width = model.hooks.architecture.dModel;
    const difference = Math.max(...Array.from({ length: width }, (_, at) => Math.abs(embedding.data[7 * width + at]! - column.data[at]!)));
    const map = await recordFigure(model, 'model', {});
    assert.equal(map.architecture.tied, tied, name);
    assert.equal(difference < 1e-6, tied, `${name}: ${difference}`);
    await model.dispose();
  }
});

test('a trace with a fault is refused with its field, and what belongs there', async () => {
  const { map } = await mapOf('vitrine/storyteller');
  const json = JSON.stringify(map);
  const faults: [(trace: ModelTrace) => void, RegExp][] = [
    [
      (trace) => (trace.architecture.norm = 'batch' as never),
      /trace\.architecture\.norm: expected "layer" or "rms" or "none", got "batch"/,
    ],
    [(trace) => (trace.architecture.tied = 1 as never), /trace\.architecture\.tied: expected true or false/],
    [(trace) => (trace.hooks[0]!.dims = [1]), /trace\.hooks\[0\]\.dims: expected a list of 3/],
    [(trace) => (trace.weights[0]!.layers = [4]), /trace\.weights\[0\]\.layers\[0\]: expected a whole number from 0 to 3/],
    [(trace) => (trace.values = { embed: NaN }), /trace\.values\["embed"\]: expected a finite number/],
    [(trace) => (trace.headValues = [[0]]), /trace\.headValues: expected a list of 4/],
  ];
  for (const [spoil, message] of faults) {
    const trace = JSON.parse(json) as ModelTrace;
    spoil(trace);
    assert.throws(
      () => readTrace(trace),
      (error) => isVitrineError(error) && error.code === 'invalid-trace' && message.test(error.message),
    );
  }
});
