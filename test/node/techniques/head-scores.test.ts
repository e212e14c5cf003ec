// SPDX-License-Identifier: MIT
/** Head scores: conventions in closed form, a model whose heads are known by construction, and the storyteller's mechanism. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { findHeads, headScores, HookedModel } from '../../../src/core/index.js';
import { duplicateMask, inductionMask, previousMask } from '../../../src/core/techniques/heads/masks.js';
import { distanceOf, entropyOf, scoreOf, type Pattern } from '../../../src/core/techniques/heads/score.js';
import { inductionFacts, writeInductionModel } from './induction-model.js';
import { repositoryPath } from '../shared.js';
import { refuses } from './storyteller.js';

/** A pattern from a rule. */
function pattern(size: number, weight: (query: number, key: number) => number): Pattern {
  const data = Float32Array.from({ length: size * size }, (_, at) => weight(Math.floor(at / size), at % size));
  return { data, length: size, skip: 0 };
}

test('the conventions, in closed form', () => {
  const n = 8;
  const uniform = pattern(n, (query, key) => (key <= query ? 1 / (query + 1) : 0));
  const exact = pattern(n, (query, key) => (query === 0 ? Number(key === 0) : Number(key === query - 1)));
  const close = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
  const mask = previousMask(n);
  for (const convention of ['diagonal', 'rows'] as const) close(scoreOf(exact, mask, convention), 1);
  // One row of eight, the first, has no token before.
  close(scoreOf(exact, mask, 'mask'), 7 / 8);
  close(scoreOf(exact, mask, 'mask-abs'), 1 - 1 / 8);
  const harmonic = Array.from({ length: n - 1 }, (_, at) => 1 / (at + 2)).reduce((sum, value) => sum + value, 0);
  close(scoreOf(uniform, mask, 'diagonal'), harmonic / 7);
  close(scoreOf(uniform, mask, 'mask'), harmonic / 8);
  close(entropyOf(exact), 0);
  close(entropyOf(uniform), Array.from({ length: n }, (_, at) => Math.log(at + 1)).reduce((sum, value) => sum + value, 0) / n);
  close(distanceOf(uniform).mean, 28 / 2 / n);
  close(
    distanceOf(uniform).variance,
    Array.from({ length: n }, (_, at) => ((at + 1) ** 2 - 1) / 12).reduce((sum, value) => sum + value, 0) / n,
  );
  close(distanceOf(exact).mean, 7 / 8);

  const ids = [5, 6, 7, 5, 6, 7];
  const induction = inductionMask(ids);
  const wanted = (which: { wants(query: number, key: number): boolean }, query: number): number[] =>
    ids.map((_, key) => key).filter((key) => which.wants(query, key));
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((query) => wanted(induction, query)),
    [[], [], [], [1], [2], [3]],
  );
  assert.deepEqual(wanted(duplicateMask(ids, { itself: true }), 4), [1, 4]);
  assert.deepEqual(wanted(duplicateMask(ids, { itself: false }), 4), [1]);
});

test('the heads of the hand-built model are what they were built to be, in every convention', async () => {
  const { folder, remove } = writeInductionModel();
  const model = await HookedModel.fromPretrained(folder, { device: 'cpu' });
  const { bos, vocabulary } = inductionFacts;
  const random = { length: 20, rows: 3, seed: 5, bos, distinct: true, ids: { first: 1, end: vocabulary } };
  const pick = (head: readonly [number, number]): string => head.join('.');
  for (const convention of ['diagonal', 'mask', 'mask-abs', 'rows'] as const) {
    const scores = await headScores(model, { convention, random });
    assert.equal(scores.convention, convention);
    const best = (kind: Parameters<typeof findHeads>[1]): string => findHeads(scores, kind, { top: 1 })[0]!.label;
    assert.equal(best('previous'), pick(inductionFacts.previousHead), convention);
    assert.equal(best('induction'), pick(inductionFacts.inductionHead), convention);
    if (convention === 'diagonal' || convention === 'rows') assert.equal(best('duplicate'), pick(inductionFacts.duplicateHead), convention);
    assert.equal(best('self'), pick(inductionFacts.selfHead), convention);
    console.log(
      `${convention} on ${scores.on}: previous ${findHeads(scores, 'previous', { top: 1 })[0]!.score.toFixed(3)}, induction ${findHeads(scores, 'induction', { top: 1 })[0]!.score.toFixed(3)}`,
    );
  }
  const scores = await headScores(model, { random });
  const at = (kind: 'previous' | 'induction' | 'duplicate' | 'self', [layer, head]: readonly [number, number]): number =>
    scores[kind].at(layer, head);
  // The first random token looks back to the beginning, which does not count; all others look one back. Of the 21 queries of the
  // induction diagonal, the first comes before the repetition; half of a duplicate head's attention stays on the token itself.
  // The noise of a thousandth in the weights moves scores by as much.
  const closeTo = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 2e-3, `${actual} is not ${expected}`);
  closeTo(at('previous', inductionFacts.previousHead), 1);
  closeTo(at('induction', inductionFacts.inductionHead), 20 / 21);
  closeTo(at('duplicate', inductionFacts.duplicateHead), 0.5);
  closeTo(at('self', inductionFacts.selfHead), 1);
  closeTo(scores.distance.at(...(inductionFacts.previousHead as readonly [number, number])), 39 / 40);
  closeTo(scores.entropy.at(...(inductionFacts.selfHead as readonly [number, number])), 0);

  const onText = await headScores(model, {
    texts: [
      [bos, 3, 4, 7, 3, 4, 7],
      [bos, 9, 8, 5, 9, 8],
    ],
  });
  assert.equal(onText.convention, 'rows');
  assert.equal(findHeads(onText, 'induction', { top: 1 })[0]!.label, pick(inductionFacts.inductionHead));
  await refuses(() => headScores(model, { texts: [[1, 2]], convention: 'diagonal' }), 'invalid-option', /"rows" or "mask"/);
  await refuses(() => headScores(model, { random: { ...random, length: 40 } }), 'invalid-option', /Ask for fewer/);
  await refuses(() => headScores(model, { random: { ids: { first: 5, end: 5 } } }), 'invalid-option', /vocabulary of 24/);
  await model.dispose();
  remove();
});

test('the storyteller: scores are shares of attention, and the same seed gives the same scores', async () => {
  const model = await HookedModel.fromPretrained(repositoryPath('models', 'storyteller'), { device: 'cpu' });
  const random = { length: 20, rows: 2, seed: 3 };
  const scores = await headScores(model, { random });
  const again = await headScores(model, { random, batchSize: 1 });
  for (const kind of ['previous', 'duplicate', 'induction', 'self'] as const) {
    assert.ok(scores[kind].data.every((value) => value >= 0 && value <= 1.0001));
    const worst = Math.max(...scores[kind].data.map((value, at) => Math.abs(value - again[kind].data[at]!)));
    assert.ok(worst < 1e-4, `${kind} differs by ${worst} between batch sizes`);
    const [best] = findHeads(scores, kind, { top: 1 });
    console.log(`storyteller ${kind}: head ${best!.label} ${best!.score.toFixed(3)}`);
  }
  await model.dispose();
});
