// SPDX-License-Identifier: MIT
/** Means over reference sets and ablations, against sums and hook functions written out. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  ablate,
  ablationEdits,
  edit,
  logitDiff,
  meanActivation,
  meanActivations,
  measureAblation,
  type Tensor,
} from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { openStoryteller, refuses, story } from './storyteller.js';

const model = await openStoryteller();
const { nLayer, nHead, dHead, dModel, dMlp } = model.hooks.architecture;
after(() => model.dispose());
const PROMPTS = [
  'Once upon a time there was a king.',
  'Mary was very sad, for',
  'The dog',
  'When Tom and Anna went to the park, Tom gave',
].map(story);

/** Sum over the prompts, run alone, of one activation's rows; in float64. */
async function rowsOf(hook: string): Promise<Float32Array[][]> {
  const rows: Float32Array[][] = [];
  for (const prompt of PROMPTS) {
    const { cache } = await model.runWithCache(prompt, { names: hook, logits: false });
    const activation = cache.get(hook).select('batch', 0);
    rows.push(Array.from({ length: activation.dims[0]! }, (_, pos) => activation.select('pos', pos).data));
  }
  return rows;
}

function meanOfRows(rows: readonly Float32Array[]): number[] {
  return Array.from(rows[0]!, (_, index) => rows.reduce((sum, row) => sum + row[index]!, 0) / rows.length);
}

test('means leave padding out, whatever the batch size', async () => {
  const hook = 'blocks.1.hook_resid_post';
  const expected = meanOfRows((await rowsOf(hook)).flat());
  for (const batchSize of [1, 3, 16]) {
    const mean = await meanActivation(model, PROMPTS, hook, { batchSize });
    assert.deepEqual([mean.axes, mean.dims], [['d_model'], [dModel]]);
    assert.ok(largestDifference(mean.data, expected) < 1e-5);
  }
  const left = await meanActivation(model, PROMPTS, hook, { paddingSide: 'left' });
  assert.ok(largestDifference(left.data, expected) < 1e-4);
});

test('means per position are over the prompts that reach it; chosen positions come in the order asked', async () => {
  const hook = 'blocks.2.attn.hook_z';
  const rows = await rowsOf(hook);
  const mean = await meanActivation(model, PROMPTS, hook, { perPosition: true });
  const longest = Math.max(...rows.map((row) => row.length));
  assert.deepEqual(
    [mean.axes, mean.dims],
    [
      ['pos', 'head', 'd_head'],
      [longest, nHead, dHead],
    ],
  );
  for (let pos = 0; pos < longest; pos++) {
    const there = rows.filter((row) => row.length > pos).map((row) => row[pos]!);
    assert.ok(largestDifference(mean.select('pos', pos).data, meanOfRows(there)) < 1e-5);
  }
  const ends = await meanActivation(model, PROMPTS, hook, { perPosition: true, positions: [-1, 0] });
  assert.deepEqual(ends.dims, [2, nHead, dHead]);
  assert.ok(largestDifference(ends.select('pos', 0).data, meanOfRows(rows.map((row) => row.at(-1)!))) < 1e-5);
  assert.ok(largestDifference(ends.select('pos', 1).data, meanOfRows(rows.map((row) => row[0]!))) < 1e-5);
  const last = await meanActivation(model, PROMPTS, hook, { positions: -1 });
  assert.deepEqual([last.axes, [...last.data]], [['head', 'd_head'], [...ends.select('pos', 0).data]]);
});

test('means of patterns need one length and keep head, query and key', async () => {
  const same = ['Mary was very', 'John was very'].map(story);
  const mean = await meanActivation(model, same, 'blocks.0.attn.hook_pattern', { perPosition: true });
  assert.deepEqual(mean.axes, ['head', 'query', 'key']);
  const rows = await Promise.all(
    same.map(async (text) => (await model.runWithCache(text, { names: 'pattern' })).cache.get('pattern', 0).data),
  );
  assert.ok(largestDifference(mean.data, meanOfRows(rows)) < 1e-6);
  await refuses(() => meanActivation(model, same, 'blocks.0.attn.hook_pattern'), 'invalid-option', /perPosition: true/);
  await refuses(
    () => meanActivation(model, PROMPTS, 'blocks.0.attn.hook_pattern', { perPosition: true, batchSize: 1 }),
    'invalid-input',
    /one length/,
  );
});

test('zero ablation of heads, neurons and layers equals hook functions', async () => {
  const prompt = PROMPTS[3]!;
  const targets = {
    heads: [
      [1, 0],
      [-1, 2],
    ] as const,
    neurons: [[0, 7]] as const,
    mlps: [2],
  };
  const edited = await ablate(model, prompt, targets);
  const clear =
    (axis: string, index: number) =>
    (activation: Tensor): Tensor => {
      const inner = activation.dims.slice(activation.axis(axis) + 1).reduce((product, length) => product * length, 1);
      return activation.map((value, offset) => (Math.floor(offset / inner) % activation.length(axis) === index ? 0 : value));
    };
  const hooked = await model.run(prompt, {
    hooks: {
      'blocks.1.attn.hook_z': clear('head', 0),
      [`blocks.${nLayer - 1}.attn.hook_z`]: clear('head', 2),
      'blocks.0.mlp.hook_post': clear('d_mlp', 7),
      'blocks.2.hook_mlp_out': (activation) => activation.map(() => 0),
    },
  });
  const difference = largestDifference(edited.logits.data, hooked.logits.data);
  console.log(`ablation as edits against hook functions: ${difference.toExponential(1)}`);
  assert.ok(difference < 1e-4);
});

test('a block without attention and MLP hands its input on', async () => {
  const edits = await ablationEdits(model, { layers: [1] });
  const { cache } = await model.runWithCache(PROMPTS[0]!, { edits, names: /resid_(pre|post)/, logits: false });
  assert.ok(largestDifference(cache.get('resid_post', 1).data, cache.get('resid_pre', 1).data) === 0);
});

test('mean ablation puts the mean there; resampling puts the other prompt there, and resampling with itself changes nothing', async () => {
  const hook = 'blocks.1.attn.hook_z';
  const mean = await meanActivation(model, PROMPTS, hook);
  const edits = await ablationEdits(model, { heads: [[1, 3]] }, { baseline: 'mean', reference: PROMPTS });
  const { cache } = await model.runWithCache(PROMPTS[1]!, { edits, names: hook });
  const plain = await model.runWithCache(PROMPTS[1]!, { names: hook });
  for (let pos = 0; pos < cache.get(hook).length('pos'); pos++) {
    const at = cache.get(hook).select('batch', 0).select('pos', pos);
    assert.deepEqual([...at.select('head', 3).data], [...mean.select('head', 3).data]);
    assert.ok(
      largestDifference(at.select('head', 2).data, plain.cache.get(hook).select('batch', 0).select('pos', pos).select('head', 2).data) <
        1e-6,
    );
  }
  const self = await ablate(model, PROMPTS[1]!, { hooks: [hook] }, { baseline: 'resample', reference: [PROMPTS[1]!] });
  assert.ok(largestDifference(self.logits.data, plain.logits.data) < 1e-5);
  const other = story('Mary was very happy, for');
  const swapped = await ablate(model, PROMPTS[1]!, { hooks: ['blocks.0.hook_resid_pre'] }, { baseline: 'resample', reference: [other] });
  assert.ok(largestDifference(swapped.logits.data, (await model.run(other)).logits.data) < 1e-5);
  await refuses(
    () => ablate(model, PROMPTS[0]!, { heads: [[0, 0]] }, { baseline: 'resample', reference: [PROMPTS[2]!] }),
    'invalid-input',
    /same number of tokens/,
  );
});

test('measureAblation gives the metric with and without each component', async () => {
  const prompt = story('When Tom and Anna went to the park, Tom gave a ball to');
  const metric = logitDiff(' Anna', ' Tom');
  const heads = Array.from({ length: nHead }, (_, head) => [nLayer - 1, head] as const);
  const report = await measureAblation(model, [prompt, prompt], metric, { heads, neurons: [[0, 1]], attention: [0], layers: [-1] });
  assert.deepEqual(
    report.components.map(({ label }) => label),
    [...heads.map(([layer, head]) => `head ${layer}.${head}`), 'neuron 0.1', 'attention 0', `layer ${nLayer - 1}`],
  );
  for (const { label, value, change, values } of report.components) {
    assert.ok(Math.abs(value - report.base - change) < 1e-9);
    assert.ok(Math.abs(values[0]! - values[1]!) < 1e-4, label);
  }
  const { logits } = await model.run(prompt, { edits: [edit.zero(`blocks.${nLayer - 1}.attn.hook_z`, { heads: 0 })] });
  const row = logits.select('batch', 0).select('pos', -1).data;
  const ids = await Promise.all([' Anna', ' Tom'].map(async (text) => (await model.tokenize(text, { addSpecialTokens: false }))[0]!.id));
  assert.ok(Math.abs(row[ids[0]!]! - row[ids[1]!]! - report.components[0]!.value) < 1e-4);
});

test('wrong targets and baselines say what is right', async () => {
  const refusal = (work: () => unknown, text: RegExp): Promise<void> => refuses(work, 'invalid-option', text);
  await refusal(
    () => ablationEdits(model, { heads: [[nLayer, 0]] }),
    new RegExp(`layer of a head must be a whole number from ${-nLayer} to ${nLayer - 1}.*got ${nLayer}`),
  );
  await refusal(() => ablationEdits(model, { heads: [[0, nHead]] }), new RegExp(`${nHead} heads per block; got ${nHead}`));
  await refusal(() => ablationEdits(model, { neurons: [[0, dMlp!]] }), new RegExp(`from ${-dMlp!} to ${dMlp! - 1}`));
  await refusal(() => ablationEdits(model, { mlps: [1.5] }), /got 1.5/);
  await refusal(() => ablationEdits(model, {}), /at least one of heads/);
  await refusal(() => ablationEdits(model, { mlps: [0] }, { baseline: 'mean' }), /needs `reference`: prompts/);
  await refusal(() => ablationEdits(model, { mlps: [0] }, { baseline: 'median' as never }), /'zero', 'mean' or 'resample'; got "median"/);
  await refusal(() => meanActivation(model, PROMPTS, 'resid_post'), /means 4/);
  await refusal(() => meanActivation(model, PROMPTS, 'blocks.0.hook_resid_post', { positions: 99 }), /positions.*got 99/);
  await refusal(() => meanActivations(model, PROMPTS, 'resid_post', { batchSize: 0 }), /batchSize/);
  await refuses(() => ablationEdits(model, { hooks: ['blocks.0.hook_mlp_uot'] }), 'unknown-hook', /hook_mlp_out/);
  await refuses(() => meanActivation(model, [], 'blocks.0.hook_resid_post'), 'empty-input', /at least one prompt/);
});
