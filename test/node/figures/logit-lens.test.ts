// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { HookedModel, logitLens, recordFigure, storable, VitrineError } from '../../../src/core/index.js';
import { decodeArray, readLogitLensTrace } from '../../../src/core/trace/index.js';
import { largestDifference } from '../reference.js';

const prompt = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
after(() => model.dispose());

/** Probability and rank of every token at one point and position, by sorting in float64. */
async function plainly(point: string, position: number): Promise<{ probability: number[]; rank: number[] }> {
  const { cache } = await model.runWithCache(prompt, { names: point });
  const logits = Array.from((await model.unembed(cache.get(point))).select('batch', 0).select('pos', position).data);
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return {
    probability: powers.map((power) => power / sum),
    rank: logits.map((logit) => logits.filter((other) => other > logit).length),
  };
}

describe('the figure of a logit lens', () => {
  it('follows every token that is among the likeliest anywhere, as sorting the whole vocabulary says', async () => {
    const lens = await logitLens(model, prompt, { topK: 5, trajectories: true });
    const { pos, ids, probability, rank, omitted } = lens.trajectories!;
    assert.equal(omitted, 0);
    for (const position of [4, lens.tokens.ids[0]!.length - 1]) {
      const rows = [...pos].flatMap((at, row) => (at === position ? [row] : []));
      const expected = new Set<number>();
      for (let point = 0; point < lens.points.length; point++) {
        const plain = await plainly(lens.points[point]!, position);
        plain.rank.forEach((place, id) => place < 5 && expected.add(id));
        const difference = Math.max(...rows.map((row) => Math.abs(probability.at(row, point) - plain.probability[ids[row]!]!)));
        console.log(`position ${position}, ${lens.labels[point]}: largest difference ${difference.toExponential(1)}, tolerance 1e-5`);
        assert.ok(difference < 1e-5);
        for (const row of rows) {
          // Two logits that are all but equal may change places between two runs.
          assert.ok(Math.abs(rank.at(row, point) - plain.rank[ids[row]!]!) <= 1, `rank of ${lens.text(ids[row]!)}`);
        }
      }
      assert.deepEqual(new Set(rows.map((row) => ids[row])), expected);
    }
  });

  it('agrees with the likeliest tokens of every cell, and with a token that was asked for', async () => {
    for (const norm of ['recompute', 'cached'] as const) {
      const { topIds, topProbabilities, trajectories, target, points } = await logitLens(model, prompt, {
        norm,
        target: ' Mary',
        trajectories: true,
      });
      const { pos, ids, probability, rank } = trajectories!;
      let cells = 0;
      ids.forEach((id, row) => {
        for (let point = 0; point < points.length; point++) {
          for (let place = 0; place < 5; place++) {
            if (topIds.at(point, 0, pos[row]!, place) !== id) continue;
            assert.equal(rank.at(row, point), place);
            assert.equal(probability.at(row, point), topProbabilities.at(point, 0, pos[row]!, place));
            cells += 1;
          }
          if (id !== target!.id) continue;
          assert.equal(probability.at(row, point), target!.probability.at(point, 0, pos[row]!));
          assert.equal(rank.at(row, point), target!.rank.at(point, 0, pos[row]!));
        }
      });
      assert.equal(cells, topIds.size);
    }
  });

  it('keeps those that came closest to the top, and counts the others', async () => {
    const whole = (await logitLens(model, prompt, { trajectories: true })).trajectories!;
    const { trajectories } = await logitLens(model, prompt, { trajectories: 3 });
    const { pos, rank, omitted } = trajectories!;
    assert.equal(omitted, whole.ids.length - pos.length);
    assert.ok(omitted > 0);
    for (let row = 0; row < pos.length; row++) assert.ok([...pos].filter((at) => at === pos[row]).length <= 3);
    const best = Array.from(pos, (_, row) => Math.min(...rank.select('row', row).data));
    assert.ok(best.filter((place) => place === 0).length >= new Set(pos).size, 'every position keeps a token that led');
  });

  it('reads back through JSON: ranks exactly, probabilities within the error of uint16', async () => {
    const trace = await recordFigure(model, 'logit-lens', { prompt, target: ' Mary' });
    const read = readLogitLensTrace(JSON.parse(JSON.stringify(storable(trace))));
    const [before, now] = [trace.trajectories!, read.trajectories!];
    assert.deepEqual(decodeArray(now.of).data, decodeArray(before.of).data);
    assert.deepEqual(Array.from(decodeArray(now.rank).data, Math.round), [...decodeArray(before.rank).data]);
    const difference = largestDifference(
      Float32Array.from(decodeArray(now.probability).data),
      Float32Array.from(decodeArray(before.probability).data),
    );
    console.log(`probabilities of trajectories: largest difference ${difference.toExponential(1)}, tolerance 7.7e-6`);
    assert.ok(difference < 7.7e-6);
    assert.equal((await recordFigure(model, 'logit-lens', { prompt, trajectories: 0 })).trajectories, undefined);
  });

  it('says what is wrong with a trace and with an option', async () => {
    const trace = JSON.parse(JSON.stringify(storable(await recordFigure(model, 'logit-lens', { prompt: 'Once upon' })))) as {
      trajectories: Record<string, unknown>;
    };
    const refuses = (change: Record<string, unknown>, message: RegExp): void => {
      assert.throws(() => readLogitLensTrace({ ...trace, trajectories: { ...trace.trajectories, ...change } }), message);
    };
    refuses({ omitted: -1 }, /^VitrineError: trace\.trajectories\.omitted: expected a whole number from 0 up, got -1/);
    refuses(
      { of: { shape: [1, 2], values: Int32Array.of(99, 0) } },
      /trace\.trajectories\.of\[0\]\[0\]: expected a whole number from 0 to \d, got 99/,
    );
    refuses(
      { of: { shape: [1, 2], values: Int32Array.of(0, 9999) } },
      /trace\.vocabulary\["9999"\]: expected the text of every id in trajectories/,
    );
    refuses({ rank: { shape: [1, 1], values: Int32Array.of(0) } }, /trace\.trajectories\.rank\.shape: expected \[\d+, 9\] \(row, point\)/);
    for (const trajectories of [-1, 1.5]) {
      await assert.rejects(
        logitLens(model, prompt, { trajectories }),
        (error) =>
          error instanceof VitrineError && error.code === 'invalid-option' && /number of tokens to keep per position/.test(error.message),
      );
    }
  });
});
