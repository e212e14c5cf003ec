// SPDX-License-Identifier: MIT
/** The embedded model, with nothing from outside the repository: identities that hold for any weights of its shape. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import * as transformers from '@huggingface/transformers';
import { edit, HookedModel, logitLens, Tensor, VitrineError } from '../../../src/core/index.js';
import { largestDifference } from '../reference.js';
import { repositoryPath } from '../shared.js';

const PROMPT = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
const { nLayer, nHead, dModel, dHead } = model.hooks.architecture;
after(() => model.dispose());

test('logits equal those of transformers.js on the same file', async () => {
  transformers.env.localModelPath = dirname(repositoryPath('models', 'storyteller'));
  transformers.env.allowRemoteModels = false;
  const tokenizer = await transformers.AutoTokenizer.from_pretrained('storyteller');
  const plain = await transformers.AutoModelForCausalLM.from_pretrained('storyteller', { dtype: 'fp32' });
  const expected = ((await plain(tokenizer(PROMPT))) as { logits: { data: Float32Array } }).logits.data;
  const difference = largestDifference((await model.run(PROMPT)).logits.data, expected);
  console.log(`storyteller against transformers.js: largest logit difference ${difference.toExponential(1)}`);
  assert.ok(difference <= 1e-5);
});

test('WebAssembly gives the logits of the native runtime', async () => {
  const wasm = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
  const difference = largestDifference((await wasm.run(PROMPT)).logits.data, (await model.run(PROMPT)).logits.data);
  console.log(`wasm against native: largest logit difference ${difference.toExponential(1)}`);
  assert.ok(difference <= 1e-4);
  await wasm.dispose();
});

test('shapes carry the names of their axes', async () => {
  const { cache, tokens } = await model.runWithCache(PROMPT);
  const pos = tokens!.ids[0]!.length;
  const pattern = cache.get('pattern', 1);
  assert.deepEqual(pattern.axes, ['batch', 'head', 'query', 'key']);
  assert.deepEqual([...pattern.dims], [1, nHead, pos, pos]);
  assert.deepEqual([...cache.get('q', -1).dims], [1, pos, nHead, dHead]);
  assert.deepEqual([...cache.stack('resid_post').dims], [nLayer, 1, pos, dModel]);
  assert.equal(cache.get('blocks.1.attn.hook_pattern'), pattern);
});

test('rows of a pattern sum to one and no query attends to a later key', async () => {
  const { cache } = await model.runWithCache(PROMPT, { names: 'blocks.*.attn.hook_pattern', logits: false });
  for (const [name, pattern] of cache) {
    const [, heads, length] = pattern.dims as [number, number, number, number];
    for (let head = 0; head < heads; head++) {
      for (let query = 0; query < length; query++) {
        const row = pattern.select('batch', 0).select('head', head).select('query', query).data;
        const sum = row.reduce((total, value) => total + value, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5, `${name} head ${head} query ${query} sums to ${sum}`);
        assert.ok(row.slice(query + 1).every((value) => value < 1e-12));
      }
    }
  }
});

test('the stream adds up: resid_mid = resid_pre + attn_out, resid_post = resid_mid + mlp_out, attn_out = sum of results + b_O', async () => {
  const { cache } = await model.runWithCache(PROMPT, { names: [/hook_resid|_out$/, 'hook_result'] });
  let worst = 0;
  for (let layer = 0; layer < nLayer; layer++) {
    const [pre, attention, mid, mlp, post] = ['resid_pre', 'attn_out', 'resid_mid', 'mlp_out', 'resid_post'].map(
      (name) => cache.get(name, layer).data,
    );
    for (let index = 0; index < pre!.length; index++) {
      worst = Math.max(
        worst,
        Math.abs(pre![index]! + attention![index]! - mid![index]!),
        Math.abs(mid![index]! + mlp![index]! - post![index]!),
      );
    }
    // The bias is the same at every position: differences between two positions are those of the summed results.
    const result = cache.get('result', layer);
    const summed = (position: number, column: number): number => {
      let sum = 0;
      for (let head = 0; head < nHead; head++) sum += result.at(0, position, head, column);
      return sum;
    };
    const out = cache.get('attn_out', layer);
    for (let column = 0; column < dModel; column++) {
      worst = Math.max(worst, Math.abs(summed(3, column) - summed(5, column) - (out.at(0, 3, column) - out.at(0, 5, column))));
    }
  }
  console.log(`sums along the stream: largest difference ${worst.toExponential(1)}`);
  assert.ok(worst < 1e-4);
});

test('norms: normalized = (resid - mean) / scale, with the hook that feeds them', async () => {
  const { cache } = await model.runWithCache(PROMPT, { names: [/ln1\.hook/, /resid_pre/] });
  const [resid, scale, normalized] = [
    cache.get('resid_pre', 2),
    cache.get('blocks.2.ln1.hook_scale'),
    cache.get('blocks.2.ln1.hook_normalized'),
  ];
  assert.deepEqual([...scale.dims], [1, resid.dims[1], 1]);
  let worst = 0;
  for (let position = 0; position < resid.dims[1]!; position++) {
    const row = resid.select('batch', 0).select('pos', position).data;
    const mean = row.reduce((sum, value) => sum + value, 0) / dModel;
    row.forEach((value, column) => {
      worst = Math.max(worst, Math.abs((value - mean) / scale.at(0, position, 0) - normalized.at(0, position, column)));
    });
  }
  assert.ok(worst < 1e-5, `differs by ${worst}`);
});

test('a run continued from a checkpoint gives the logits of the whole run, at every layer', async () => {
  const whole = (await model.run(PROMPT)).logits.data;
  let worst = 0;
  for (let layer = 0; layer <= nLayer; layer++) {
    const checkpoint = await model.checkpoint(PROMPT, layer);
    worst = Math.max(worst, largestDifference((await model.runFrom(checkpoint)).logits.data, whole));
  }
  console.log(`resumed runs: largest logit difference ${worst.toExponential(1)}`);
  assert.ok(worst <= 1e-5);
});

test('a run continued from another prompt’s stream gives that prompt’s logits', async () => {
  const other = PROMPT.replace('store, John', 'store, Mary');
  const { cache } = await model.runWithCache(other, { names: 'resid_pre', logits: false });
  const checkpoint = await model.checkpoint(PROMPT, 2);
  const patched = await model.runFrom(checkpoint, cache.get('resid_pre', 2));
  assert.ok(largestDifference(patched.logits.data, (await model.run(other)).logits.data) <= 1e-5);
});

test('stopAtLayer runs the blocks before it only', async () => {
  const { cache } = await model.runWithCache(PROMPT, { stopAtLayer: 2 });
  assert.ok(cache.has('resid_post', 1));
  assert.ok(!cache.has('pattern', 2));
  assert.throws(() => cache.get('pattern', 2), /did not capture/);
});

test('the head alone on the last stream gives the logits', async () => {
  const { cache, logits } = await model.runWithCache(PROMPT, { names: 'resid_post' });
  const alone = await model.unembed(cache.get('resid_post', -1));
  assert.deepEqual([...alone.dims], [...logits.dims]);
  const difference = largestDifference(alone.data, logits.data);
  console.log(`head alone: largest logit difference ${difference.toExponential(1)}`);
  assert.ok(difference <= 1e-4);
  const normalized = await model.finalNorm(cache.get('resid_post', -1));
  assert.ok(largestDifference((await model.unembed(normalized, { normalized: true })).data, logits.data) <= 1e-4);
});

test('rows of a batch equal the prompts run alone', async () => {
  const prompts = [PROMPT, '<|endoftext|>Once upon a time'];
  const together = await model.runWithCache(prompts, { names: /pattern|resid_post/ });
  for (const [row, prompt] of prompts.entries()) {
    const alone = await model.runWithCache(prompt, { names: /pattern|resid_post/ });
    const length = alone.tokens!.ids[0]!.length;
    const own = together.logits.select('batch', row).slice('pos', 0, length);
    assert.ok(largestDifference(own.data, alone.logits.data) <= 1e-4);
    const pattern = together.cache.get('pattern', 3).select('batch', row).slice('query', 0, length).slice('key', 0, length);
    assert.ok(largestDifference(pattern.data, alone.cache.get('pattern', 3).data) <= 1e-5);
  }
});

test('ids, rows of ids and text are the same input', async () => {
  const tokens = await model.tokenize(PROMPT);
  const ids = tokens.map((token) => token.id);
  const expected = (await model.run(PROMPT)).logits.data;
  assert.equal(largestDifference((await model.run(ids)).logits.data, expected), 0);
  assert.equal(largestDifference((await model.run([ids])).logits.data, expected), 0);
  assert.equal(tokens.map((token) => token.text).join(''), PROMPT);
});

test('prependBos adds the begin-of-text token once', async () => {
  const [plain, withBos, already] = await Promise.all([
    model.tokenize('Once upon a time'),
    model.tokenize('Once upon a time', { prependBos: true }),
    model.tokenize('<|endoftext|>Once upon a time', { prependBos: true }),
  ]);
  assert.equal(withBos.length, plain.length + 1);
  assert.ok(withBos[0]!.special);
  assert.deepEqual(
    withBos.map((token) => token.id),
    already.map((token) => token.id),
  );
});

test('logit lens: the last point is the model’s output, for both norms', async () => {
  const { logits } = await model.runWithCache(PROMPT, { names: 'resid_post' });
  const expected = model.topTokens(logits, 5);
  for (const norm of ['recompute', 'cached'] as const) {
    const lens = await logitLens(model, PROMPT, { topK: 5, norm, target: expected[0]!.id });
    assert.equal(lens.labels.at(-1), 'final_post');
    assert.equal(lens.points.length, 2 * nLayer + 1);
    const pos = lens.tokens.ids[0]!.length;
    const ids = lens.topIds
      .select('point', -1)
      .select('batch', 0)
      .select('pos', pos - 1).data;
    assert.deepEqual(
      [...ids],
      expected.map((token) => token.id),
    );
    const probabilities = lens.topProbabilities
      .select('point', -1)
      .select('batch', 0)
      .select('pos', pos - 1).data;
    expected.forEach((token, place) => assert.ok(Math.abs(token.probability - probabilities[place]!) < 1e-4));
    assert.ok(Math.max(...lens.klToFinal.select('point', -1).data) < 1e-4);
    assert.equal(lens.target!.rank.at(-1, 0, -1), 0);
  }
});

test('logit lens: entropy and KL equal a float64 computation from the unembedded stream', async () => {
  const lens = await logitLens(model, PROMPT, { points: ['blocks.1.hook_resid_pre'] });
  const { cache, logits } = await model.runWithCache(PROMPT, { names: 'blocks.1.hook_resid_pre' });
  const early = await model.unembed(cache.get('resid_pre', 1));
  const softmax = (row: Float32Array): number[] => {
    const largest = Math.max(...row);
    const powers = Array.from(row, (value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    return powers.map((value) => value / sum);
  };
  const at = 4;
  const p = softmax(early.select('batch', 0).select('pos', at).data);
  const q = softmax(logits.select('batch', 0).select('pos', at).data);
  const entropy = -p.reduce((sum, value) => sum + value * Math.log(value), 0);
  const kl = q.reduce((sum, value, id) => sum + value * Math.log(value / p[id]!), 0);
  assert.ok(Math.abs(lens.entropy.at(0, 0, at) - entropy) < 1e-4);
  assert.ok(Math.abs(lens.klToFinal.at(0, 0, at) - kl) < 1e-4);
});

test('wrong input names what to do and leaves the model usable', async () => {
  const refuses = async (work: () => Promise<unknown>, code: string, text: RegExp): Promise<void> => {
    await assert.rejects(work, (error: unknown) => error instanceof VitrineError && error.code === code && text.test(error.message));
  };
  await refuses(() => model.run(''), 'empty-input', /at least one character/);
  await refuses(() => model.run([]), 'empty-input', /at least one/);
  await refuses(() => model.run([5, 99999]), 'invalid-input', /99999.*0 to 2047/);
  await refuses(() => model.run(new Array<number>(300).fill(5)), 'input-too-long', /300 tokens.*256/);
  await refuses(() => model.runWithCache(PROMPT, { names: 'blocks.1.attn.hook_pattren' }), 'unknown-hook', /hook_pattern/);
  await refuses(() => model.runWithCache(PROMPT, { names: /nothing_like_this/ }), 'unknown-hook', /./);
  await refuses(() => model.runWithCache(PROMPT, { stopAtLayer: 9 }), 'invalid-option', /4 blocks/);
  await refuses(() => model.run(PROMPT, { signal: AbortSignal.abort() }), 'aborted', /cancelled/);
  await refuses(() => logitLens(model, PROMPT, { target: ' a very long target' }), 'invalid-option', /must be one token/);
  await refuses(() => logitLens(model, PROMPT, { topK: 0 }), 'invalid-option', /topK/);
  await refuses(() => model.run({ pixel_values: new Tensor(new Float32Array(1), [1], ['x']) }), 'invalid-input', /no input "pixel_values"/);
  await refuses(() => HookedModel.fromPretrained('vitrine/storyteller', { dtype: 'q4' }), 'dtype-missing', /fp32/);
  await refuses(() => HookedModel.fromPretrained('vitrine/storyteller', { device: 'webgpu' }), 'device-unavailable', /wasm/);
  await refuses(() => HookedModel.fromPretrained(repositoryPath('docs')), 'file-missing', /config\.json/);
  assert.equal((await model.run(PROMPT)).logits.dims[0], 1);
});

test('a disposed model says so and holds no session', async () => {
  const other = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
  assert.equal(other.sessionCount, 0, 'opening makes no session');
  await other.run(PROMPT);
  assert.equal(other.sessionCount, 1);
  await other.dispose();
  await other.dispose();
  assert.equal(other.sessionCount, 0);
  await assert.rejects(other.run(PROMPT), /disposed/);
});

test('concurrent runs give each its own result', async () => {
  const prompts = ['<|endoftext|>The king', '<|endoftext|>Alice was', PROMPT];
  const alone: Float32Array[] = [];
  for (const prompt of prompts) alone.push((await model.run(prompt)).logits.data);
  const together = await Promise.all(prompts.map((prompt) => model.run(prompt)));
  together.forEach((result, index) => assert.ok(largestDifference(result.logits.data, alone[index]!) <= 1e-6));
});

test('as a transformers.js model it generates what transformers.js generates', async () => {
  const tokenizer = await transformers.AutoTokenizer.from_pretrained('storyteller');
  const plain = await transformers.AutoModelForCausalLM.from_pretrained('storyteller', { dtype: 'fp32' });
  const hooked = (await model.toTransformers()) as unknown as { generate(options: object): Promise<{ tolist(): bigint[][] }> };
  const inputs = tokenizer('<|endoftext|>The capital of France is') as object;
  const options = { ...inputs, max_new_tokens: 12, do_sample: false };
  const expected = (await plain.generate(options as never)) as unknown as { tolist(): bigint[][] };
  assert.deepEqual((await hooked.generate(options)).tolist(), expected.tolist());
});

test('a model behind symbolic links, as in the cache of huggingface_hub, opens and runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-links-'));
  try {
    const source = repositoryPath('models', 'storyteller');
    await mkdir(join(folder, 'snapshot', 'onnx'), { recursive: true });
    await mkdir(join(folder, 'blobs'));
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
      await copyFile(join(source, file), join(folder, 'snapshot', file));
    await copyFile(join(source, 'onnx', 'model.onnx'), join(folder, 'blobs', 'a1b2c3'));
    await symlink(join(folder, 'blobs', 'a1b2c3'), join(folder, 'snapshot', 'onnx', 'model.onnx'));
    const linked = await HookedModel.fromPretrained(join(folder, 'snapshot'), { device: 'cpu' });
    assert.ok(largestDifference((await linked.run(PROMPT)).logits.data, (await model.run(PROMPT)).logits.data) <= 1e-5);
    await linked.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a checkpoint made of given streams runs each row as its prompt would', async () => {
  const prompts = [PROMPT, PROMPT.replace('store, John', 'store, Mary')];
  const expected = (await model.run(prompts)).logits.data;
  const { cache } = await model.runWithCache(prompts, { names: 'resid_pre', logits: false });
  for (let layer = 0; layer < nLayer; layer++) {
    const checkpoint = await model.checkpointAt(prompts, layer, cache.get('resid_pre', layer));
    assert.ok(largestDifference((await model.runFrom(checkpoint)).logits.data, expected) <= 1e-5);
  }
});

test('edits from a checkpoint equal edits of the whole run, also at the checkpoint itself', async () => {
  // Half, not zero: the norm of a zero stream magnifies the last bits, in which sessions with other outputs differ.
  const edits = [edit.scale('blocks.2.hook_resid_pre', 0.5, { positions: [3, -1] }), edit.zero('blocks.2.attn.hook_z', { heads: 1 })];
  const whole = (await model.run(PROMPT, { edits })).logits.data;
  const checkpoint = await model.checkpoint(PROMPT, 2);
  assert.ok(largestDifference((await model.runFrom(checkpoint, undefined, { edits })).logits.data, whole) <= 1e-5);
  await assert.rejects(
    model.runFrom(checkpoint, undefined, { edits: [edit.zero('blocks.1.hook_mlp_out')] }),
    /comes before this checkpoint/,
  );
});

test('logits of single positions equal those of the whole run', async () => {
  const prompts = [PROMPT, '<|endoftext|>Once upon a time'];
  const { logits, tokens } = await model.run(prompts);
  const lengths = tokens!.mask.map((row) => row.lastIndexOf(1) + 1);
  const some = (await model.run(prompts, { logitsAt: [1, -1] })).logits;
  assert.deepEqual([...some.dims], [2, 2, logits.dims.at(-1)]);
  lengths.forEach((length, row) => {
    for (const [place, position] of [1, length - 1].entries()) {
      const [own, right] = [some, logits].map(
        (tensor, which) => tensor.select('batch', row).select('pos', which === 0 ? place : position).data,
      );
      assert.ok(largestDifference(own!, right!) <= 1e-5);
    }
  });
  const last = (await model.run(prompts, { logitsAt: 'last' })).logits;
  assert.deepEqual([...last.dims], [2, 1, logits.dims.at(-1)]);
  await assert.rejects(model.run(prompts, { logitsAt: 12 }), /row 1 has \d+ tokens/);
});

test('topTokens reads the last position of the first row', async () => {
  const { logits } = await model.run([PROMPT, PROMPT.replace('Mary', 'Lily')]);
  const expected = model.topTokens(logits.select('batch', 0).select('pos', -1), 4);
  assert.deepEqual(model.topTokens(logits, 4), expected);
  assert.ok(expected.every((token, place) => place === 0 || token.probability <= expected[place - 1]!.probability));
});
