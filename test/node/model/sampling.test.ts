// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { isVitrineError } from '../../../src/core/errors.js';
import { candidates, checkSampling, isSampling, SeededSampler, type SamplingOptions } from '../../../src/core/model/generation/sampling.js';

/** Probabilities 1/16, 1/2, 1/8, 1/4, 1/16 of ids 0 to 4: every answer below is a fraction that can be worked out by hand. */
const shares = [1 / 16, 1 / 2, 1 / 8, 1 / 4, 1 / 16];
const logits = Float32Array.from(shares, (share) => Math.log(share) + 3);

const cases: [string, SamplingOptions, Record<number, number>][] = [
  ['min-p 0 cuts nothing', { minP: 0 }, { 1: 1 / 2, 3: 1 / 4, 2: 1 / 8, 0: 1 / 16, 4: 1 / 16 }],
  ['min-p 0.2 asks for a tenth', { minP: 0.2 }, { 1: 4 / 7, 3: 2 / 7, 2: 1 / 7 }],
  ['min-p 0.3 asks for 0.15', { minP: 0.3 }, { 1: 2 / 3, 3: 1 / 3 }],
  ['min-p 1 leaves the likeliest', { minP: 1 }, { 1: 1 }],
  // At temperature 1/2 the probabilities go as their squares: 1/4 to 1/16 to 1/64.
  ['min-p acts after temperature', { minP: 0.2, temperature: 0.5 }, { 1: 4 / 5, 3: 1 / 5 }],
  ['min-p acts after top-k', { minP: 0.2, topK: 2 }, { 1: 2 / 3, 3: 1 / 3 }],
  ['min-p acts after top-p', { minP: 0.01, topP: 0.8 }, { 1: 4 / 7, 3: 2 / 7, 2: 1 / 7 }],
  ['the tighter of two limits holds', { minP: 0.3, topP: 0.99 }, { 1: 2 / 3, 3: 1 / 3 }],
];
for (const [name, options, expected] of cases) {
  test(name, () => {
    const { ids, probabilities } = candidates(logits, options);
    const order = Object.keys(expected)
      .map(Number)
      .sort((one, other) => expected[other]! - expected[one]! || one - other);
    assert.deepEqual(ids, order);
    const largest = Math.max(...ids.map((id, place) => Math.abs(probabilities[place]! - expected[id]!)));
    console.log(`${name}: largest difference ${largest.toExponential(1)}, tolerance 1e-7 (float32 logits)`);
    assert.ok(largest < 1e-7);
  });
}

test('what is drawn has the probabilities that are left', () => {
  const sampler = new SeededSampler({ minP: 0.2, seed: 7 });
  const draws = 20_000;
  const counts = new Map<number, number>();
  for (let draw = 0; draw < draws; draw++) {
    const id = sampler.draw(logits.slice());
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [1, 2, 3]);
  // Five standard deviations of a count.
  for (const [id, share] of [
    [1, 4 / 7],
    [3, 2 / 7],
    [2, 1 / 7],
  ] as const) {
    assert.ok(Math.abs(counts.get(id)! - draws * share) < 5 * Math.sqrt(draws * share * (1 - share)), String(counts.get(id)));
  }
});

test('min-p alone means sampling, and temperature 0 stays greedy', () => {
  assert.equal(isSampling({ minP: 0.1 }), true);
  assert.equal(isSampling({ minP: 0.1, temperature: 0 }), false);
  assert.equal(isSampling({}), false);
});

test('min-p outside 0 to 1 is refused, and the message says what is allowed', () => {
  for (const minP of [-0.1, 1.1, NaN]) {
    assert.throws(
      () => checkSampling({ minP }),
      (error) => isVitrineError(error) && error.code === 'invalid-option' && error.message === `minP must be from 0 to 1; got ${minP}.`,
    );
  }
  checkSampling({ minP: 0 });
  checkSampling({ minP: 1 });
});
