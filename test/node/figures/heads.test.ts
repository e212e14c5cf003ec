// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { headScores, HookedModel, readHeadsTrace, recordFigure, storable, type HeadsTrace } from '../../../src/core/index.js';
import { decodeArray } from '../../../src/core/trace/index.js';

describe('heads of a figure', () => {
  let model: HookedModel;
  let trace: HeadsTrace;
  before(async () => {
    model = await HookedModel.fromPretrained('vitrine/storyteller');
    trace = await recordFigure(model, 'heads', { length: 12, rows: 2, seed: 3, top: 2 });
  });
  after(() => model.dispose());

  it('are scored as headScores scores them', async () => {
    const scores = await headScores(model, { random: { length: 12, rows: 2, seed: 3 } });
    const { data, shape } = decodeArray(trace.scores);
    assert.deepEqual(shape, [6, 4, 8]);
    let largest = 0;
    trace.kinds.forEach((kind, index) => {
      scores[kind].data.forEach((value, place) => (largest = Math.max(largest, Math.abs(value - data[index * 32 + place]!))));
    });
    console.log(`scores: largest difference ${largest.toExponential(1)}, tolerance 0`);
    assert.equal(largest, 0);
    assert.equal(trace.convention, 'diagonal');
  });

  it('have the scores by the other conventions beside them, from the same runs', async () => {
    const others = trace.others!;
    assert.deepEqual(
      others.map(({ convention }) => convention),
      ['rows', 'mask', 'mask-abs'],
    );
    let largest = 0;
    for (const { convention, scores } of others) {
      const expected = await headScores(model, { convention, random: { length: 12, rows: 2, seed: 3 } });
      const { data } = decodeArray(scores);
      trace.kinds.forEach((kind, index) => {
        expected[kind].data.forEach((value, place) => (largest = Math.max(largest, Math.abs(value - data[index * 32 + place]!))));
      });
    }
    console.log(`scores by other conventions: largest difference ${largest.toExponential(1)}, tolerance 0`);
    assert.equal(largest, 0);
  });

  it('keep the patterns of the best of each kind, on the tokens that are written beside them', async () => {
    const [layer, head] = trace.patternHeads[0]!;
    const { cache } = await model.runWithCache([trace.tokens.map(({ id }) => id)], { names: 'pattern', logits: false });
    const expected = cache.get('pattern', layer).select('batch', 0).select('head', head).data;
    const { data } = decodeArray(trace.patterns);
    const largest = Math.max(...expected.map((value, index) => Math.abs(value - data[index]!)));
    console.log(`pattern of head ${layer}.${head}: largest difference ${largest.toExponential(1)}, tolerance 0`);
    assert.equal(largest, 0);
    assert.deepEqual(
      trace.tokens.slice(0, 12).map(({ id }) => id),
      trace.tokens.slice(12).map(({ id }) => id),
    );
  });

  it('go through JSON, and a wrong field is named', () => {
    const json = JSON.parse(JSON.stringify(storable(trace))) as Record<string, unknown>;
    assert.deepEqual(readHeadsTrace(json).patternHeads, trace.patternHeads);
    assert.equal(readHeadsTrace(json).others!.length, 3);
    const { others, ...before } = json;
    assert.equal(readHeadsTrace(before).others, undefined);
    assert.throws(() => readHeadsTrace({ ...json, others: [{ ...(others as object[])[0], convention: 'mean' }] }), {
      code: 'invalid-trace',
      message: /trace\.others\[0\]\.convention: expected/,
    });
    assert.throws(() => readHeadsTrace({ ...json, kinds: ['induction'] }), {
      code: 'invalid-trace',
      message: /trace\.scores\.shape: expected \[1,/,
    });
    assert.throws(() => readHeadsTrace({ ...json, patternHeads: [[9, 0]] }), { code: 'invalid-trace', message: /patternHeads\[0\]\[0\]/ });
  });

  it('can be scored on a text', async () => {
    const text = await recordFigure(model, 'heads', { prompt: 'the cat and the dog and the cat' });
    assert.equal(text.convention, 'rows');
    assert.equal(text.period, 0);
    assert.equal(text.on, '1 text');
    assert.deepEqual(
      text.others!.map(({ convention }) => convention),
      ['mask', 'mask-abs'],
    );
  });
});
