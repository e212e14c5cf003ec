// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actName, editDistance, hookAxes, nearestNames, selectNames } from '../../../src/core/hooks/names.js';

const table = {
  sites: new Map(
    [
      'hook_embed',
      ...[0, 1, 2].flatMap((layer) =>
        ['hook_resid_pre', 'attn.hook_q', 'attn.hook_pattern', 'mlp.hook_pre', 'hook_resid_post'].map((name) => `blocks.${layer}.${name}`),
      ),
      'logits',
    ].map((name) => [name, undefined]),
  ),
  missing: [{ name: 'blocks.1.hook_resid_mid', because: 'the blocks are parallel' }],
};

test('short names, aliases and bridge names become full names', () => {
  const expected: [string, number | undefined, string][] = [
    ['k', 6, 'blocks.6.attn.hook_k'],
    ['pattern', 0, 'blocks.0.attn.hook_pattern'],
    ['attn', 3, 'blocks.3.attn.hook_pattern'],
    ['attn_logits', 3, 'blocks.3.attn.hook_attn_scores'],
    ['mlp_pre', 2, 'blocks.2.mlp.hook_pre'],
    ['resid_post', 11, 'blocks.11.hook_resid_post'],
    ['hook_resid_post', 11, 'blocks.11.hook_resid_post'],
    ['mlp.hook_pre', 1, 'blocks.1.mlp.hook_pre'],
    ['embed', undefined, 'hook_embed'],
    ['blocks.3.attn.q.hook_out', undefined, 'blocks.3.attn.hook_q'],
    ['blocks.3.hook_in', undefined, 'blocks.3.hook_resid_pre'],
    ['blocks.3.hook_out', undefined, 'blocks.3.hook_resid_post'],
    ['blocks.3.mlp.hook_in', undefined, 'blocks.3.ln2.out'],
    ['unembed.hook_out', undefined, 'logits'],
    ['logits', undefined, 'logits'],
    ['blocks.5.attn.hook_z', undefined, 'blocks.5.attn.hook_z'],
  ];
  for (const [name, layer, full] of expected) assert.equal(actName(name, layer), full);
  assert.equal(actName('normalized', 2, 'ln2'), 'blocks.2.ln2.hook_normalized');
});

test('selectors: names, patterns, expressions, predicates and lists, in forward order', () => {
  assert.deepEqual(selectNames(table, 'blocks.*.attn.hook_q'), ['blocks.0.attn.hook_q', 'blocks.1.attn.hook_q', 'blocks.2.attn.hook_q']);
  assert.deepEqual(selectNames(table, /resid_post$/), ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post', 'blocks.2.hook_resid_post']);
  assert.deepEqual(selectNames(table, ['logits', 'hook_embed']), ['hook_embed', 'logits']);
  assert.deepEqual(selectNames(table, 'pattern'), selectNames(table, 'blocks.*.attn.hook_pattern'));
  assert.deepEqual(selectNames(table, 'blocks.1.*'), ['blocks.1.hook_resid_pre', 'blocks.1.hook_resid_post']);
  assert.deepEqual(
    selectNames(table, (name) => name.includes('.2.') && name.endsWith('_q')),
    ['blocks.2.attn.hook_q'],
  );
  assert.deepEqual(selectNames(table, []), []);
  const global = /hook_q/g;
  assert.equal(selectNames(table, global).length, 3, 'an expression with a memory matches every name');
});

test('what picks nothing is explained, with the nearest names or the reason', () => {
  assert.throws(() => selectNames(table, 'blocks.1.attn.hook_pattren'), /Nearest: blocks\.1\.attn\.hook_pattern/);
  assert.throws(() => selectNames(table, 'blocks.1.hook_resid_mid'), /the blocks are parallel/);
  assert.throws(() => selectNames(table, 'resid_mid'), /the blocks are parallel/);
  assert.throws(() => selectNames(table, /nothing/), /No hook of this model matches/);
  assert.equal(nearestNames('blocks.2.hook_resid_pst', table.sites.keys(), 1)[0], 'blocks.2.hook_resid_post');
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

test('axes follow from names', () => {
  assert.deepEqual(hookAxes('blocks.0.attn.hook_pattern').axes, ['batch', 'head', 'query', 'key']);
  assert.deepEqual(hookAxes('blocks.0.attn.hook_z').letters, ['b', 's', 'h', 'd']);
  assert.deepEqual(hookAxes('blocks.0.mlp.hook_post').axes, ['batch', 'pos', 'd_mlp']);
  assert.deepEqual(hookAxes('ln_final.hook_scale').axes, ['batch', 'pos', 'scale']);
});
