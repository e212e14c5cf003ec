// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floatAttribute, node, tensorFloat32, tensorInt64, valueInfo } from '../../../src/core/onnx/build.js';
import { GraphIndex } from '../../../src/core/onnx/graph.js';
import { removeDeadCode } from '../../../src/core/onnx/passes/dead-code.js';
import { extract } from '../../../src/core/onnx/passes/extract.js';
import { branchInput, inlineIf } from '../../../src/core/onnx/passes/inline-if.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { DataType, type OnnxGraph, type OnnxModel, type OnnxNode } from '../../../src/core/onnx/types.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { VitrineError } from '../../../src/core/errors.js';
import { skipWithoutShared } from '../shared.js';
import { feedsFor, fixture, largestDifference, run } from './run-onnx.js';

const { float32, bool, int64 } = DataType;

function graph(parts: Partial<OnnxGraph>): OnnxGraph {
  return { name: 'g', nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [], unknown: [], ...parts };
}

function model(parts: Partial<OnnxGraph>): OnnxModel {
  return { irVersion: 8, opsets: new Map([['', 13]]), graph: graph(parts), unknown: [] };
}

function ifNode(condition: string, outputs: string[], thenGraph: OnnxGraph, elseGraph: OnnxGraph): OnnxNode {
  return node('If', [condition], outputs, { then_branch: thenGraph, else_branch: elseGraph });
}

const branches = [
  ['gpt2-v2', 'decoder_model_merged.onnx'],
  ['gpt2-v2', 'decoder_model_merged_quantized.onnx'],
  ['stories260K-v2', 'decoder_model_merged.onnx'],
  ['t5-v2', 'decoder_model_merged.onnx'],
] as const;

for (const [folder, file] of branches) {
  for (const branch of ['then', 'else'] as const) {
    test(
      `the ${branch} branch of ${folder}/${file} runs alone as it ran inside the If`,
      skipWithoutShared('fixtures', folder),
      async () => {
        const merged = fixture(folder, file);
        const flat = inlineIf(merged.model, branch)!;
        assert.equal(flat.model.graph.nodes.filter(({ opType }) => opType === 'If').length, 0);
        assert.ok(flat.droppedInputs.includes('use_cache_branch'));
        const past = branch === 'then' ? 4 : 0;
        assert.equal(
          flat.droppedInputs.some((name) => name.startsWith('past_key_values')),
          branch === 'else',
        );
        const feeds = feedsFor(merged.model.graph.inputs, {
          past: Math.max(past, 1),
          sequence: branch === 'then' ? 1 : 6,
          useCache: branch === 'then',
        });
        if (branch === 'else') feeds['attention_mask'] = feedsFor(merged.model.graph.inputs, { past: 0, sequence: 6 })['attention_mask']!;
        const inside = await run(merged.bytes, feeds);
        const alone = await run(writeModel(flat.model), feeds);
        assert.deepEqual(Object.keys(alone), Object.keys(inside));
        const difference = largestDifference(inside, alone);
        console.log(
          `# largest difference ${difference}, ${flat.model.graph.nodes.length} nodes, constant outputs: ${flat.constantOutputs}`,
        );
        // The optimiser fuses a flat graph further than a branch; int8 rounding may then turn over at a last-bit difference.
        assert.ok(difference <= (file.includes('quantized') ? 5e-2 : 2e-5), `largest difference ${difference}`);
      },
    );
  }
}

test('constants that t5 gives in place of cross attention keys are reported', skipWithoutShared('fixtures', 't5-v2'), () => {
  const merged = fixture('t5-v2', 'decoder_model_merged.onnx');
  const names = inlineIf(merged.model, 'then')!.constantOutputs;
  assert.deepEqual(names.toSorted(), [
    'present.0.encoder.key',
    'present.0.encoder.value',
    'present.1.encoder.key',
    'present.1.encoder.value',
  ]);
  assert.deepEqual(inlineIf(merged.model, 'else')!.constantOutputs, []);
});

test('a graph without an If on an input is left alone', () => {
  const flat = model({ nodes: [node('Relu', ['x'], ['y'])], inputs: [valueInfo('x', float32, [2])], outputs: [valueInfo('y', float32)] });
  assert.equal(branchInput(flat.graph), undefined);
  assert.equal(inlineIf(flat, 'then'), undefined);
});

/** Every trap of section 1 of the graphs' description at once; see the comments. */
function trickyModel(): OnnxModel {
  const inner = ifNode(
    'late',
    ['picked'],
    // defines the name "sum", which the outer graph uses too, and reads "base" through two levels
    graph({ nodes: [node('Add', ['base', 'twice'], ['sum'])], outputs: [valueInfo('sum', float32, ['n'])] }),
    graph({ nodes: [node('Neg', ['base'], ['sum'])], outputs: [valueInfo('sum', float32, ['n'])] }),
  );
  const thenBranch = graph({
    nodes: [
      node('Mul', ['x', 'two'], ['base']),
      node('Mul', ['x', 'two_inner'], ['twice']), // the outer graph makes another "twice"
      node('ReduceSum', ['twice'], ['total'], { keepdims: 0 }),
      node('Greater', ['total', 'zero'], ['late']),
      inner,
      node('Identity', ['picked'], ['copy']),
    ],
    initializers: [tensorFloat32('two_inner', [2]), tensorFloat32('zero', [0], [])],
    // same tensor twice, an outer input, an outer initializer, an own initializer
    outputs: ['copy', 'copy', 'x', 'two', 'two_inner'].map((name) => valueInfo(name, float32)),
  });
  const elseBranch = graph({
    nodes: [node('Neg', ['x'], ['sum_out']), node('Add', ['sum_out', 'unused_then'], ['first'])],
    outputs: ['first', 'sum_out', 'x', 'two', 'two'].map((name) => valueInfo(name, float32)),
  });
  return model({
    nodes: [
      node('Not', ['flag'], ['not_flag']),
      ifNode('not_flag', ['first', 'second', 'third', 'fourth', 'fifth'], thenBranch, elseBranch),
      node('Add', ['first', 'x'], ['twice']), // the branch has a "twice" of its own
      node('Add', ['twice', 'second'], ['sum']),
    ],
    initializers: [tensorFloat32('two', [2])],
    inputs: [valueInfo('flag', bool, [1]), valueInfo('x', float32, ['n']), valueInfo('unused_then', float32, ['n'])],
    outputs: ['sum', 'first', 'second', 'third', 'fourth', 'fifth'].map((name) => valueInfo(name, float32)),
  });
}

for (const flag of [true, false]) {
  test(`names that clash, repeated and outer branch outputs, negated condition: flag ${flag}`, async () => {
    const tricky = trickyModel();
    const x = [1, -2, 5];
    const added = [7, 8, 9];
    const { Tensor } = await import('onnxruntime-node');
    const feeds = {
      x: new Tensor('float32', Float32Array.from(x), [3]),
      unused_then: new Tensor('float32', Float32Array.from(added), [3]),
    };
    const { model: flat, droppedInputs } = inlineIf(tricky, flag ? 'then' : 'else')!;
    assert.equal(branchInput(flat.graph), undefined);
    assert.deepEqual(droppedInputs, flag ? ['flag'] : ['flag', 'unused_then']);
    // By hand, since ONNX Runtime refuses branches that give out an outer tensor.
    const first = flag ? x.map((value, at) => added[at]! - value) : x.map((value) => 4 * value);
    const second = flag ? x.map((value) => -value) : first;
    const expected = { sum: first.map((value, at) => value + x[at]! + second[at]!), first, second, third: x, fourth: [2], fifth: [2] };
    const found = await run(writeModel(flat), feeds);
    for (const [name, values] of Object.entries(expected)) assert.deepEqual([...(found[name]!.data as Float32Array)], values, name);
    // And the given model is as it was.
    assert.deepEqual(writeModel(tricky), writeModel(trickyModel()));
  });
}

test('dead code goes, what a branch reads by name stays', () => {
  const live = removeDeadCode(
    graph({
      nodes: [
        node('Relu', ['x'], ['seen']),
        node('Relu', ['y'], ['dead']),
        node('Add', ['dead', 'weight'], ['dead2']),
        ifNode(
          'flag',
          ['out'],
          graph({ nodes: [node('Neg', ['seen'], ['o'])], outputs: [valueInfo('o', float32)] }),
          graph({ nodes: [node('Add', ['x', 'bias'], ['o'])], outputs: [valueInfo('o', float32)] }),
        ),
      ],
      initializers: [tensorFloat32('weight', [1]), tensorFloat32('bias', [1])],
      inputs: ['x', 'y', 'flag'].map((name) => valueInfo(name, float32)),
      outputs: [valueInfo('out', float32)],
      valueInfo: [valueInfo('dead', float32), valueInfo('seen', float32)],
    }),
  );
  assert.deepEqual(live.droppedInputs, ['y']);
  assert.deepEqual(
    live.graph.nodes.map(({ opType }) => opType),
    ['Relu', 'If'],
  );
  assert.deepEqual(
    live.graph.initializers.map(({ name }) => name),
    ['bias'],
  );
  assert.deepEqual(
    live.graph.valueInfo.map(({ name }) => name),
    ['seen'],
  );
});

for (const [folder, file] of [
  ['gpt2-v3', 'model.onnx'],
  ['llama-v3', 'model.onnx'],
  ['qwen2-v3-sdpa', 'model.onnx'],
  ['stories260K-v3', 'model_quantized.onnx'],
] as const) {
  test(`${folder}/${file} cut in two gives what the whole gives`, skipWithoutShared('fixtures', folder), async () => {
    const { model: whole, bytes } = fixture(folder, file);
    const index = new GraphIndex(whole.graph);
    const feeds = feedsFor(whole.graph.inputs, { past: 2, sequence: 5 });
    const options = { graphOptimizationLevel: 'disabled' } as const;
    const outputs = whole.graph.outputs.map(({ name }) => name);
    const order = index.topologicalOrder();
    const early = new Set(order.slice(0, Math.floor(order.length / 2)));
    // Everything computed in the first half that the second half or the caller reads.
    const boundary = [...early].flatMap((maker) =>
      maker.outputs.filter(
        (name) => name !== '' && !outputs.includes(name) && index.consumers(name).some(({ node: reader }) => !early.has(reader)),
      ),
    );
    const given = outputs.filter((name) => early.has(index.producer(name)!.node));
    const first: OnnxModel = { ...whole, graph: extract(whole.graph, { inputs: [], outputs: [...boundary, ...given], index }) };
    const rest = outputs.filter((name) => !given.includes(name));
    const second: OnnxModel = { ...whole, graph: extract(whole.graph, { inputs: [...boundary, ...given], outputs: rest, index }) };
    assert.ok(second.graph.nodes.length <= order.length - early.size);
    const middle = await run(writeModel(first), feeds, options);
    const end = await run(writeModel(second), { ...feeds, ...middle }, options);
    const difference = largestDifference(await run(bytes, feeds, options), { ...middle, ...end });
    console.log(`# largest difference ${difference}, ${boundary.length} tensors cross the cut`);
    assert.equal(difference, 0);
  });
}

test('extract counts what branches read, keeps only needed weights, and orders nodes', () => {
  const body = graph({ nodes: [node('Add', ['hidden', 'bias'], ['o'])], outputs: [valueInfo('o', float32)] });
  const whole = graph({
    nodes: [
      ifNode('flag', ['out'], body, body), // out of order on purpose
      node('Mul', ['x', 'weight'], ['hidden']),
      node('Cast', ['x'], ['ids'], { to: int64 }),
    ],
    initializers: [tensorFloat32('weight', [2]), tensorFloat32('bias', [1]), tensorInt64('other', [1])],
    inputs: [valueInfo('x', float32, ['n']), valueInfo('flag', bool, [1])],
    outputs: [valueInfo('out', float32), valueInfo('ids', int64)],
  });
  const all = extract(whole, { inputs: [], outputs: ['out'] });
  assert.deepEqual(
    all.nodes.map(({ opType }) => opType),
    ['Mul', 'If'],
  );
  assert.deepEqual(all.inputs.map(({ name }) => name).toSorted(), ['flag', 'x']);
  const tail = extract(whole, { inputs: ['ids', 'hidden'], outputs: ['out'] });
  assert.deepEqual(
    tail.initializers.map(({ name }) => name),
    ['bias'],
  );
  assert.deepEqual(tail.inputs, [valueInfo('hidden', float32), whole.inputs[1]]);
  assert.throws(
    () => extract(whole, { inputs: [], outputs: ['outt'] }),
    (error: unknown) => error instanceof VitrineError && error.code === 'invalid-input' && /"outt"/.test(error.message),
  );
});

test('floats and negative integers of built attributes come back', () => {
  const built = model({
    nodes: [node('LeakyRelu', ['x'], ['y'], { alpha: floatAttribute('alpha', 1), axis: -2, list: [-1, 3], ratios: [0.5, 1], mode: 'é' })],
    inputs: [valueInfo('x', float32, ['n', null, 3])],
    outputs: [valueInfo('y', float32)],
  });
  const { attributes } = readModel(writeModel(built)).graph.nodes[0]!;
  assert.equal(attributes.get('alpha')?.float, 1);
  assert.equal(attributes.get('axis')?.int, -2);
  assert.deepEqual(attributes.get('list')?.ints, [-1, 3]);
  assert.deepEqual(attributes.get('ratios')?.floats, [0.5, 1]);
  assert.equal(new TextDecoder().decode(attributes.get('mode')?.string), 'é');
  assert.deepEqual(readModel(writeModel(built)).graph.inputs[0]?.dims, ['n', null, 3]);
});
