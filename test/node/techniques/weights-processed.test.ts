// SPDX-License-Identifier: MIT
/** The processed view: other numbers, the same model. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { foldedValueBias, HookedModel, processWeights, type Tensor, type WeightAccess } from '../../../src/core/index.js';
import { readFixture } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { refuses } from './storyteller.js';

const tolerance = 2e-4;

/** x [rows, in] times one head's (or a whole) matrix [in, out] plus bias, float64. */
function affine(x: ArrayLike<number>, weight: Tensor, bias: ArrayLike<number>): Float64Array {
  const [inner, outer] = weight.dims as [number, number];
  const rows = x.length / inner;
  return Float64Array.from({ length: rows * outer }, (_, at) => {
    const [row, column] = [Math.floor(at / outer), at % outer];
    let sum = bias[column]!;
    for (let k = 0; k < inner; k++) sum += x[row * inner + k]! * weight.data[k * outer + column]!;
    return sum;
  });
}

function norm(x: ArrayLike<number>, width: number, epsilon: number): Float64Array {
  const result = Float64Array.from(x);
  for (let start = 0; start < x.length; start += width) {
    const row = result.subarray(start, start + width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    row.forEach((value, at) => (row[at] = (value - mean) / Math.sqrt(variance + epsilon)));
  }
  return result;
}

const gelu = (x: number): number => 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x ** 3)));

/** A GPT-2 whose norms are folded, in float64, from its weights alone. */
async function gpt2(weights: WeightAccess, ids: readonly number[]): Promise<Float64Array> {
  const { dModel, nLayer, nHead, dHead } = weights.architecture;
  const [embed, place] = [await weights.get('W_E'), await weights.get('W_pos')];
  const n = ids.length;
  let x = Float64Array.from({ length: n * dModel }, (_, at) => {
    const [position, column] = [Math.floor(at / dModel), at % dModel];
    return embed.at(ids[position]!, column) + place.at(position, column);
  });
  const add = (other: Float64Array): void => void (x = x.map((value, at) => value + other[at]!));
  for (let layer = 0; layer < nLayer; layer++) {
    const read = norm(x, dModel, 1e-5);
    const part = async (name: string, head: number): Promise<Float64Array> =>
      affine(
        read,
        (await weights.get(`W_${name}`, layer)).select('head', head),
        (await weights.get(`b_${name}`, layer)).select('head', head).data,
      );
    const out = await weights.get('W_O', layer);
    for (let head = 0; head < nHead; head++) {
      const [q, k, v] = [await part('Q', head), await part('K', head), await part('V', head)];
      const z = new Float64Array(n * dHead);
      for (let query = 0; query < n; query++) {
        const scores = Array.from({ length: query + 1 }, (_, key) => {
          let sum = 0;
          for (let at = 0; at < dHead; at++) sum += q[query * dHead + at]! * k[key * dHead + at]!;
          return Math.exp(sum / Math.sqrt(dHead));
        });
        const total = scores.reduce((sum, value) => sum + value, 0);
        scores.forEach((score, key) => {
          for (let at = 0; at < dHead; at++) z[query * dHead + at]! += (score / total) * v[key * dHead + at]!;
        });
      }
      add(affine(z, out.select('head', head), new Float64Array(dModel)));
    }
    const bias = (await weights.get('b_O', layer)).data;
    x = x.map((value, at) => value + bias[at % dModel]!);
    const pre = affine(norm(x, dModel, 1e-5), await weights.get('W_in', layer), (await weights.get('b_in', layer)).data);
    add(affine(pre.map(gelu), await weights.get('W_out', layer), (await weights.get('b_out', layer)).data));
  }
  return affine(norm(x, dModel, 1e-5), await weights.get('W_U'), (await weights.get('b_U')).data);
}

/** Rows less their mean. */
function centredRows(values: ArrayLike<number>, width: number): Float64Array {
  const result = Float64Array.from(values);
  for (let start = 0; start < result.length; start += width) {
    const row = result.subarray(start, start + width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    row.forEach((value, at) => (row[at] = value - mean));
  }
  return result;
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  assert.equal(a.length, b.length);
  let worst = 0;
  for (let at = 0; at < a.length; at++) worst = Math.max(worst, Math.abs(a[at]! - b[at]!));
  return worst;
};

test(
  'a whole GPT-2 computed from processed weights has the published logit differences',
  skipWithoutShared('fixtures', 'gpt2-v3'),
  async () => {
    const { folder, reference } = readFixture('gpt2-v3', 'model.onnx');
    const model = await HookedModel.fromPretrained(folder, { device: 'cpu' });
    const ids = Array.from(reference.get('p0/input_ids')!.data as BigInt64Array, Number);
    const { logits } = await model.run([ids]);
    const width = logits.dims.at(-1)!;
    const variants = [{}, { centerUnembed: false }, { centerWriting: false }, { foldValueBiases: false }];
    for (const options of variants) {
      const view = processWeights(model.weights, options);
      const made = await gpt2(view, ids);
      const difference = apart(centredRows(made, width), centredRows(logits.data, width));
      console.log(
        `${JSON.stringify(options)}: largest difference of logit differences ${difference.toExponential(1)}, tolerance ${tolerance}`,
      );
      assert.ok(difference < tolerance);
      const means = centredRows(made, width);
      assert.equal(apart(made, means) < 1e-4, options.centerUnembed !== false, 'only a centred unembedding makes logits without mean');
    }
    await model.dispose();
  },
);

for (const name of ['gpt2-v3', 'llama-v3', 'gemma-v3', 'qwen2-v3-sdpa']) {
  test(
    `${name}: folded weights act on normalised vectors as the norm and the weights do`,
    skipWithoutShared('fixtures', name),
    async () => {
      const { folder, reference } = readFixture(name, 'model.onnx');
      const model = await HookedModel.fromPretrained(folder, { device: 'cpu' });
      const { architecture } = model.hooks;
      const ids = Array.from(reference.get('p0/input_ids')!.data as BigInt64Array, Number);
      const { cache, logits } = await model.runWithCache([ids]);
      const view = processWeights(model.weights);
      let worst = 0;
      for (let layer = 0; layer < architecture.nLayer; layer++) {
        const x = cache.get('normalized', layer).data;
        for (const part of ['Q', 'K', 'V']) {
          const [weight, bias] = [await view.get(`W_${part}`, layer), await view.get(`b_${part}`, layer)];
          const hook = cache.get(part.toLowerCase(), layer).select('batch', 0);
          const folded = part === 'V' ? await foldedValueBias(model.weights, layer) : undefined;
          for (let head = 0; head < weight.dims[0]!; head++) {
            const group = (architecture.nHead / weight.dims[0]!) * head;
            const offset = folded ? folded.select('head', group).data : bias.select('head', head).data;
            worst = Math.max(worst, apart(affine(x, weight.select('head', head), offset), hook.select('head', head).data));
          }
          if (part === 'V') assert.ok(bias.data.every((value) => value === 0));
        }
        // z without the folded bias, through W_O, plus the new b_O: what attention adds, but for the mean where writing is centred.
        const z = cache.get('z', layer);
        const bias = (await foldedValueBias(model.weights, layer)).data;
        const out = await view.get('W_O', layer);
        const flat = { ...out, dims: [out.dims[0]! * out.dims[1]!, out.dims[2]!], data: out.data } as unknown as Tensor;
        const made = affine(
          Float64Array.from(z.data, (value, at) => value - bias[at % bias.length]!),
          flat,
          (await view.get('b_O', layer)).data,
        );
        const attended = cache.get('attn_out', layer).data;
        worst = Math.max(worst, apart(made, view.options.centerWriting ? centredRows(attended, architecture.dModel) : attended));
      }
      const made = affine(cache.get('ln_final.hook_normalized').data, await view.get('W_U'), (await view.get('b_U')).data);
      worst = Math.max(worst, apart(made, centredRows(logits.data, architecture.dVocab!)));
      console.log(`${name}: largest difference ${worst.toExponential(1)}, tolerance ${tolerance}`);
      assert.ok(worst < tolerance);
      assert.equal(view.has('ln1.w', 0), false);
      await refuses(() => view.get('ln1.w', 0), 'weight-not-found', /foldNorm: false/);
      if (architecture.norm === 'rms') await refuses(() => processWeights(model.weights, { centerWriting: true }), 'invalid-option', /rms/);
      await model.dispose();
    },
  );
}

test('post-norm models cannot be folded', skipWithoutShared('fixtures', 'bert-v3'), async () => {
  const model = await HookedModel.fromPretrained(sharedPath('fixtures', 'bert-v3'), { device: 'cpu' });
  await refuses(() => processWeights(model.weights), 'unsupported-model', /foldNorm: false, centerWriting: false/);
  const view = processWeights(model.weights, { foldNorm: false, centerWriting: false });
  assert.equal(view.has('ln1.w', 0), true);
  await model.dispose();
});
