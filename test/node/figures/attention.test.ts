// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { headScores, HookedModel, readAttentionTrace, recordFigure, sentencePair, storable } from '../../../src/core/index.js';
import { attentionTrace, decodeArray } from '../../../src/core/trace/index.js';
import { Tensor } from '../../../src/core/model/tensor.js';

const provenance = { model: 'test', vitrine: '0.0.0' };
const token = (text: string, special = false) => ({ id: text.length, text, ...(special && { special }) });

describe('attention of a figure', () => {
  let model: HookedModel;
  before(async () => {
    model = await HookedModel.fromPretrained('vitrine/storyteller');
  });
  after(() => model.dispose());

  it('holds the patterns of the run, and the scores of headScores for the layers that are shown', async () => {
    const prompt = 'When Mary and John went to the store';
    const trace = await recordFigure(model, 'attention', { prompt, layers: [1, 3], dtype: 'float32', scores: 'induction' });
    const back = readAttentionTrace(JSON.parse(JSON.stringify(storable(trace))));
    const { cache } = await model.runWithCache(prompt, { names: 'pattern', logits: false });
    const { data, shape } = decodeArray(back.pattern);
    const size = shape.slice(1).reduce((product, length) => product * length);
    let largest = 0;
    [1, 3].forEach((layer, row) =>
      cache
        .get('pattern', layer)
        .data.forEach((value, index) => (largest = Math.max(largest, Math.abs(value - data[row * size + index]!)))),
    );
    console.log(`patterns through JSON: largest difference ${largest.toExponential(1)}, tolerance 0`);
    assert.equal(largest, 0);
    const expected = (await headScores(model)).induction;
    assert.equal(back.scores!.kind, 'induction');
    const scores = decodeArray(back.scores!.values);
    assert.deepEqual(scores.shape, [2, 8]);
    assert.deepEqual([...scores.data], [...expected.data.slice(8, 16), ...expected.data.slice(24, 32)]);
    assert.equal(back.segments, undefined);
  });

  it('says which scores there are', async () => {
    await assert.rejects(recordFigure(model, 'attention', { prompt: 'a', scores: 'luck' as never }), {
      code: 'invalid-option',
      message: /"luck"\. Choose previous, duplicate, induction/,
    });
  });
});

describe('the trace of attention', () => {
  const rectangular = new Tensor(Float32Array.of(0.25, 0.75, 0, 1, 0, 0), [1, 2, 3], ['head', 'query', 'key']);
  const input = { provenance, prompt: 'ab', tokens: [token('a'), token('b')], patterns: [rectangular], causal: false };

  it('can be of queries and keys of two texts', () => {
    const trace = attentionTrace({ ...input, keyTokens: [token('x'), token('y'), token('z')] });
    const back = readAttentionTrace(JSON.parse(JSON.stringify(storable(trace))));
    assert.deepEqual(back.pattern.shape, [1, 1, 2, 3]);
    assert.deepEqual(
      back.keyTokens!.map(({ text }) => text),
      ['x', 'y', 'z'],
    );
    assert.throws(() => readAttentionTrace({ ...trace, causal: true }), { message: /trace\.causal: expected false where keyTokens/ });
    assert.throws(() => readAttentionTrace({ ...trace, keyTokens: undefined }), {
      message: /trace\.pattern\.shape: expected \[1, any, 2, 2\]/,
    });
  });

  it('checks segments and scores', () => {
    const trace = attentionTrace({ ...input, keyTokens: [token('x'), token('y'), token('z')] });
    assert.throws(() => readAttentionTrace({ ...trace, segments: [{ name: 'A', start: 0, end: 3 }] }), { message: /segments\[0\]\.end/ });
    assert.throws(() => readAttentionTrace({ ...trace, scores: { kind: 'x', values: { shape: [1, 2], values: new Float32Array(2) } } }), {
      message: /trace\.scores\.values\.shape: expected \[1, 1\] \(layer, head\)/,
    });
    assert.throws(
      () => attentionTrace({ ...input, keyTokens: input.tokens.concat(token('c')), scores: { kind: 'x', values: new Float32Array(2) } }),
      {
        message: /scores\.values: expected 1 numbers/,
      },
    );
  });

  it('finds the two sentences of a pair by its separator', () => {
    const pair = [token('[CLS]', true), token('a'), token('[SEP].', true), token('b'), token('c'), token('[SEP].', true)];
    assert.deepEqual(sentencePair(pair), [
      { name: 'A', start: 0, end: 3 },
      { name: 'B', start: 3, end: 6 },
    ]);
    assert.equal(sentencePair(pair.slice(0, 3)), undefined);
    assert.equal(sentencePair([]), undefined);
  });
});
