// SPDX-License-Identifier: MIT
/** The patched runs of the fixtures, as edits and as hook functions, against PyTorch. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { edit, HookedModel, Tensor, type ActivationCache, type Edit, type Feeds, type HookFunction } from '../../../src/core/index.js';
import { largestDifference, readFixture, type StoredTensor } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';

interface PatchedRun {
  name: string;
  hook: string;
  op: 'replace' | 'zero' | 'add' | 'set';
  pos?: number;
  head?: number;
  neuron?: number;
  value?: number;
  index?: [batch: number, head: number, query: number, key: number];
  tensor?: string;
  source?: string;
}

const FILES: [fixture: string, file: string, runs: string][] = [
  ['gpt2-v2', 'decoder_model.onnx', 'gpt2-v2'],
  ['gpt2-v2', 'decoder_model_merged.onnx', 'gpt2-v2'],
  ['gpt2-v3', 'model.onnx', 'gpt2-v2'],
  ['gpt2-v3', 'model_fp16.onnx', 'gpt2-v2'],
  ['gpt2-op17', 'model.onnx', 'gpt2-v2'],
  ['llama-v3', 'model.onnx', 'llama-v3'],
  ['llama-v4', 'model.onnx', 'llama-v3'],
  ['qwen2-v3-sdpa', 'model.onnx', 'qwen2-v3-sdpa'],
  ['gemma-v3', 'model.onnx', 'gemma-v3'],
  ['bert-v2', 'model.onnx', 'bert-v2'],
  ['bert-v3', 'model.onnx', 'bert-v2'],
  ['distilbert-v2', 'model.onnx', 'distilbert-v2'],
  ['vit-v3', 'model.onnx', 'vit-v3'],
  ['stories260K-v2', 'decoder_model_merged.onnx', 'stories260K-v3'],
  ['stories260K-v3', 'model.onnx', 'stories260K-v3'],
];

function inputOf(reference: Map<string, StoredTensor>, prompt: string): number[] | Feeds {
  const pixels = reference.get(`${prompt}/pixel_values`);
  if (pixels) return { pixel_values: new Tensor(pixels.data as Float32Array, pixels.dims, ['batch', 'channel', 'height', 'width']) };
  return Array.from(reference.get(`${prompt}/input_ids`)!.data as BigInt64Array, Number);
}

/** The run as an edit. */
function asEdit(run: PatchedRun, source: ActivationCache, vector: Float32Array): Edit {
  const positions = run.pos === undefined ? {} : { positions: run.pos };
  const heads = run.head === undefined ? {} : { heads: run.head };
  if (run.op === 'add') return edit.add(run.hook, vector);
  if (run.op === 'replace') return edit.patch(run.hook, source, { ...positions, ...heads });
  if (run.op === 'set') return edit.patch(run.hook, new Tensor(Float32Array.of(run.value!), [], []), { neurons: run.neuron! });
  if (run.index) return edit.zero(run.hook, { rows: run.index[0], heads: run.index[1], positions: run.index[2], keys: run.index[3] });
  return edit.zero(run.hook, { ...positions, ...heads });
}

/** The same change, written as a function of the activation. */
function asFunction(run: PatchedRun, source: ActivationCache, vector: Float32Array): HookFunction {
  return (activation) => {
    const { axes, dims, data } = activation;
    const other = run.source ? source.get(run.hook).data : undefined;
    const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, length) => product * length, 1));
    const indexAlong = (offset: number, name: string): number => {
      const axis = axes.indexOf(name);
      return axis < 0 ? -1 : Math.floor(offset / strides[axis]!) % dims[axis]!;
    };
    for (let offset = 0; offset < data.length; offset++) {
      if (run.op === 'add') data[offset] = data[offset]! + vector[offset % vector.length]!;
      else {
        if (run.pos !== undefined && indexAlong(offset, 'pos') !== run.pos) continue;
        if (run.head !== undefined && indexAlong(offset, 'head') !== run.head) continue;
        if (run.neuron !== undefined && offset % dims.at(-1)! !== run.neuron) continue;
        if (run.index && axes.some((name, axis) => indexAlong(offset, name) !== run.index![axis])) continue;
        data[offset] = run.op === 'replace' ? other![offset]! : (run.value ?? 0);
      }
    }
    return activation;
  };
}

for (const [name, file, runsOf] of FILES) {
  test(`${name}/${file}: patched runs equal PyTorch`, skipWithoutShared('fixtures', name), async () => {
    const { folder, reference, observedError } = readFixture(name, file);
    const { runs } = JSON.parse(readFileSync(sharedPath('fixtures', runsOf, 'reference.json'), 'utf8')) as { runs: PatchedRun[] };
    const model = await HookedModel.fromPretrained(folder, { file: `onnx/${file}`, device: 'cpu' });
    const { nLayer } = model.hooks.architecture;
    const last = `blocks.${nLayer - 1}.hook_resid_post`;
    const input = inputOf(reference, 'p0');
    const limit = Math.max(2e-4, 10 * observedError);
    let worst = 0;
    let worstBetween = 0;
    for (const run of runs) {
      const { cache: source } = await model.runWithCache(inputOf(reference, run.source ?? 'p0'), { names: run.hook, logits: false });
      const vector = (reference.get('run/add_vector/vector')?.data ?? new Float32Array()) as Float32Array;
      const change = asEdit(run, source, vector);
      const edited = await model.runWithCache(input, { edits: [change], names: last });
      const hooked = await model.runWithCache(input, { hooks: { [run.hook]: asFunction(run, source, vector) }, names: last });
      for (const [key, actual] of [
        ['logits', edited.logits],
        ['last_resid_post', edited.cache.get(last)],
      ] as const) {
        const expected = reference.get(`run/${run.name}/${key}`);
        if (expected) worst = Math.max(worst, largestDifference(actual.data, expected.data as Float32Array));
      }
      worstBetween = Math.max(worstBetween, largestDifference(edited.logits.data, hooked.logits.data));
    }
    console.log(
      `${name}/${file}: ${runs.length} patched runs, largest difference ${worst.toExponential(1)} (tolerance ${limit.toExponential(1)}); ` +
        `edit against function ${worstBetween.toExponential(1)}`,
    );
    assert.ok(worst <= limit);
    assert.ok(worstBetween <= limit / 10);
    await model.dispose();
  });
}
