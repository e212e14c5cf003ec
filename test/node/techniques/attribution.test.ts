// SPDX-License-Identifier: MIT
/** Direct logit attribution against sums that must hold, and against hook_result and W_out written out. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  accumulatedLogits,
  evaluate,
  HookedModel,
  logitAttribution,
  logitDiff,
  Tensor,
  topContributions,
  type Feeds,
  type ModelInput,
} from '../../../src/core/index.js';
import { largestDifference, readFixture } from '../reference.js';
import { skipWithoutShared } from '../shared.js';
import { inductionFacts, writeInductionModel } from './induction-model.js';
import { openStoryteller, refuses, story } from './storyteller.js';

const TOLERANCE = 1e-4;
const model = await openStoryteller();
const induction = writeInductionModel();
const built = await HookedModel.fromPretrained(induction.folder, { device: 'cpu' });
after(async () => {
  await model.dispose();
  await built.dispose();
  induction.remove();
});
const PROMPTS = [
  'When Mary and John went to the park, John gave a ball to',
  'When Tom and Anna went to the park, Anna gave a ball to',
  'Tom was very sad, for',
].map(story);

/** Largest difference from the sums that must hold, of every part of an attribution. */
async function worstSums(
  other: HookedModel,
  input: ModelInput,
  answers: { answer: number | string; wrong: number | string },
  parts: { heads: boolean; neurons: boolean; sources: boolean },
): Promise<Record<string, number>> {
  const found = await logitAttribution(other, input, { ...answers, ...parts });
  const { values } = await evaluate(other, logitDiff(answers.answer, answers.wrong), input);
  const [, batch, pos] = found.components.dims as [number, number, number];
  const worst: Record<string, number> = { total: 0, sum: 0 };
  const note = (what: string, difference: number): void => {
    worst[what] = Math.max(worst[what] ?? 0, Number.isNaN(difference) ? Infinity : Math.abs(difference));
  };
  for (let row = 0; row < batch; row++) {
    for (let at = 0; at < pos; at++) {
      const sum = found.labels.reduce((total, _, part) => total + found.components.at(part, row, at), found.constant.at(row, at));
      note('sum', sum - found.total.at(row, at));
      note('unexplained', found.unexplained.at(row, at));
      if (at === pos - 1) note('total', found.total.at(row, at) - values[row]!);
    }
  }
  const { nLayer, nHead } = other.hooks.architecture;
  const layerPart = (label: string, row: number): number => {
    const part = found.labels.indexOf(label);
    return part < 0 ? 0 : found.components.at(part, row, pos - 1);
  };
  // Heads and neurons leave the output biases of their layer, which are the same for every prompt up to the scale.
  for (let layer = 0; layer < nLayer; layer++) {
    const left = (kind: 'heads' | 'neurons', label: string): number[] =>
      Array.from({ length: batch }, (_, row) => {
        const tensor = found[kind]!;
        let sum = 0;
        for (let index = 0; index < tensor.dims[1]!; index++) sum += tensor.at(layer, index, row, pos - 1);
        return (layerPart(label, row) - sum) * found.scale.at(row, pos - 1);
      });
    if (found.heads) {
      const rests = left('heads', `${layer}_attn_out`);
      for (const rest of rests) note('heads', rest - rests[0]!);
      if (!other.weights.has('b_O', layer) || (await other.weights.get('b_O', layer)).data.every((value) => value === 0))
        note('heads', rests[0]!);
    }
    if (found.neurons) {
      const rests = left('neurons', `${layer}_mlp_out`);
      for (const rest of rests) note('neurons', rest - rests[0]!);
      if ((await other.weights.get('b_out', layer)).data.every((value) => value === 0)) note('neurons', rests[0]!);
    }
    for (let head = 0; found.sources && head < nHead; head++) {
      for (let row = 0; row < batch; row++) {
        const sources = found.sources
          .select('layer', layer)
          .select('head', head)
          .select('batch', row)
          .select('pos', pos - 1);
        note('sources', sources.data.reduce((sum, value) => sum + value, 0) - found.heads!.at(layer, head, row, pos - 1));
      }
    }
  }
  return worst;
}

const report = (name: string, worst: Record<string, number>): void => {
  console.log(
    `${name}: ${Object.entries(worst)
      .map(([what, value]) => `${what} ${value.toExponential(1)}`)
      .join(', ')} (tolerance ${TOLERANCE})`,
  );
  for (const [what, value] of Object.entries(worst)) assert.ok(value < TOLERANCE, what);
};

for (const [name, file, parts] of [
  ['gpt2-v3', 'model.onnx', { heads: true, neurons: true, sources: true }],
  ['gpt2-op17', 'model.onnx', { heads: true, neurons: true, sources: true }],
  ['gpt2-v2', 'decoder_model_merged.onnx', { heads: true, neurons: true, sources: true }],
  ['llama-v3', 'model.onnx', { heads: true, neurons: true, sources: true }],
  ['qwen2-v3-sdpa', 'model.onnx', { heads: true, neurons: true, sources: true }],
  ['gemma-v3', 'model.onnx', { heads: true, neurons: true, sources: true }],
  ['vit-v3', 'model.onnx', { heads: true, neurons: true, sources: true }],
  ['stories260K-v3', 'model.onnx', { heads: true, neurons: true, sources: true }],
] as const) {
  test(`${name}/${file}: parts sum to the logit difference`, skipWithoutShared('fixtures', name), async () => {
    const { folder, reference } = readFixture(name, file);
    const other = await HookedModel.fromPretrained(folder, { file: `onnx/${file}`, device: 'cpu' });
    const ids = (prompt: string): number[] => Array.from(reference.get(`${prompt}/input_ids`)!.data as BigInt64Array, Number);
    const pixels = reference.get('p0/pixel_values');
    const input = pixels
      ? ({ pixel_values: new Tensor(pixels.data as Float32Array, pixels.dims, ['batch', 'channel', 'height', 'width']) } as Feeds)
      : [ids('p0'), ids('p1')];
    report(`${name}/${file}`, await worstSums(other, input, { answer: 3, wrong: 5 }, parts));
    await other.dispose();
  });
}

test('storyteller: prompts of several lengths, an answer of each', async () => {
  report(
    'storyteller',
    await worstSums(model, PROMPTS, { answer: ' Mary', wrong: ' John' }, { heads: true, neurons: true, sources: false }),
  );
  const answers = [' Mary', ' Tom', ' he'];
  const found = await logitAttribution(model, PROMPTS, { answer: answers, positions: [-1, -2], heads: true });
  const { logits, tokens } = await model.run(PROMPTS);
  for (const [row, answer] of answers.entries()) {
    const [token] = await model.tokenize(answer, { addSpecialTokens: false });
    const last = tokens!.mask[row]!.lastIndexOf(1);
    assert.deepEqual(found.positions[row], [last, last - 1]);
    for (const at of [0, 1]) assert.ok(Math.abs(found.total.at(row, at) - logits.at(row, last - at, token!.id)) < TOLERANCE);
  }
});

test('heads and neurons are what hook_result and W_out say', async () => {
  const found = await logitAttribution(model, PROMPTS[0]!, {
    answer: ' Mary',
    wrong: ' John',
    heads: true,
    neurons: true,
    positions: [-1, 3],
  });
  const { cache } = await model.runWithCache(PROMPTS[0]!, { names: ['result', /mlp.hook_post/, /resid_post/] });
  const { nLayer, nHead, dModel } = model.hooks.architecture;
  const [answer, wrong] = await Promise.all(
    [' Mary', ' John'].map(async (text) => (await model.tokenize(text, { addSpecialTokens: false }))[0]!.id),
  );
  const wu = await model.weights.get('W_U');
  const gamma = (await model.weights.get('ln_final.w')).data;
  const length = cache.get('resid_post', 0).length('pos');
  let worst = 0;
  for (const [at, position] of [length - 1, 3].entries()) {
    const scale = found.scale.at(0, at);
    const project = (vector: Float32Array): number => {
      const mean = model.finalNormKind!.centred ? vector.reduce((sum, value) => sum + value, 0) / dModel : 0;
      let sum = 0;
      vector.forEach((value, index) => (sum += ((value - mean) / scale) * gamma[index]! * (wu.at(index, answer!) - wu.at(index, wrong!))));
      return sum;
    };
    for (let layer = 0; layer < nLayer; layer++) {
      const result = cache.get('result', layer).select('batch', 0).select('pos', position);
      for (let head = 0; head < nHead; head++) {
        worst = Math.max(worst, Math.abs(project(result.select('head', head).data) - found.heads!.at(layer, head, 0, at)));
      }
      const out = await model.weights.get('W_out', layer);
      for (const neuron of [0, 5, 11]) {
        const post = cache.get('post', layer).at(0, position, neuron);
        const written = out.select('d_mlp', neuron).map((value) => value * post).data;
        worst = Math.max(worst, Math.abs(project(written) - found.neurons!.at(layer, neuron, 0, at)));
      }
    }
  }
  console.log(`heads and neurons against hook_result and W_out: ${worst.toExponential(1)} (tolerance ${TOLERANCE})`);
  assert.ok(worst < TOLERANCE);

  const top = topContributions(found.heads!, 3);
  const sizes = Array.from(found.heads!.select('batch', 0).select('pos', -1).data, Math.abs).sort((a, b) => b - a);
  assert.deepEqual(
    top.map(({ value }) => Math.abs(value)),
    sizes.slice(0, 3),
  );
  const best = topContributions(found.neurons!, 2, { by: 'positive', pos: 0 });
  assert.ok(best[0]!.value >= best[1]!.value && /^neuron \d+\.\d+$/.test(best[0]!.label));
});

test('heads and neurons are read from the sessions of plain runs', async () => {
  const other = await openStoryteller();
  await other.checkpoint(PROMPTS[0]!, other.hooks.architecture.nLayer);
  await other.unembed(
    new Tensor(new Float32Array(other.hooks.architecture.dModel), [1, other.hooks.architecture.dModel], ['row', 'd_model']),
  );
  const sessions = other.sessionCount;
  await logitAttribution(other, PROMPTS[0]!, { answer: ' Mary', wrong: ' John', heads: true, neurons: true });
  assert.equal(other.sessionCount, sessions);
  await other.dispose();
});

test('the accumulated stream ends in the model, and its steps are the components', async () => {
  const options = { answer: ' Mary', wrong: ' John', positions: 'all' } as const;
  const cached = await accumulatedLogits(model, PROMPTS[0]!, options);
  const own = await accumulatedLogits(model, PROMPTS[0]!, { ...options, norm: 'recompute' });
  const parts = await logitAttribution(model, PROMPTS[0]!, options);
  const last = cached.labels.length - 1;
  assert.equal(cached.labels[last], 'final_post');
  const lastRow = (tensor: Tensor): Float32Array => tensor.select('point', last).data;
  assert.ok(largestDifference(lastRow(cached.values), parts.total.data) < TOLERANCE);
  assert.ok(largestDifference(lastRow(own.values), parts.total.data) < TOLERANCE);
  const at = (label: string): Float32Array => cached.values.select('point', cached.labels.indexOf(label)).data;
  const step = at('1_mid').map((value, index) => value - at('1_pre')[index]!);
  assert.ok(largestDifference(step, parts.components.select('component', parts.labels.indexOf('1_attn_out')).data) < TOLERANCE);
});

test('the induction head writes the answer, from the token after the earlier one', async () => {
  const { inductionHead, nHead } = inductionFacts;
  const prompt = [0, 5, 6, 7, 8, 5];
  const found = await logitAttribution(built, prompt, { answer: 6, wrong: 8, heads: true, sources: true });
  for (const layer of [0, 1]) {
    for (let head = 0; head < nHead; head++) {
      const isInduction = layer === inductionHead[0] && head === inductionHead[1];
      const share = found.heads!.at(layer, head, 0, 0) / found.total.at(0, 0);
      assert.ok(Math.abs(share - (isInduction ? 1 : 0)) < 0.02, `head ${layer}.${head}: ${share}`);
    }
  }
  const [layer, head] = inductionHead;
  assert.ok(Math.abs(found.sources!.at(layer, head, 0, 0, 2) / found.total.at(0, 0) - 1) < 0.02);
  assert.equal(topContributions(found.heads!, 1)[0]!.label, `head ${layer}.${head}`);
});

test('bad input is refused with what to do', skipWithoutShared('fixtures', 'bert-v3'), async () => {
  const { folder } = readFixture('bert-v3', 'model.onnx');
  const bert = await HookedModel.fromPretrained(folder, { file: 'onnx/model.onnx', device: 'cpu' });
  await refuses(() => logitAttribution(bert, [1, 2, 3], { answer: 1 }), 'unsupported-model', /ablationSweep/);
  await bert.dispose();
  await refuses(() => logitAttribution(model, PROMPTS[0]!, { answer: ' Mary John' }), 'invalid-option', /one token/);
  await refuses(() => logitAttribution(model, PROMPTS[0]!, { answer: ' Mary', positions: [99] }), 'invalid-option', /whole number/);
  await refuses(() => logitAttribution(model, PROMPTS[0]!, { answer: ' Mary', positions: [] }), 'invalid-option', /empty list/);
  await refuses(() => logitAttribution(model, PROMPTS, { answer: ' Mary', positions: 'all' }), 'invalid-option', /one length/);
  await refuses(() => logitAttribution(built, [0, 1, 2], { answer: 1, neurons: true }), 'unsupported-model', /no MLP/);
});
