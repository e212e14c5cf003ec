// SPDX-License-Identifier: MIT
/** Factored matrices against dense ones in float64, and the hand-built circuit as composition, copying and tables of tokens see it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  bigramTable,
  compositionScores,
  copyingScores,
  FactoredMatrix,
  fullOvCircuit,
  fullQkCircuit,
  HookedModel,
  mlpSvd,
  ovCircuit,
  ovSvd,
  qkCircuit,
  skipTrigrams,
  svd,
  Tensor,
  virtualWeights,
} from '../../../src/core/index.js';
import { eigenvalues } from '../../../src/core/techniques/numerics/eigenvalues.js';
import { matrixOf, product, type Matrix } from '../../../src/core/techniques/numerics/matrix.js';
import { seededRandom } from '../../../src/core/techniques/random.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { inductionFacts, writeInductionModel } from './induction-model.js';
import { refuses } from './storyteller.js';

const random = seededRandom(11);
const made = (rows: number, columns: number): Tensor<Float64Array> =>
  new Tensor(
    Float64Array.from({ length: rows * columns }, () => random() - 0.5),
    [rows, columns],
    ['row', 'column'],
  );
const dense = ({ data, dims }: Tensor<Float64Array>): Matrix => matrixOf(data, dims[0]!, dims[1]!);
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
};

test('a factored matrix has the norm, trace, eigenvalues and singular values of the dense one', () => {
  const [a, b] = [made(30, 6), made(6, 30)];
  const factored = FactoredMatrix.of(a, b);
  const whole = product(dense(a), dense(b));
  assert.deepEqual(factored.dims, [30, 30]);
  assert.ok(worst(factored.dense().data, whole.data) < 1e-15);
  const square = whole.data.reduce((sum, value) => sum + value * value, 0);
  assert.ok(Math.abs(factored.norm() - Math.sqrt(square)) < 1e-13);
  let trace = 0;
  for (let at = 0; at < 30; at++) trace += whole.data[at * 31]!;
  assert.ok(Math.abs(factored.trace() - trace) < 1e-13);
  const small = factored.eigenvalues();
  const large = eigenvalues(whole).slice(0, 6);
  const sizes = (list: { re: number; im: number }[]): number[] => list.map(({ re, im }) => Math.hypot(re, im));
  assert.equal(small.length, 6);
  assert.ok(worst(sizes(small), sizes(large)) < 1e-10, 'eigenvalues');
  const { u, values, v } = factored.svd();
  const reference = svd(new Tensor(whole.data, [30, 30], ['row', 'column']));
  assert.ok(worst(values.data, reference.values.data.subarray(0, 6)) < 1e-13);
  const back = Float64Array.from({ length: 900 }, (_, at) => {
    let sum = 0;
    for (let c = 0; c < 6; c++) sum += u.at(Math.floor(at / 30), c) * values.at(c) * v.at(at % 30, c);
    return sum;
  });
  console.log(`singular values and vectors recompose with an error of ${worst(back, whole.data).toExponential(1)}`);
  assert.ok(worst(back, whole.data) < 1e-13);
  const vector = Float64Array.from({ length: 30 }, () => random());
  assert.ok(worst(factored.apply(vector), product(whole, matrixOf(vector, 30, 1)).data) < 1e-13);
  assert.ok(worst(factored.applyLeft(vector), product(matrixOf(vector, 1, 30), whole).data) < 1e-13);
  assert.ok(worst(factored.row(4), whole.data.subarray(120, 150)) < 1e-15);
  assert.ok(Math.abs(factored.column(7)[3]! - factored.at(3, 7)) < 1e-15);
  const other = FactoredMatrix.of(made(30, 4), made(4, 9));
  assert.ok(worst(factored.times(other).dense().data, product(whole, dense(other.dense())).data) < 1e-13);
  assert.equal(factored.times(other).rank, 4);
});

test('bad factors are refused with what to do', async () => {
  await refuses(() => FactoredMatrix.of(made(3, 2), made(3, 2)), 'invalid-input', /inner length/);
  await refuses(() => FactoredMatrix.of(made(3, 2), made(2, 4)).trace(), 'invalid-input', /square/);
  await refuses(() => FactoredMatrix.of(made(3, 2), made(2, 4)).apply([1, 2]), 'invalid-input', /4 numbers/);
  await refuses(() => svd(new Tensor(new Float32Array(8), [2, 2, 2], ['a', 'b', 'c'])), 'invalid-input', /Select one head/);
});

test('the hand-built model: composition, copying and tables find exactly its circuit', async () => {
  const { folder, remove } = writeInductionModel();
  const model = await HookedModel.fromPretrained(folder, { device: 'cpu' });
  const { weights } = model;
  const { previousHead, inductionHead, vocabulary, nHead } = inductionFacts;
  const scores = await compositionScores(weights);
  let dearest = 0;
  for (const kind of ['q', 'k', 'v'] as const) {
    for (let head = 0; head < nHead; head++) {
      for (let later = 0; later < nHead; later++) {
        const left = await ovCircuit(weights, 0, head);
        const right = kind === 'v' ? await ovCircuit(weights, 1, later) : await qkCircuit(weights, 1, later);
        const pair = left.times(kind === 'k' ? right.transpose() : right);
        const closed = pair.norm() / (left.norm() * right.norm());
        dearest = Math.max(dearest, Math.abs(closed - scores[kind]!.at(0, head, 1, later)));
      }
    }
    assert.ok(Number.isNaN(scores[kind]!.at(1, 0, 0, 0)));
  }
  console.log(`composition: largest difference from factored matrices ${dearest.toExponential(1)}, tolerance 1e-5`);
  assert.ok(dearest < 1e-5);
  const circuit = scores.k!.at(0, previousHead[1], 1, inductionHead[1]);
  const others = (['q', 'k', 'v'] as const).flatMap((kind) =>
    [0, 1, 2].flatMap((head) => [0, 1, 2].map((later) => ({ kind, head, later, score: scores[kind]!.at(0, head, 1, later) }))),
  );
  others.sort((one, other) => other.score - one.score);
  console.log(
    `strongest: ${others
      .slice(0, 3)
      .map(({ kind, head, later, score }) => `${kind} 0.${head} to 1.${later} ${score.toFixed(3)}`)
      .join(', ')}`,
  );
  assert.equal(others[0]!.score, circuit);
  // Heads of noise score what random directions do: 1 / sqrt(d_model) = 0.091.
  assert.ok(circuit > 1.5 * others[1]!.score && others[1]!.score < 1.1 / Math.sqrt(inductionFacts.dModel), 'nothing else comes near');

  const copying = await copyingScores(weights);
  const last = copying.at(...(inductionHead as readonly [number, number]));
  console.log(`copying: 1.2 ${last.toFixed(3)}, all ${Array.from(copying.data, (value) => value.toFixed(2)).join(' ')}`);
  assert.ok(last > 0.99);
  const all = Array.from({ length: vocabulary }, (_, id) => id);
  const ov = await fullOvCircuit(weights, 1, 2, { from: all, to: all });
  for (const id of all) assert.equal(ov.select('from', id).data.indexOf(Math.max(...ov.select('from', id).data)), id);
  // What a token's score is, in closed form: the strength of a match, over the root of d_head.
  const qk = await fullQkCircuit(weights, 0, 0, { from: [3], to: [3, 4] });
  assert.ok(Math.abs(qk.at(0, 0) - 30) < 0.1 && Math.abs(qk.at(0, 1)) < 0.1);
  const rows = await skipTrigrams(weights, 0, 0, { sources: all, presents: [5], nexts: all, perPresent: 1, perSource: 1 });
  assert.deepEqual([rows[0]!.source, rows[0]!.present], [5, 5]);
  const [bigrams] = await bigramTable(weights, [5], 3);
  const direct = virtualWeights((await weights.get('W_E')).slice('d_vocab', 5, 6), await weights.get('W_U'));
  assert.ok(Math.abs(bigrams!.next[0]!.logit - Math.max(...direct.row(0))) < 1e-5);
  const { values } = await ovSvd(weights, 1, 2);
  assert.ok(Math.abs(values.at(0) - 1) < 0.05 && Math.abs(values.at(vocabulary - 1) - 1) < 0.05 && values.at(vocabulary) < 0.05);
  await refuses(() => ovCircuit(weights, 0, 3), 'invalid-option', /from 0 to 2/);
  await refuses(() => compositionScores(weights, { kinds: ['x' as never] }), 'invalid-option', /q, k and v/);
  await refuses(() => fullOvCircuit(weights, 0, 0, { from: [99], to: [0] }), 'invalid-input', /from 0 to 23/);
  const stop = new AbortController();
  stop.abort();
  await refuses(() => compositionScores(weights, { signal: stop.signal }), 'aborted', /AbortSignal/);
  await model.dispose();
  remove();
});

test('grouped keys and values: composition equals factored matrices', skipWithoutShared('fixtures', 'llama-v3'), async () => {
  const model = await HookedModel.fromPretrained(sharedPath('fixtures', 'llama-v3'), { device: 'cpu' });
  const { weights } = model;
  const scores = await compositionScores(weights, { kinds: ['k', 'v'] });
  let dearest = 0;
  for (const [head, later] of [
    [0, 3],
    [3, 1],
  ] as const) {
    const left = await ovCircuit(weights, 0, head);
    const [qk, ov] = [await qkCircuit(weights, 2, later), await ovCircuit(weights, 2, later)];
    const closed = (right: FactoredMatrix): number => left.times(right).norm() / (left.norm() * right.norm());
    dearest = Math.max(
      dearest,
      Math.abs(closed(qk.transpose()) - scores.k!.at(0, head, 2, later)),
      Math.abs(closed(ov) - scores.v!.at(0, head, 2, later)),
    );
  }
  console.log(`largest difference ${dearest.toExponential(1)}, tolerance 1e-5`);
  assert.ok(dearest < 1e-5);
  const out = await weights.get('W_out', 0);
  const { u, values, v } = await mlpSvd(weights, 0);
  let error = 0;
  for (const [row, column] of [
    [0, 0],
    [7, 30],
    [90, 63],
  ] as const) {
    let sum = 0;
    for (let at = 0; at < values.size; at++) sum += u.at(row, at) * values.at(at) * v.at(column, at);
    error = Math.max(error, Math.abs(sum - out.at(row, column)));
  }
  assert.ok(error < 1e-12, `W_out recomposed with an error of ${error}`);
  await model.dispose();
});
