// SPDX-License-Identifier: MIT
/** Principal components and the directions of pairs, against closed forms. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { largestEigenvector } from '../../../src/core/techniques/numerics/eigenvector.js';
import { dot, norm } from '../../../src/core/techniques/numerics/linear-algebra.js';
import { principalComponent } from '../../../src/core/techniques/numerics/principal-component.js';
import { directionOf } from '../../../src/core/techniques/steering/directions.js';
import { refuses } from './storyteller.js';

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-10): void => {
  assert.equal(actual.length, expected.length);
  for (let index = 0; index < actual.length; index++)
    assert.ok(
      Math.abs(actual[index]! - expected[index]!) <= tolerance,
      `${Array.from(actual).join()} is not ${Array.from(expected).join()}`,
    );
};
/** Numbers in (-1, 1) that look random and are the same every time. */
const numbers = (count: number, seed: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => Math.sin((index + 1) * 12.9898 * seed + (index % 7) * seed));

test('the largest eigenvector of 2 x 2, of rank one, of a diagonal and of path graphs', () => {
  const two = largestEigenvector(Float64Array.of(2, 1, 1, 2), 2);
  near([two.value, Math.abs(two.vector[0]!), two.vector[0]! - two.vector[1]!], [3, Math.SQRT1_2, 0]);
  const v = numbers(30, 3);
  const outer = Float64Array.from({ length: 900 }, (_, index) => v[Math.floor(index / 30)]! * v[index % 30]!);
  const rankOne = largestEigenvector(outer, 30);
  near([rankOne.value, Math.abs(dot(rankOne.vector, v)) / norm(v)], [dot(v, v), 1]);
  const diagonal = Float64Array.from({ length: 25 }, (_, index) => (index % 6 === 0 ? 1 + index / 6 : 0));
  near(largestEigenvector(diagonal, 5).vector.map(Math.abs), [0, 0, 0, 0, 1]);
  // Eigenvalues 2 cos(pi k / (n + 1)), crowded at the top: the case that makes power iteration crawl.
  const n = 120;
  const path = Float64Array.from({ length: n * n }, (_, index) => (Math.abs(Math.floor(index / n) - (index % n)) === 1 ? 1 : 0));
  const { value, vector } = largestEigenvector(path, n);
  near([value], [2 * Math.cos(Math.PI / (n + 1))]);
  const sine = Float64Array.from({ length: n }, (_, index) => Math.sin((Math.PI * (index + 1)) / (n + 1)));
  near([Math.abs(dot(vector, sine)) / norm(sine)], [1]);
});

test('principal components: of a line, with and without the mean, with fewer and with more rows than columns', () => {
  const direction = Float64Array.of(0.6, 0, 0.8);
  const line = [-1, 0, 3, 5].map((along) => direction.map((value, column) => along * value + (column === 1 ? 10 : 0)));
  near(principalComponent(line, { centre: true })!.map(Math.abs), direction);
  const uncentred = principalComponent(line, { centre: false })!;
  assert.ok(Math.abs(uncentred[1]!) > 0.9, 'without centring the mean is the largest part');
  for (const [rows, columns] of [
    [6, 40],
    [40, 6],
  ] as const) {
    const data = Array.from({ length: rows }, (_, row) => numbers(columns, row + 2));
    const component = principalComponent(data, { centre: true })!;
    // No direction has more variance: not the component moved a little either way.
    const variance = (d: Float64Array): number => {
      const along = data.map((row) => dot(row, d) / norm(d));
      const mean = along.reduce((sum, value) => sum + value, 0) / rows;
      return along.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    };
    const most = variance(component);
    near([norm(component)], [1]);
    for (let seed = 50; seed < 60; seed++) {
      const step = numbers(columns, seed);
      assert.ok(variance(component.map((value, index) => value + 0.01 * step[index]!)) <= most + 1e-12);
    }
  }
  assert.equal(principalComponent([direction, direction], { centre: true }), undefined);
  assert.equal(principalComponent([new Float64Array(3)], { centre: false }), undefined);
});

const MIDDLES = [numbers(8, 1), numbers(8, 2), numbers(8, 3), numbers(8, 4)];
/** Pairs whose differences are `along` times a direction, around different middles. */
function pairsAlong(along: readonly number[], direction: Float64Array) {
  const half = (sign: number) =>
    along.map((amount, pair) => MIDDLES[pair]!.map((value, index) => value + (sign * amount * direction[index]!) / 2));
  return { positive: half(1), negative: half(-1) };
}

test('every method finds the one direction that pairs differ in; lengths and signs as their authors define them', () => {
  const direction = numbers(8, 9);
  const length = norm(direction);
  const unit = direction.map((value) => value / length);
  const pairs = pairsAlong([1, 2, 3, -0.5], direction);
  near(
    directionOf('mean-difference', pairs, 'hook'),
    direction.map((value) => 1.375 * value),
  );
  for (const method of ['pca-diff', 'pca-center', 'pca-uncentered', 'logistic'] as const)
    near(directionOf(method, pairs, 'hook'), unit, method === 'logistic' ? 1e-5 : 1e-9);
  // Most pairs point one way, their mean the other: repeng counts pairs, steering-vectors takes the mean.
  const torn = pairsAlong([1, 1, 1, -9], direction);
  near(directionOf('pca-center', torn, 'hook'), unit, 1e-9);
  near(
    directionOf('pca-uncentered', torn, 'hook'),
    unit.map((value) => -value),
    1e-9,
  );
});

test('pca-diff takes the mean difference off, pca-center does not', () => {
  const [shared, varying] = [Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0), Float64Array.of(0, 1, 0, 0, 0, 0, 0, 0)];
  const along = [0.1, -0.2, 0.3, -0.1];
  const half = (sign: number): Float64Array[] =>
    along.map((amount, pair) => MIDDLES[pair]!.map((value, index) => value + sign * (2 * shared[index]! + amount * varying[index]!)));
  const pairs = { positive: half(1), negative: half(-1) };
  near(directionOf('pca-diff', pairs, 'hook').map(Math.abs), varying, 1e-9);
  assert.ok(directionOf('pca-center', pairs, 'hook')[0]! > 0.99);
});

test('the logistic direction is where the gradient of its objective is zero', () => {
  const positive = Array.from({ length: 5 }, (_, row) => numbers(8, row + 11));
  const negative = Array.from({ length: 5 }, (_, row) => numbers(8, row + 31));
  const found = directionOf('logistic', { positive, negative }, 'hook');
  // w = sum of s(-w.x) x over x = d/2, counted twice (the pair's two prompts mirror each other): along the found direction only the length is free.
  const halves = positive.map((row, pair) => row.map((value, index) => (value - negative[pair]![index]!) / 2));
  const residual = (size: number): number => {
    const w = found.map((value) => size * value);
    const sum = new Float64Array(8);
    for (const x of halves) {
      const weight = 2 / (1 + Math.exp(dot(w, x)));
      x.forEach((value, index) => (sum[index] = sum[index]! + weight * value));
    }
    return norm(sum.map((value, index) => value - w[index]!));
  };
  let best = Infinity;
  for (let size = 0.01; size < 10; size += 0.0001) best = Math.min(best, residual(size));
  console.log(`logistic direction: smallest gradient along it ${best.toExponential(1)} (steps of 1e-4)`);
  assert.ok(best < 1e-3);
});

test('pairs that determine no direction say so', async () => {
  const same = { positive: [MIDDLES[0]!], negative: [MIDDLES[0]!] };
  await refuses(
    () => directionOf('pca-center', same, 'blocks.1.hook_resid_post'),
    'invalid-input',
    /blocks\.1\.hook_resid_post.*same activation/,
  );
  await refuses(() => directionOf('logistic', same, 'x'), 'invalid-input', /same activation/);
  await refuses(() => directionOf('pca-diff', { positive: [MIDDLES[0]!], negative: [MIDDLES[1]!] }, 'x'), 'invalid-input', /at least two/);
});
