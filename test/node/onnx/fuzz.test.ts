// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VitrineError } from '../../../src/core/errors.js';
import { pointIntoFile } from '../../../src/core/onnx/external.js';
import { GraphIndex } from '../../../src/core/onnx/graph.js';
import { inferElementTypes } from '../../../src/core/onnx/infer-types.js';
import { removeDeadCode } from '../../../src/core/onnx/passes/dead-code.js';
import { inlineIf } from '../../../src/core/onnx/passes/inline-if.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { readSkeleton } from '../../../src/core/onnx/skeleton.js';
import { tensorValues } from '../../../src/core/onnx/tensor-data.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { repositoryPath, skipWithoutShared } from '../shared.js';
import { fixture, fixtureFiles, mulberry } from './run-onnx.js';

const storyteller = readFileSync(repositoryPath('models', 'storyteller', 'onnx', 'model.onnx'));

/** Ways to damage a file. Most damage is done near the structure, that is outside the weights. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = (): number => Math.floor(random() ** 2 * bytes.length);
  const result = Uint8Array.from(bytes);
  const varint = Uint8Array.of(0xff, 0xff, 0xff, 0xff, Math.floor(random() * 256), Math.floor(random() * 128));
  switch (Math.floor(random() * 9)) {
    case 0: // flipped bits
      for (let count = 1 + Math.floor(random() * 4); count > 0; count--) result[at()]! ^= 1 << Math.floor(random() * 8);
      return result;
    case 1: // cut short
      return result.subarray(0, at());
    case 2: // a number that is longer and larger than the one it pushes aside
      return splice(result, at(), 0, varint);
    case 3: // a length that overflows
      result.set(varint.subarray(0, Math.min(varint.length, 3)), Math.min(at(), result.length - 3));
      return result;
    case 4: {
      // a piece of the file again somewhere else
      const from = at();
      return splice(result, at(), 0, bytes.subarray(from, from + Math.floor(random() * 4000)));
    }
    case 5: // a piece missing
      return splice(result, at(), Math.floor(random() * 200), new Uint8Array(0));
    case 6: // one small number changed: a type, a dimension, a length, a letter of a name
    case 7:
      result[at()] = Math.floor(random() * 24);
      return result;
    default: {
      // random bytes
      const from = at();
      for (let index = from; index < Math.min(result.length, from + 16); index++) result[index] = Math.floor(random() * 256);
      return result;
    }
  }
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.max(at, bytes.length - remove) + insert.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(bytes.subarray(at + remove), at + insert.length);
  return result;
}

/** Everything this layer does with a file. @returns whether the file was still readable */
function survives(bytes: Uint8Array): boolean {
  try {
    const model = readModel(bytes);
    writeModel(pointIntoFile(model, bytes, 'model.onnx'));
    for (const tensor of model.graph.initializers) attempt(() => tensorValues(tensor));
    attempt(() => new GraphIndex(model.graph).topologicalOrder());
    attempt(() => inferElementTypes(model.graph));
    attempt(() => removeDeadCode(model.graph));
    attempt(() => inlineIf(model, 'then'));
    return true;
  } catch (error) {
    assert.ok(error instanceof VitrineError, `${error instanceof Error ? error.stack : String(error)}`);
    assert.equal(error.code, 'invalid-onnx');
    assert.ok(error.message.length < 1000);
    return false;
  }
}

/** Later steps may refuse a damaged model too, in the same way. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
  }
}

/** The model without its weights, so that damage hits the structure: every initializer points outside. */
function skeleton(bytes: Uint8Array): Uint8Array {
  return writeModel(pointIntoFile(readModel(bytes), bytes, 'model.onnx', { minimumBytes: 64 }));
}

test('600 damaged copies of the embedded model are read or refused, never anything else', () => {
  const random = mulberry(1);
  const bytes = skeleton(storyteller);
  let readable = 0;
  for (let count = 0; count < 600; count++) if (survives(mutate(bytes, random))) readable++;
  console.log(`# ${readable} of 600 were still readable`);
  assert.ok(readable > 0 && readable < 600);
});

test('2,400 damaged copies of the fixtures are read or refused, never anything else', skipWithoutShared('fixtures'), () => {
  const random = mulberry(2);
  const files = fixtureFiles().map(([folder, file]) => skeleton(fixture(folder, file).bytes));
  let readable = 0;
  let slowest = 0;
  for (let count = 0; count < 2400; count++) {
    const mutated = mutate(files[count % files.length]!, random);
    const begin = performance.now();
    if (survives(mutated)) readable++;
    slowest = Math.max(slowest, performance.now() - begin);
  }
  console.log(`# ${readable} of 2400 were still readable; the slowest took ${slowest.toFixed(0)} ms`);
});

test('600 damaged copies read in parts give the same model as read whole, or are refused', async () => {
  const random = mulberry(3);
  const bytes = skeleton(storyteller);
  let readable = 0;
  for (let count = 0; count < 600; count++) {
    const mutated = mutate(bytes, random);
    const read = async (offset: number, length: number) => mutated.slice(offset, offset + length);
    try {
      const parts = readModel(await readSkeleton({ size: mutated.length, read }, 'm'));
      assert.equal(parts.graph.nodes.length, readModel(mutated).graph.nodes.length);
      readable++;
    } catch (error) {
      assert.ok(error instanceof VitrineError, error instanceof Error ? error.stack : String(error));
    }
  }
  console.log(`# ${readable} of 600 were still readable`);
  assert.ok(readable > 0);
});

test('a file cut at every byte of its first thousand is refused', () => {
  for (let length = 0; length < 1000; length++) assert.equal(survives(storyteller.subarray(0, length)), false);
});
