// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VitrineError } from '../../../src/core/errors.js';
import { node, rawTensor, tensorInt64, valueInfo } from '../../../src/core/onnx/build.js';
import { ProtoWriter } from '../../../src/core/onnx/proto-writer.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { tensorFloats, tensorNumbers, tensorValues } from '../../../src/core/onnx/tensor-data.js';
import { DataType, type OnnxGraph, type OnnxTensor } from '../../../src/core/onnx/types.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { repositoryPath } from '../shared.js';

const invalid = (pattern: RegExp) => (error: unknown) =>
  error instanceof VitrineError && error.code === 'invalid-onnx' && (pattern.test(error.message) || !assert.fail(error.message));

/** A file whose graph has `write` as its content. */
function fileWith(write: (writer: ProtoWriter) => void): Uint8Array {
  const writer = new ProtoWriter();
  writer.integer(1, 8);
  writer.message(7, () => write(writer));
  return writer.finish();
}

function onlyTensor(write: (writer: ProtoWriter) => void): OnnxTensor {
  return readModel(fileWith((writer) => writer.message(5, () => write(writer)))).graph.initializers[0]!;
}

test('unknown fields stay byte for byte, at every level', () => {
  const extra = new ProtoWriter();
  extra.string(900, 'a field of the future');
  extra.integer(901, -5);
  extra.float(902, 0.5);
  const future = extra.finish();
  const bytes = fileWith((writer) => {
    writer.message(1, () => {
      writer.string(1, 'x');
      writer.verbatim(future);
      writer.string(2, 'y');
      writer.string(4, 'Relu');
      writer.verbatim(future);
    });
    writer.message(5, () => {
      writer.integer(2, 1);
      writer.verbatim(future);
    });
    writer.verbatim(future);
  });
  const file = Buffer.concat([bytes, future]);
  const model = readModel(readModelTwice(file));
  assert.deepEqual(Buffer.concat(model.unknown), Buffer.from(future));
  assert.deepEqual(Buffer.concat(model.graph.unknown), Buffer.from(future));
  assert.deepEqual(Buffer.concat(model.graph.nodes[0]!.unknown), Buffer.concat([future, future]));
  assert.deepEqual(Buffer.concat(model.graph.initializers[0]!.unknown), Buffer.from(future));
});

function readModelTwice(bytes: Uint8Array): Uint8Array {
  return writeModel(readModel(bytes));
}

test('an attribute that no graph is in is written as it was, unknown type and all', () => {
  const attribute = new ProtoWriter();
  attribute.string(1, 'axis');
  attribute.integer(3, -(2n ** 63n));
  attribute.string(13, 'documentation');
  attribute.integer(20, 2);
  const bytes = fileWith((writer) => {
    writer.message(1, () => {
      writer.string(4, 'Softmax');
      writer.message(5, () => writer.verbatim(attribute.finish()));
    });
  });
  const read = readModel(bytes).graph.nodes[0]!.attributes.get('axis')!;
  assert.equal(read.int, -Number.MAX_SAFE_INTEGER);
  assert.deepEqual(readModel(readModelTwice(bytes)).graph.nodes[0]!.attributes.get('axis')!.source, attribute.finish());
});

test('int64 values keep their sign and all their digits', () => {
  const values = [0n, -1n, 127n, 128n, -128n, 2n ** 31n, -(2n ** 31n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
  const tensor = onlyTensor((writer) => {
    writer.integer(1, values.length);
    writer.integer(2, DataType.int64);
    writer.packedIntegers(7, values);
  });
  assert.deepEqual([...tensorValues(tensor)], values);
  const single = onlyTensor((writer) => {
    writer.integer(1, 2);
    writer.integer(2, DataType.int64);
    writer.integer(7, -7); // not packed
    writer.integer(7, 9);
  });
  assert.deepEqual(tensorNumbers(single), [-7, 9]);
  const graph: OnnxGraph = { name: '', nodes: [], initializers: [tensor], inputs: [], outputs: [], valueInfo: [], unknown: [] };
  const written = writeModel({ irVersion: 8, opsets: new Map([['', 13]]), graph, unknown: [] });
  assert.deepEqual([...tensorValues(readModel(written).graph.initializers[0]!)], values);
});

test('every typed field is read: floats, doubles, ints that hold halves, bytes and bools', () => {
  const typed = (dataType: number, write: (writer: ProtoWriter) => void): number[] =>
    tensorNumbers(
      onlyTensor((writer) => {
        writer.integer(1, 3);
        writer.integer(2, dataType);
        write(writer);
      }),
    );
  const floats = new Uint8Array(Float32Array.of(0.5, -2, 3).buffer);
  const doubles = new Uint8Array(Float64Array.of(0.1, -2, 3).buffer);
  assert.deepEqual(
    typed(DataType.float32, (writer) => writer.bytes(4, floats)),
    [0.5, -2, 3],
  );
  assert.deepEqual(
    typed(DataType.float32, (writer) => {
      writer.float(4, 0.5);
      writer.bytes(4, floats.subarray(4));
    }),
    [0.5, -2, 3],
  );
  assert.deepEqual(
    typed(DataType.float64, (writer) => writer.bytes(10, doubles)),
    [0.1, -2, 3],
  );
  assert.deepEqual(
    typed(DataType.float16, (writer) => writer.packedIntegers(5, [0x3c00, 0xc000, 0x7c00])),
    [1, -2, Infinity],
  );
  assert.deepEqual(
    typed(DataType.bfloat16, (writer) => writer.packedIntegers(5, [0x3f80, 0xc000, 0x4049])),
    [1, -2, 3.140625],
  );
  assert.deepEqual(
    typed(DataType.int8, (writer) => writer.packedIntegers(5, [-1, 127, -128])),
    [-1, 127, -128],
  );
  assert.deepEqual(
    typed(DataType.bool, (writer) => writer.packedIntegers(5, [1, 0, 1])),
    [1, 0, 1],
  );
  assert.deepEqual(
    typed(DataType.uint64, (writer) => writer.packedIntegers(11, [1, 2, 3])),
    [1, 2, 3],
  );
});

test('all 65,536 halves have the value of their definition', () => {
  const tensor = rawTensor(
    'h',
    DataType.float16,
    Uint16Array.from({ length: 65536 }, (_, bits) => bits),
    [65536],
  );
  const values = tensorFloats(tensor);
  const parts = (bits: number): [number, number, number] => [bits >> 15 ? -1 : 1, (bits >> 10) & 31, (bits & 1023) / 1024];
  for (let bits = 0; bits < 65536; bits++) {
    const [sign, exponent, fraction] = parts(bits);
    const finite = exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
    const expected = exponent < 31 ? finite : fraction === 0 ? sign * Infinity : NaN;
    assert.ok(Object.is(values[bits], expected), `0x${bits.toString(16)}: ${values[bits]} instead of ${expected}`);
  }
});

test('raw data at an odd byte is read, and a Buffer out of a pool too', () => {
  for (let shift = 0; shift < 8; shift++) {
    const tensor = onlyTensor((writer) => {
      writer.string(8, 'n'.repeat(shift + 1));
      writer.integer(1, 2);
      writer.integer(2, DataType.int64);
      writer.bytes(9, new Uint8Array(BigInt64Array.of(-3n, 4n).buffer));
    });
    assert.deepEqual(tensorNumbers(tensor), [-3, 4]);
  }
  const file = writeModel({ irVersion: 8, opsets: new Map(), graph: emptyGraph(), unknown: [] });
  const pooled = Buffer.concat([Buffer.from('xyz'), file]).subarray(3);
  const { raw } = readModel(pooled).graph.initializers[0]!;
  assert.equal(raw?.constructor, Uint8Array);
  assert.equal(raw?.buffer, pooled.buffer, 'no copy');
});

function emptyGraph(): OnnxGraph {
  return {
    name: 'g',
    nodes: [node('Reshape', ['x', 'shape'], ['y'])],
    initializers: [tensorInt64('shape', [-1, 2])],
    inputs: [valueInfo('x', DataType.float32)],
    outputs: [valueInfo('y', DataType.float32)],
    valueInfo: [],
    unknown: [],
  };
}

test('tensors whose bytes and dims disagree, or whose file is absent, say so', () => {
  const short = rawTensor('w', DataType.float32, new Uint8Array(7), [2]);
  assert.throws(() => tensorValues(short), invalid(/"w" of dims \[2\] needs 8 bytes and has 7/));
  assert.throws(() => tensorValues({ ...short, dims: [2 ** 40, 2 ** 40] }), invalid(/dims/));
  assert.throws(() => tensorValues({ ...short, dims: [-1] }), invalid(/dims/));
  const external: OnnxTensor = {
    name: 'w',
    dims: [1],
    dataType: 1,
    external: { location: 'model.onnx_data', offset: 4, length: 4 },
    unknown: [],
  };
  assert.throws(
    () => tensorValues(external),
    (error: unknown) => error instanceof VitrineError && error.code === 'file-missing' && /model\.onnx_data/.test(error.message),
  );
  const data = new Uint8Array(Float32Array.of(1, 2.5).buffer);
  assert.deepEqual([...tensorValues(external, ({ offset, length }) => data.subarray(offset, offset + length!))], [2.5]);
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const safetensors = Buffer.concat([
  Buffer.from([0x40, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from('{"weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     '),
]);

for (const [what, bytes, pattern] of [
  ['nothing', new Uint8Array(0), /file is empty/],
  [
    'a Git LFS pointer',
    text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 653700000\n'),
    /Git LFS pointer.*git lfs pull/,
  ],
  ['an HTML page', text('\n<!DOCTYPE html>\n<html><head><title>404</title>'), /web page.*check the address/],
  ['JSON', text('{"error":"Repository not found"}'), /JSON/],
  ['a JSON list', text('[{"type":"file"}]'), /JSON/],
  ['plain text', text('Entry not found'), /text file that begins with "Entry not found"/],
  ['safetensors', safetensors, /safetensors.*\.onnx file/],
  ['GGUF', text('GGUF\u0003\u0000\u0000\u0000'), /GGUF/],
  ['a ZIP archive', text('PK\u0003\u0004rest'), /ZIP archive/],
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
  ['a pickle', Uint8Array.of(0x80, 2, 0x8a, 0x0a), /pickle/],
  ['zeros', new Uint8Array(1000), /field tag.*byte 0 .*download it again/],
  ['a model without a graph', Uint8Array.of(8, 8, 18, 1, 65), /no graph/],
] as const) {
  test(`${what} in place of a model: the error says what it is and what to do`, () => {
    assert.throws(() => readModel(bytes), invalid(pattern));
  });
}

test('a model cut short names the byte and advises to download it again', () => {
  const bytes = readFileSync(repositoryPath('models', 'storyteller', 'onnx', 'model.onnx'));
  assert.throws(
    () => readModel(bytes.subarray(0, bytes.length >> 1)),
    invalid(/field 7 says it has \d+ bytes and only \d+ are left.*at byte \d+/),
  );
});

test('lengths that lie, numbers without an end, nesting without an end', () => {
  const huge = Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  assert.throws(() => readModel(huge), invalid(/only 0 are left/));
  assert.throws(() => readModel(Uint8Array.of(8, ...new Array<number>(20).fill(0xff))), invalid(/longer than ten bytes/));
  let nested = new Uint8Array(0);
  for (let depth = 0; depth < 3000; depth++) {
    const writer = new ProtoWriter();
    // node { attribute { g: nested } }
    writer.message(1, () => writer.message(5, () => writer.bytes(6, nested)));
    nested = Uint8Array.from(writer.finish());
  }
  const deep = nested;
  assert.throws(() => readModel(fileWith((writer) => writer.verbatim(deep))), invalid(/nested more than/));
});

test('millions of empty nodes are refused before they fill the memory', () => {
  const nodes = new Uint8Array(3_000_000);
  for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
  assert.throws(() => readModel(fileWith((writer) => writer.verbatim(nodes))), invalid(/more than \d+ messages/));
});
