// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHookLayout, parseLayout, toHookLayout } from '../../../src/core/hooks/layout.js';
import type { LayoutSite } from '../../../src/core/hooks/layout.js';

const size = { b: 2, s: 5, h: 3, d: 4, q: 5, k: 6 };
type Letter = keyof typeof size;

/** The value of an element says where it is: one decimal digit per axis of the hook. */
function digits(letters: Letter[], index: number[]): number {
  return letters.reduce((sum, _, axis) => sum * 10 + index[axis]!, 1);
}

/** Fills a tensor of the layout by brute force. */
function fill(layout: string, letters: Letter[]): { data: Float32Array; dims: number[] } {
  const groups = parseLayout(layout) as Letter[][];
  const dims = groups.map((group) => group.reduce((product, letter) => product * size[letter], 1));
  const order = groups.flat();
  const data: number[] = [];
  const visit = (axis: number, at: Partial<Record<Letter, number>>): void => {
    if (axis === order.length) {
      data.push(
        digits(
          letters,
          letters.map((letter) => at[letter] ?? 0),
        ),
      );
      return;
    }
    for (let index = 0; index < size[order[axis]!]; index++) visit(axis + 1, { ...at, [order[axis]!]: index });
  };
  visit(0, {});
  return { data: Float32Array.from(data), dims };
}

const cases: [string, Letter[]][] = [
  ['b s d', ['b', 's', 'd']],
  ['(b s) d', ['b', 's', 'd']],
  ['s b d', ['b', 's', 'd']],
  ['b s h d', ['b', 's', 'h', 'd']],
  ['b s (h d)', ['b', 's', 'h', 'd']],
  ['(b s) (h d)', ['b', 's', 'h', 'd']],
  ['b h s d', ['b', 's', 'h', 'd']],
  ['b h d s', ['b', 's', 'h', 'd']],
  ['(b h) s d', ['b', 's', 'h', 'd']],
  ['(b h) d s', ['b', 's', 'h', 'd']],
  ['b h q k', ['b', 'h', 'q', 'k']],
  ['(b h) q k', ['b', 'h', 'q', 'k']],
];

for (const [layout, letters] of cases) {
  test(`layout "${layout}" to [${letters.join(' ')}] and back`, () => {
    const { data, dims } = fill(layout, letters);
    const site: LayoutSite = {
      layout,
      letters,
      dims: letters.map((letter) => (letter === 'h' || letter === 'd' ? size[letter] : null)),
    };
    const axisLengths = { b: size.b };
    const hook = toHookLayout(data, dims, site, axisLengths);
    assert.deepEqual(
      hook.dims,
      letters.map((letter) => size[letter]),
    );
    assert.deepEqual(hook.data, fill(letters.join(' '), letters).data);
    assert.deepEqual(fromHookLayout(hook.data, dims, site, { axisLengths }), data);
  });
}

test('the same order costs nothing', () => {
  const site: LayoutSite = { layout: 'b s (h d)', letters: ['b', 's', 'h', 'd'], dims: [null, null, 3, 4] };
  const data = new Float32Array(2 * 5 * 12);
  assert.equal(toHookLayout(data, [2, 5, 12], site).data, data);
  assert.equal(fromHookLayout(data, [2, 5, 12], site), data);
});

test('a slice of a packed tensor is read out and written back beside the rest', () => {
  const whole = Float32Array.from({ length: 2 * 5 * 20 }, (_, index) => index);
  const site: LayoutSite = { layout: 'b s (h d)', letters: ['b', 's', 'h', 'd'], dims: [null, null, 2, 4], slice: { start: 12, end: 20 } };
  const hook = toHookLayout(whole, [2, 5, 20], site);
  assert.deepEqual(hook.dims, [2, 5, 2, 4]);
  assert.equal(hook.data[0], 12);
  assert.equal(hook.data[8], 32);
  assert.deepEqual(fromHookLayout(hook.data, [2, 5, 20], site, { base: whole }), whole);
  const changed = fromHookLayout(
    hook.data.map(() => -1),
    [2, 5, 20],
    site,
    { base: whole },
  );
  assert.equal(changed[11], 11);
  assert.equal(changed[12], -1);
  assert.throws(() => fromHookLayout(hook.data, [2, 5, 20], site), /base/);
});

test('an axis that the tensor has not got has length one', () => {
  const site: LayoutSite = { layout: 's d', letters: ['b', 's', 'd'], dims: [null, null, 4] };
  assert.deepEqual(toHookLayout(new Float32Array(20), [5, 4], site).dims, [1, 5, 4]);
});

test('misfits are explained', () => {
  const site: LayoutSite = { name: 'blocks.0.attn.hook_q', layout: 'b s (h d)', letters: ['b', 's', 'h', 'd'], dims: [null, null, 3, 4] };
  assert.throws(() => toHookLayout(new Float32Array(26), [1, 2, 13], site), /blocks\.0\.attn\.hook_q: 13 does not divide/);
  assert.throws(() => toHookLayout(new Float32Array(24), [2, 12], site), /2 dimensions and the layout 3/);
  assert.throws(() => parseLayout('b s bd'), /one letter/);
  const flat: LayoutSite = { layout: '(b s) d', letters: ['b', 's', 'd'], dims: [null, null, 4] };
  assert.throws(() => toHookLayout(new Float32Array(24), [6, 4], flat), /length of b or s must be given/);
});
