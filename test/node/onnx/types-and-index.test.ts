// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VitrineError } from '../../../src/core/errors.js';
import { node, tensorFloat32, tensorInt64, valueInfo } from '../../../src/core/onnx/build.js';
import { freeNames, GraphIndex, outerNames } from '../../../src/core/onnx/graph.js';
import { inferElementTypes } from '../../../src/core/onnx/infer-types.js';
import { inlineIf } from '../../../src/core/onnx/passes/inline-if.js';
import { dataTypeName, tensorNumbers } from '../../../src/core/onnx/tensor-data.js';
import { DataType, type OnnxGraph } from '../../../src/core/onnx/types.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { skipWithoutShared } from '../shared.js';
import { feedsFor, fixture, run } from './run-onnx.js';

function graph(parts: Partial<OnnxGraph>): OnnxGraph {
  return { name: 'g', nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [], unknown: [], ...parts };
}

for (const [folder, file] of [
  ['gpt2-v2', 'decoder_model_merged_quantized.onnx'],
  ['gpt2-v3', 'model_fp16.onnx'],
  ['gpt2-op17', 'model.onnx'],
  ['bert-v3', 'model_quantized.onnx'],
  ['bert-ort', 'model_O2_quantized.onnx'],
  ['bert-ort', 'model_quantized_ortopt.onnx'],
  ['gpt2-ort', 'model.onnx'],
  ['llama-gqa', 'model_q4.onnx'],
  ['llama-gqa', 'model_quantized.onnx'],
  ['stories260K-v3', 'model_q4f16.onnx'],
  ['vit-v3', 'model_quantized.onnx'],
  ['distilbert-v2', 'model.onnx'],
] as const) {
  test(`every tensor of ${folder}/${file} has the type that ONNX Runtime gives it`, skipWithoutShared('fixtures', folder), async () => {
    const { model: read } = fixture(folder, file);
    const model = inlineIf(read, 'then')?.model ?? read;
    const feeds = feedsFor(model.graph.inputs, { past: 2, sequence: 4 });
    // Without what the file declares, so that the rules are tried.
    const types = inferElementTypes({ ...model.graph, valueInfo: [], outputs: [] });
    const all = model.graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
    const exposed = { ...model.graph, valueInfo: [], outputs: all.map((name) => valueInfo(name, types.get(name) ?? 0)) };
    // ONNX Runtime refuses an output declared with a type that it does not infer itself.
    const outputs = await run(writeModel({ ...model, graph: exposed }), feeds, { graphOptimizationLevel: 'disabled' });
    for (const name of all) assert.equal(dataTypeName(types.get(name) ?? 0), outputs[name]!.type, name);
    console.log(`# ${all.length} tensors`);
  });
}

test('types come out of branches and loops, and declared types come first', () => {
  const branch = (name: string, to: number): OnnxGraph =>
    graph({ nodes: [node('Cast', ['x'], [name], { to })], outputs: [valueInfo(name, 0), valueInfo('x', 0)] });
  const body = graph({
    nodes: [node('Shape', ['state'], ['scanned']), node('Identity', ['going'], ['on']), node('Relu', ['state'], ['next'])],
    inputs: [valueInfo('step', DataType.int64), valueInfo('going', DataType.bool), valueInfo('state', DataType.float16)],
    outputs: [valueInfo('on', 0), valueInfo('next', 0), valueInfo('scanned', 0)],
  });
  const types = inferElementTypes(
    graph({
      nodes: [
        node('If', ['flag'], ['a', 'same'], { then_branch: branch('t', DataType.int64), else_branch: branch('e', DataType.int64) }),
        node('Loop', ['', 'flag', 'x'], ['last', 'all'], { body }),
        node('Mystery', ['x'], ['declared'], {}, { domain: 'some.where' }),
      ],
      inputs: [valueInfo('flag', DataType.bool), valueInfo('x', DataType.float16)],
      valueInfo: [valueInfo('declared', DataType.uint8)],
    }),
  );
  assert.deepEqual(
    ['a', 'same', 'last', 'all', 'declared'].map((name) => types.get(name)),
    [DataType.int64, DataType.float16, DataType.float16, DataType.int64, DataType.uint8],
  );
});

test('an index knows makers, readers and constants, through branches', () => {
  const inner = graph({
    nodes: [node('Add', ['h', 'local'], ['o'])],
    initializers: [tensorFloat32('local', [1])],
    outputs: [valueInfo('o', 1)],
  });
  const middle = graph({ nodes: [node('If', ['flag'], ['m'], { then_branch: inner, else_branch: inner })], outputs: [valueInfo('m', 1)] });
  const whole = graph({
    nodes: [
      node('Constant', [], ['shape'], { value: tensorInt64('', [2, -1]) }),
      node('Constant', [], ['two'], { value_float: 2 }),
      node('Identity', ['shape'], ['shape2']),
      node('Identity', ['shape2'], ['shape3']),
      node('Reshape', ['x', 'shape3'], ['h']),
      node('If', ['flag'], ['y'], { then_branch: middle, else_branch: inner }, { name: 'choose' }),
      node('Clip', ['y', '', 'two'], ['z']),
    ],
    inputs: [valueInfo('x', 1), valueInfo('flag', 9)],
    outputs: [valueInfo('z', 1)],
  });
  const index = new GraphIndex(whole);
  const choose = whole.nodes[5]!;
  assert.deepEqual(outerNames(choose).toSorted(), ['flag', 'h']);
  assert.deepEqual([...freeNames(inner)], ['h']);
  assert.deepEqual(index.consumers('h'), [{ node: choose, input: -1 }]);
  assert.deepEqual(index.consumers('two'), [{ node: whole.nodes[6], input: 2 }]);
  assert.deepEqual(index.consumers(''), []);
  assert.deepEqual(index.producer('h'), { node: whole.nodes[4], output: 0 });
  assert.deepEqual(tensorNumbers(index.constant('shape3')!), [2, -1]);
  assert.equal(index.constant('h'), undefined);
  assert.equal(index.isInput('x') && index.isOutput('z') && !index.isOutput('y'), true);
  assert.deepEqual(tensorNumbers(new GraphIndex(inner, index).constant('shape3')!), [2, -1]);
});

test('nodes are put in order, circles and doubled tensors are refused', () => {
  const relu = (from: string, to: string) => node('Relu', [from], [to]);
  const nodes = [relu('b', 'c'), relu('a', 'b'), relu('x', 'a'), relu('x', 'free')];
  assert.deepEqual(
    new GraphIndex(graph({ nodes })).topologicalOrder().map(({ outputs }) => outputs[0]),
    ['a', 'b', 'c', 'free'],
  );
  const ordered = [...nodes].reverse();
  assert.deepEqual(new GraphIndex(graph({ nodes: ordered })).topologicalOrder(), ordered, 'an order that is right is kept');
  const invalid = (pattern: RegExp) => (error: unknown) =>
    error instanceof VitrineError && error.code === 'invalid-onnx' && pattern.test(error.message);
  assert.throws(
    () => new GraphIndex(graph({ nodes: [relu('b', 'a'), relu('a', 'b')] })).topologicalOrder(),
    invalid(/needs its own result/),
  );
  assert.throws(() => new GraphIndex(graph({ nodes: [relu('x', 'a'), relu('y', 'a')] })), invalid(/Two nodes.*"a"/));
});

test('a chain of 15,000 nodes does not exhaust the stack', () => {
  const nodes = Array.from({ length: 15000 }, (_, at) => node('Relu', [`t${at}`], [`t${at + 1}`])).reverse();
  const index = new GraphIndex(graph({ nodes }));
  assert.equal(index.topologicalOrder()[0]?.inputs[0], 't0');
  assert.equal(inferElementTypes(graph({ nodes, inputs: [valueInfo('t0', DataType.float16)] })).get('t15000'), DataType.float16);
});
