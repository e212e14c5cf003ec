// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeHooks, type Inspected } from '../../../src/cli/describe-hooks.js';
import type { HookSite } from '../../../src/core/index.js';

function site(name: string, axes: string[], dims: (number | null)[], more: Partial<HookSite> = {}): HookSite {
  const tensor = `/transformer/${name.replaceAll('.', '/')}/a_rather_long_operator_name_as_exporters_write_them/Split_output_0`;
  return { name, axes, dims, letters: axes.map((axis) => axis[0]!), tensor, layout: 'b s d', dataType: 1, editable: true, ...more };
}

const model: Inspected = {
  info: { name: 'someone/tiny-gpt2', revision: 'main', dtype: 'fp32', file: 'onnx/model.onnx' },
  architecture: {
    family: 'decoder',
    nLayer: 3,
    nHead: 12,
    nKeyValueHead: 4,
    dHead: 64,
    dModel: 768,
    dMlp: null,
    dVocab: 50257,
    norm: 'layer',
    normPosition: 'pre',
    activation: 'gelu-tanh',
    gated: false,
    parallel: true,
    position: 'learned',
    causal: true,
  },
  sites: [
    site('hook_embed', ['batch', 'pos', 'd_model'], [null, null, 768]),
    ...[0, 1, 2].flatMap((layer) => [
      site(`blocks.${layer}.attn.hook_q`, ['batch', 'pos', 'head', 'd_head'], [null, null, 12, 64], { slice: { start: 0, end: 768 } }),
      site(`blocks.${layer}.attn.hook_pattern`, ['batch', 'head', 'query', 'key'], [null, 12, null, null]),
      site(`blocks.${layer}.ln1.hook_scale`, ['batch', 'pos', 'one'], [null, null, 1], {
        editable: false,
        notEditableBecause: `it is computed from blocks.${layer}.hook_resid_pre`,
        derived: { kind: 'norm-scale', centred: true, epsilon: 1e-5 },
      }),
    ]),
    site('blocks.1.mlp.hook_post', ['batch', 'pos', 'd_mlp'], [null, null, 3072]),
    site('ln_final.hook_normalized', ['batch', 'pos', 'd_model'], [null, null, 768]),
  ],
  missing: [
    ...[0, 1, 2].map((layer) => ({
      name: `blocks.${layer}.hook_resid_mid`,
      because: `block ${layer} is parallel: attention and MLP read the same stream`,
    })),
    { name: 'blocks.0.mlp.hook_post', because: 'two nodes look like the activation of an MLP and neither is read by one matrix' },
    { name: 'blocks.2.mlp.hook_post', because: 'two nodes look like the activation of an MLP and neither is read by one matrix' },
    { name: 'hook_pos_embed', because: 'positions are rotated into the queries and keys' },
  ],
};

describe('the report of vitrine inspect', () => {
  for (const width of [80, 100, 120]) {
    it(`fits into ${width} columns`, () => {
      const lines = describeHooks(model, { width, all: false }).split('\n');
      const widest = lines.reduce((a, b) => (b.length > a.length ? b : a));
      assert.ok(widest.length <= width, `${widest.length} characters: ${widest}`);
    });
  }

  it('groups the layers of a kind, and lists each hook when asked to', () => {
    const grouped = describeHooks(model, { width: 100, all: false });
    assert.equal(grouped.match(/hook_q /g)?.length, 1);
    assert.match(grouped, /^blocks\.L\.attn\.hook_q +\[batch, pos, head 12, d_head 64\] +yes +…\S+\[0:768\]$/m);
    assert.equal(describeHooks(model, { width: 100, all: true }).match(/hook_q /g)?.length, 3);
  });

  it('leaves out the names of fixed axes where there is little room', () => {
    assert.match(describeHooks(model, { width: 80, all: false }), /\[batch, pos, 12, 64\]/);
  });

  it('says in one line each what the architecture is', () => {
    const [first, second, third] = describeHooks(model, { width: 120, all: false }).split('\n');
    assert.equal(first, 'someone/tiny-gpt2, revision main, fp32, onnx/model.onnx');
    assert.match(
      `${second} ${third}`,
      /decoder of 3 blocks, 12 heads of 64 \(4 for keys and values\), d_model 768, d_vocab 50257, .*learned positions, causal/,
    );
  });

  it('says why a hook cannot be edited or was not found, and in which layers', () => {
    const report = describeHooks(model, { width: 120, all: false });
    assert.match(report, /edited:\n {2}blocks\.L\.ln1\.hook_scale: it is computed from blocks\.L\.hook_resid_pre/);
    assert.match(report, /found in this model:\n {2}blocks\.L\.hook_resid_mid: block L is parallel/);
    assert.match(report, /blocks\.L\.mlp\.hook_post \(L = 0, 2\): two nodes/);
    assert.match(report, / {2}hook_pos_embed: positions/);
    assert.equal(report.match(/hook_resid_mid/g)?.length, 1);
  });
});
